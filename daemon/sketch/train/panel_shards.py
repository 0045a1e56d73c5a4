"""Drawings of panels for training: made ready on disk once, and read in crops, step by step.

A crop depends on the seed and the number of the step alone: a training cut short goes on with what
it would have seen. Knows no networks.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from daemon.sketch.storyboard import drawn
from daemon.sketch.storyboard.drawn import Pixels
from daemon.sketch.train import shards
from daemon.sketch.train.stages import Room, record

Kinds = tuple[str, ...]
"""Of what kinds a panel is: it counts for each of them."""

#: Shards of a whole training: 6,000 drawings, 1.3 GB, two minutes of one core.
SHARDS = 24
#: Drawings that no training sees: enough for each shot to have a few.
UNSEEN = 96


def folder(room: Room) -> Path:
    """Where the drawings of this world lie; those of another version of it are not used."""
    return room.work / f"panels-{drawn.version()}"


def draw(room: Room) -> None:
    """The stage: draw what is missing."""
    began, count = time.monotonic(), room.enough(drawn.SHARD)
    number = room.enough(SHARDS * drawn.SHARD) // count
    shards.make(room, "drawings", number, count, _draw, folder(room), room.seed, count)
    record(room, "drawings", time.monotonic() - began, number)


def _draw(numbers: Iterable[int], target: Path, seed: int, count: int, trainer: int) -> None:
    """Draw some shards."""
    for number in shards.while_there(numbers, trainer):
        drawn.write_shard(target, seed, number, count)


class Crops:
    """Pieces of the drawings that lie in a room."""

    def __init__(self, room: Room) -> None:
        """Raises SystemExit where nothing is drawn."""
        paths = sorted(folder(room).glob(f"{room.seed}-*.npy"))
        if not paths:
            raise SystemExit(f"there are no drawings in {folder(room)}: run the stage `drawings`")
        self.arrays = [np.load(path, mmap_mode="r") for path in paths]

    def batch(self, chance: random.Random, count: int, size: int, tries: int = 1) -> Tensor:
        """(count, 3, size, size) in -1..1; of every other crop the liveliest of so many tries,
        since most of a panel is ground."""
        crops = [
            max((self._crop(chance, size) for _ in range(tries if k % 2 else 1)), key=_edges)
            for k in range(count)
        ]
        return as_tensor(np.stack(crops))

    def _crop(self, chance: random.Random, size: int) -> Pixels:
        shard = chance.choice(self.arrays)
        picture = shard[chance.randrange(len(shard))]
        top = chance.randrange(picture.shape[0] - size + 1)
        left = chance.randrange(picture.shape[1] - size + 1)
        crop: Pixels = picture[top : top + size, left : left + size]
        return crop


def _edges(crop: Pixels) -> float:
    """How much differs from its neighbours."""
    whole = crop.astype(np.int16)
    return float(np.abs(np.diff(whole, axis=0)).mean() + np.abs(np.diff(whole, axis=1)).mean())


def as_tensor(pixels: Pixels) -> Tensor:
    """(n, height, width, 3) of bytes to (n, 3, height, width) in -1..1."""
    return torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2).float() / 127.5 - 1


def unseen(count: int = UNSEEN) -> tuple[list[Kinds], Tensor]:
    """Shot and style of panels that no training sees, always the same ones, and their drawings."""
    scenes = [drawn.scene_of("unseen", number) for number in range(count)]
    return [(one.shot, one.style) for one in scenes], as_tensor(
        np.stack([drawn.pixels(one) for one in scenes])
    )

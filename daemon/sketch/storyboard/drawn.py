"""Panels as pixels: the drawing of a scene, and shards of many of them on disk.

A shard is a `.npy` file of uint8 (count, height, width, 3), which is read without being loaded.
Drawing number n is the same on every machine, with whichever others it is drawn. Knows no words.
"""

from __future__ import annotations

import os
import random
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from daemon.sketch.storyboard.panels import WORLD, Mix, sample
from daemon.thumbs.drawing import draw
from daemon.thumbs.scene import Scene

Pixels = NDArray[np.uint8]

SIDE = 256
SHARD = 250
"""Drawings in one file: some five seconds of one core."""
SIZES = ((SIDE, SIDE),) * 6 + ((SIDE, 384), (384, SIDE))
"""Height and width of one shard after another."""


def pixels(scene: Scene, height: int = SIDE, width: int = SIDE) -> Pixels:
    """(height, width, 3); without the paper's grain, which no small network could repeat."""
    return np.asarray(draw(scene, width, height, tooth=False))


def scene_of(seed: str, number: int, mix: Mix = WORLD, *, unseen: bool = False) -> Scene:
    """Panel number so-and-so of a seed."""
    return sample(random.Random(f"{seed} {number}"), mix, unseen=unseen)


@cache
def version() -> str:
    """A name for the drawings that this code makes: another one once they come out otherwise."""
    some = [pixels(scene_of("version", number), 128, 128).tobytes() for number in range(24)]
    return sha256(b"".join(some)).hexdigest()[:8]


def write_shard(folder: Path, seed: int, shard: int, count: int = SHARD) -> Path:
    """Draw a shard unless it is there; the file is whole or missing, never half written."""
    target = folder / f"{seed}-{shard:04}.npy"
    if target.exists():
        return target
    height, width = SIZES[shard % len(SIZES)]
    first = shard * SHARD
    drawn = [pixels(scene_of(f"{seed} train", first + k), height, width) for k in range(count)]
    folder.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(f".{os.getpid()}.partial")
    with partial.open("wb") as file:
        np.save(file, np.stack(drawn))
    partial.replace(target)
    return target

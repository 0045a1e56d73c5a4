"""Panels ready for the UNet: drawn, encoded and captioned once, and kept on disk by lesson.

What lies there depends on the seed and the number of the shard alone, so a training cut short goes
on with the panels it had. A lesson is a `Mix` of panels; which are shown when is the UNet's affair.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional as F

from daemon.sketch import precision
from daemon.sketch.storyboard import captions as wordings
from daemon.sketch.storyboard import drawn, facts
from daemon.sketch.storyboard.looks import is_of_one
from daemon.sketch.storyboard.panels import FIGURES, SCENERY, WORLD, Mix
from daemon.sketch.train import shards, stages
from daemon.sketch.train.batches import CAPTIONS, Shard, Shelf
from daemon.sketch.train.blueprint import SCALING
from daemon.sketch.train.panel_shards import as_tensor
from daemon.sketch.train.stages import Room, record
from daemon.sketch.train.train_text import Reader
from daemon.thumbs.scene import Look, Scene

SHARD = 250
"""Panels in one file, all of one size: some 15 seconds of one core."""
AT_ONCE = 25
"""Panels encoded together."""
CHANGED = 12
"""Of 255: how much a pixel has to differ from the scene's twin to belong to what it is of."""
LIGHT = ("white", "yellow", "grey", "beige", "pink", "orange", "blond", "light grey", "ginger")


@dataclass(frozen=True)
class Lesson:
    """What a UNet is shown at a time: panels of a mix, in so many shards."""

    name: str
    mix: Mix
    shards: int


LESSONS = (
    Lesson("figures", FIGURES, 24),
    Lesson("places", SCENERY, 48),
    Lesson("world", WORLD, 96),
)
"""One after another."""


def folder(room: Room, lesson: Lesson) -> Path:
    """Where the encoded panels of a lesson lie; those of another version of it are not used."""
    return room.work / f"pool-{drawn.version()}-{lesson.name}"


def encode(lesson: Lesson, room: Room) -> None:
    """The stage: encode what is missing."""
    began, count = time.monotonic(), room.enough(SHARD)
    number = -(-room.enough(lesson.shards * SHARD) // count)
    shards.make(room, lesson.name, number, count, _encode, room, lesson, count)
    record(room, f"{lesson.name}-encoded", time.monotonic() - began, number)


def _encode(numbers: Iterable[int], room: Room, lesson: Lesson, count: int, trainer: int) -> None:
    """Encode some shards, with one thread: as many processes do it."""
    missing = [number for number in numbers if not _path(room, lesson, number).exists()]
    if not missing:
        return
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    reader = Reader(room)
    vae = stages.load(room, "vae").eval().to(memory_format=torch.channels_last)
    for number in shards.while_there(missing, trainer):
        with shards.whole(_path(room, lesson, number)) as partial:
            save_file(_made(room, lesson, number, count, vae, reader), partial)
    torch.set_num_threads(threads)


def _path(room: Room, lesson: Lesson, number: int) -> Path:
    return folder(room, lesson) / f"{room.seed}-{number:04}.safetensors"


@torch.no_grad()
def _made(
    room: Room, lesson: Lesson, number: int, count: int, vae: Any, reader: Reader
) -> Mapping[str, Tensor]:
    """Tensors of one shard, named as in `Shard`."""
    height, width = drawn.SIZES[number % len(drawn.SIZES)]
    chance = random.Random(f"{room.seed} {lesson.name} captions {number}")
    latents, objects, texts = [], [], []
    for first in range(0, count, AT_ONCE):
        some = range(number * SHARD + first, number * SHARD + min(first + AT_ONCE, count))
        scenes = [_scene(room, lesson, one) for one in some]
        pictures = np.stack([drawn.pixels(scene, height, width) for scene in scenes])
        twins = np.stack([drawn.pixels(twin(scene), height, width) for scene in scenes])
        there = torch.from_numpy(differing(pictures, twins)).float()
        objects.append(F.max_pool2d(there[:, None], 8).bool())
        latents.append(encoded(vae, as_tensor(pictures)).half())
        for scene in scenes:
            true = facts.truth(scene)
            texts += [wordings.caption(chance, true)[0] for _ in range(CAPTIONS)]
    said = [reader(texts[k : k + 50]) for k in range(0, len(texts), 50)]
    tokens, pooled = (torch.cat([part[k] for part in said]).half() for k in (0, 1))
    return {
        "latents": torch.cat(latents).contiguous(),
        "objects": torch.cat(objects).contiguous(),
        "times": torch.tensor([[height, width, 0, 0, height, width]] * count),
        "tokens": tokens.unflatten(0, (count, CAPTIONS)).contiguous(),
        "pooled": pooled.unflatten(0, (count, CAPTIONS)).contiguous(),
    }


def twin(scene: Scene) -> Scene:
    """The scene without its things and with everybody in other colours: where it differs, there is
    what a panel is of. Nobody is taken out, since the camera stands where it sees them."""
    figures = tuple(
        replace(one, look=replace(one.look, skin=(one.look.skin + 4) % 8, **_contrasts(one.look)))
        for one in scene.figures
    )
    return replace(scene, figures=figures, things=(), insert="")


def differing(pictures: NDArray[np.uint8], twins: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(..., height, width, 3) to (..., height, width): where the two are told apart."""
    gaps: NDArray[np.int16] = np.abs(pictures.astype(np.int16) - twins)
    return gaps.max(-1) > CHANGED


def _contrasts(look: Look) -> dict[str, Any]:
    """A colour unlike its own for everything that somebody wears, and for the hair."""
    names = ("colour", "below_colour", "hat_colour", "hair_colour")
    return {name: "black" if getattr(look, name) in LIGHT else "white" for name in names}


@torch.no_grad()
def encoded(vae: Any, pictures: Tensor) -> Tensor:
    """(n, 3, height, width) in -1..1 to latents as the UNet sees them."""
    x = pictures.to(vae.device).contiguous(memory_format=torch.channels_last)
    with precision.mixed(x.device):
        mean = vae.encode(x).latent_dist.mean
    return (mean.float() * SCALING).cpu()


def shelf(room: Room, seed: int, most: int) -> Shelf:
    """Panels of one person in colour, with their scenes, of the furthest lesson that is encoded."""
    lesson = next((one for one in reversed(LESSONS) if _paths(room, one)), LESSONS[-1])
    numbers = [int(path.stem.rpartition("-")[2]) for path in _paths(room, lesson)]
    told = zip(numbers[:most], kept(room, lesson)[:most], strict=True)
    shards = [_of_one(room, lesson, number, shard) for number, shard in told]
    return Shelf([one for one in shards if one.pictures], room.device, random.Random(seed))


def _of_one(room: Room, lesson: Lesson, number: int, shard: Shard) -> Shard:
    """Of a shard the panels that show one person in colour."""
    scenes = [_scene(room, lesson, number * SHARD + row) for row in range(len(shard.latents))]
    rows = [row for row, scene in enumerate(scenes) if is_of_one(scene)]
    named = ("latents", "objects", "times", "tokens", "pooled")
    return Shard(tuple(scenes[row] for row in rows), *(getattr(shard, one)[rows] for one in named))


def _scene(room: Room, lesson: Lesson, number: int) -> Scene:
    """Panel number so-and-so of a lesson."""
    return drawn.scene_of(f"{room.seed} {lesson.name}", number, lesson.mix)


def _paths(room: Room, lesson: Lesson) -> list[Path]:
    """The shards that there are, in order."""
    return sorted(folder(room, lesson).glob(f"{room.seed}-*.safetensors"))


def kept(room: Room, lesson: Lesson) -> list[Shard]:
    """The shards of a lesson, mapped into memory. SystemExit where nothing is encoded."""
    paths = _paths(room, lesson)
    if not paths:
        raise SystemExit(
            f"there are no panels in {folder(room, lesson)}: run the stage `{lesson.name}-encoded`"
        )
    return [Shard(pictures=(), **load_file(path)) for path in paths]

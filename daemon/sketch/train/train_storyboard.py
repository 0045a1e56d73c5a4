"""The storyboard world's stages: drawings, the autoencoder, the encoders, the judge, the UNet's
lessons, and what is built upon the UNet: adapters for looks and for drawings, two LoRAs.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import partial

import torch

from daemon.sketch.storyboard import wording
from daemon.sketch.train import (
    blueprint,
    export,
    panel_latents,
    panel_shards,
    stages,
    train_adapter,
    train_drawing,
    train_few_steps,
    train_panel_judge,
    train_panel_unet,
    train_panel_vae,
    train_text,
    train_vision,
)
from daemon.sketch.train.stages import Room
from daemon.sketch.train.worlds import STORYBOARD, WORLDS

#: Words and pieces of words that the tokenizer knows, beside single letters; there are more than
#: 600 names.
ENTRIES = 3000
#: Captions from which the tokenizer learns its pieces.
CAPTIONS = 8000


def prepare(room: Room) -> None:
    """A tokenizer that knows this world's words, and networks that know nothing."""
    began = time.monotonic()
    stages.clear(room.work)
    model = room.work / f"model{export.PARTIAL}"
    torch.manual_seed(room.seed)
    chance, world = random.Random(room.seed), WORLDS[STORYBOARD]
    said = [world.caption(chance, False)[0] for _ in range(CAPTIONS)]
    said += [name for names in wording.names().values() for name in names for _ in range(8)]
    tokenizer = blueprint.tokenizer(said, ENTRIES)
    for name in ("tokenizer", "tokenizer_2"):
        export.save_tokenizer(tokenizer, model / name)
    one, two = blueprint.text_encoders(len(tokenizer))
    parts = {"text_encoder": one, "text_encoder_2": two, "vae": train_panel_vae.blank()}
    for name, part in parts.items():
        export.save_part(part, model / name)
    (room.work / stages.WORLD).write_text(STORYBOARD + "\n")
    model.rename(room.model)
    stages.record(room, "prepare", time.monotonic() - began)


def _lessons() -> dict[str, tuple[Callable[[Room], None], float]]:
    """Of each lesson its panels made ready, and the UNet taught."""
    made: dict[str, tuple[Callable[[Room], None], float]] = {}
    for lesson in panel_latents.LESSONS:
        made[f"{lesson.name}-encoded"] = partial(panel_latents.encode, lesson), 0
        made[f"unet-{lesson.name}"] = partial(train_panel_unet.learn, lesson), LASTS[lesson.name]
    return made


LASTS = {"figures": 150.0, "places": 400.0, "world": 800.0}
"""Minutes of each lesson, of two cores; all but the first are guesses, as are those of what is
built upon the UNet: twice what the world of shapes took."""
#: Every stage, in order, and its minutes for one core.
STAGES: dict[str, tuple[Callable[[Room], None], float]] = {
    "prepare": (prepare, 0),
    "drawings": (panel_shards.draw, 0),
    "vae": (train_panel_vae.train, 150),
    "text": (train_text.train, 40),
    "judge": (train_panel_judge.train, 60),
    **_lessons(),
    "vision": (train_vision.vision, 50),
    "base": (train_adapter.base, 25),
    "plus": (train_adapter.plus, 35),
    "lora": (train_adapter.lora, 12),
    train_drawing.STAGE: (train_drawing.train, 80),
    train_few_steps.NAME: (train_few_steps.distil, 80),
}
#: Stages whose work is carried from one training to another (`export.keep`, `train.adopt`); the
#: drawings are made anew, sooner than they are copied.
CARRIED = ("prepare", "vae", "text", "figures-encoded", "unet-figures")

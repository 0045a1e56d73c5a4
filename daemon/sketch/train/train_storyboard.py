"""The storyboard world's stages, as far as there are any: drawings, the autoencoder, the encoders,
the judge and the UNet's first lesson.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import torch

from daemon.sketch.storyboard import wording
from daemon.sketch.train import (
    blueprint,
    export,
    panel_latents,
    panel_shards,
    stages,
    train_panel_judge,
    train_panel_unet,
    train_panel_vae,
    train_text,
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


def figures_encoded(room: Room) -> None:
    """Panels of the first lesson, ready for the UNet."""
    panel_latents.encode(room, panel_latents.FIRST)


#: Every stage, in order, and its minutes for one core.
STAGES: dict[str, tuple[Callable[[Room], None], float]] = {
    "prepare": (prepare, 0),
    "drawings": (panel_shards.draw, 0),
    "vae": (train_panel_vae.train, 150),
    "text": (train_text.train, 40),
    "judge": (train_panel_judge.train, 60),
    "figures-encoded": (figures_encoded, 0),
    "unet-figures": (train_panel_unet.figures, 150),
}
#: Stages whose work is carried from one training to another (`export.keep`, `train.adopt`); the
#: drawings are made anew, sooner than they are copied.
CARRIED = ("prepare", "vae", "text")

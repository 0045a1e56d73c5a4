"""The UNet of storyboard panels, lesson by lesson: figures on blank paper first.

The shapes of the network and the plan of every lesson; how a UNet learns is `train_unet`'s.
"""

from __future__ import annotations

import random
from typing import Any

import torch

from daemon.sketch.train import blueprint, export, panel_latents
from daemon.sketch.train.batches import Shelf
from daemon.sketch.train.hands import Hands
from daemon.sketch.train.panel_latents import Lesson
from daemon.sketch.train.stages import Room
from daemon.sketch.train.train_panel_vae import CHANNELS
from daemon.sketch.train.train_unet import NONE, Learner, Plan, Run, by_plan

WIDTHS, HEADS = (64, 128, 192), (2, 4, 6)
"""16.5 million parameters; blocks of 32 are what processors multiply."""
PLANS = {
    "figures": Plan("unet-figures", (0.35, 0.2), (0.65, 0.4), NONE, NONE, NONE, (0.6, 0.05), 4.0),
    "places": Plan("unet-places", (0.3, 0.1), (0.5, 0.3), NONE, NONE, NONE, (0.4, 0.05), 3.0),
    "world": Plan("unet-world", (0.3, 0.1), (0.4, 0.2), NONE, NONE, NONE, (0.3, 0.01), 3.0),
}
"""By lesson."""


def blank() -> Any:
    """The network before any training."""
    return blueprint.unet(WIDTHS, HEADS, CHANNELS)


def learn(lesson: Lesson, room: Room) -> None:
    """A lesson, by as many processes as torch has threads where a processor does the work."""
    plan, seed = PLANS[lesson.name], room.seed + 61
    if not (room.model / "unet").exists():
        torch.manual_seed(seed)
        export.save_part(blank(), room.model / "unet")
    run = Run(room, plan.name, seed, blank)
    learner = _learner(run.unet, 0, room, plan, seed, lesson)
    others = torch.get_num_threads() - 1 if room.device.type == "cpu" else 0
    hands = Hands(run.unet, others, _learner, room, plan, seed, lesson)
    try:
        if others:
            torch.set_num_threads(1)
        by_plan(run, learner, hands)
    finally:
        hands.close()
        if others:
            torch.set_num_threads(1 + others)
    run.end(hands=1 + others)


def _learner(model: Any, hand: int, room: Room, plan: Plan, seed: int, lesson: Lesson) -> Learner:
    shelf = Shelf(panel_latents.kept(room, lesson), room.device, random.Random(seed))
    return Learner(model, room, plan, shelf, seed, hand)

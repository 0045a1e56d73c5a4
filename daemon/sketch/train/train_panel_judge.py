"""The judge of storyboard panels, on drawings that are made for it step by step and never twice.

Drawing number n and what is to be seen in it depend on the seed and on n alone. Every few hundred
steps it is asked about drawings that it has not met, beside the facts of other ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import Dataset

from daemon.sketch import precision
from daemon.sketch.storyboard import drawn, facts
from daemon.sketch.storyboard.facts import Facts
from daemon.sketch.storyboard.panels import FIGURES, WORLD
from daemon.sketch.train import ahead, export, panel_judge
from daemon.sketch.train.muon import Muon
from daemon.sketch.train.panel_judge import NO_FACT, SIZES, Judge
from daemon.sketch.train.panel_shards import as_tensor
from daemon.sketch.train.stage_run import Average, Course
from daemon.sketch.train.stages import Room

BATCH = 32
MIXES = (WORLD, FIGURES)
"""By turns: every other drawing is a figure on blank paper."""
RATE, HOLD = 0.3, 0.5
"""The share of Muon's full speed, held for this much of the stage and then brought down."""
GRAIN = 0.1
"""The most noise, in deviations of -1..1, that a drawing is given: a painted one is never clean."""
MEASURED = 500
ASKED = 600
"""Drawings that it is measured on."""


@dataclass(frozen=True)
class Drawings(Dataset[tuple[Any, Any]]):
    """Drawings of a seed without end, each with its answers."""

    seed: str

    def __len__(self) -> int:
        return ahead.ENDLESS

    def __getitem__(self, number: int) -> tuple[Any, Any]:
        scene = drawn.scene_of(self.seed, number, MIXES[number % len(MIXES)])
        answers = panel_judge.numbered(facts.truth(scene))
        return drawn.pixels(scene).copy(), np.array(answers)


def train(room: Room) -> None:
    """To an eye for every fact, from nothing or from the judge that there is."""
    torch.manual_seed(room.seed + 3)
    judge = Judge().to(room.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    if (room.model / "judge").exists():
        judge = panel_judge.load(room.model / "judge", room.device)
    judge.train()
    opt, average = Muon(judge), Average(judge, 0.998)
    course = Course(room, "judge", model=judge, opt=opt, average=average)
    test = asked(room.enough(ASKED))
    batches = ahead.batches(Drawings(f"{room.seed} judge"), BATCH, course.total, room.device)
    for done, figures in course:
        opt.set_rate(RATE * min(1.0, (course.steps + 1) / 50, (1 - done) / (1 - HOLD)))
        dice = torch.Generator().manual_seed(course.chance_of_step("grain").getrandbits(40))
        pictures, answers = next(batches)
        seen = as_tensor(pictures.numpy())
        missed = loss(judge, seen, answers.to(room.device), dice)
        opt.zero_grad()
        missed.backward()
        torch.nn.utils.clip_grad_norm_(judge.parameters(), 1.0)
        opt.step()
        average.update(judge)
        figures["loss"] = 0.98 * figures.get("loss", missed.item()) + 0.02 * missed.item()
        if course.steps % MEASURED == MEASURED - 1:
            figures["right"] = _all(_measured(_averaged(room, average), test))
    judge = _averaged(room, average)
    panel_judge.save(judge, room.model / "judge")
    measured = _measured(judge, test)
    export.write_yaml(room.work / "judge-measured.yaml", measured)
    course.end(measured=measured)


def loss(judge: Any, pictures: Tensor, answers: Tensor, dice: torch.Generator) -> Tensor:
    """Cross entropy of the facts that there are, every one alike, seen through some grain."""
    grain = GRAIN * torch.rand(len(pictures), 1, 1, 1, generator=dice)
    x = pictures + grain * torch.randn(pictures.shape, generator=dice)
    x = x.to(answers.device).contiguous(memory_format=torch.channels_last)
    with precision.mixed(x.device):
        logits = judge(x).float()
    losses = [
        F.cross_entropy(part, answers[:, k], ignore_index=NO_FACT, reduction="sum")
        for k, part in enumerate(logits.split(SIZES, -1))
    ]
    return torch.stack(losses).sum() / (answers != NO_FACT).sum()


def asked(count: int) -> list[tuple[list[Facts], Tensor]]:
    """Of each mix as many drawings that no training sees, and what is to be seen in them."""
    sets = []
    for mix in MIXES:
        scenes = [drawn.scene_of("judged", number, mix) for number in range(count)]
        pictures = as_tensor(np.stack([drawn.pixels(scene) for scene in scenes]))
        sets.append(([facts.truth(scene) for scene in scenes], pictures))
    return sets


def _averaged(room: Room, average: Average) -> Judge:
    judge = Judge()
    judge.load_state_dict(average.shadow)
    return judge.to(room.device, memory_format=torch.channels_last).eval()  # type: ignore[call-overload, no-any-return]


Measured = dict[str, dict[str, list[float]]]


def _measured(judge: Judge, sets: list[tuple[list[Facts], Tensor]]) -> Measured:
    """Of the whole world and of figures alone: of every fact the share that is read right, and the
    share that the facts of other drawings would have."""
    told: Measured = {}
    for name, (true, pictures) in zip(("world", "figures"), sets, strict=True):
        read = judge.read(pictures)
        right, guessed = panel_judge.shares(read, true), panel_judge.of_others(read, true)
        told[name] = {
            kind: [round(hits / count, 3) for hits, count in (right[kind], guessed[kind])]
            for kind in sorted(right)
        }
    return told


def _all(measured: Measured) -> float:
    """The mean over facts of the whole world."""
    rows = list(measured["world"].values())
    return sum(right for right, _ in rows) / len(rows)

"""The UNet: velocity prediction on latents, first on small squares, then on whole pictures.

A square is a window cut out of a native picture's latent, or the whole latent shrunk to half,
and `time_ids` say which: a quarter of the price, four times as often.  Windows show things at the
size they will have, shrunk pictures where they belong.  Whole pictures come after, at 256 px and
around it.  Objects weigh more than the background at first, plain pictures of one thing come
oftener, and so does the noisy half of the timesteps: composition is what a short run has to learn.
Every step draws its chance from its own number.  Where pictures come from is `batches`'s, and what
world they show is not known here.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from daemon.sketch.train import blueprint, export, stages
from daemon.sketch.train.batches import Batch, Favour, Shelf
from daemon.sketch.train.data_pool import Pool
from daemon.sketch.train.diffusion import (
    EVEN,
    NOISY,
    WORTH_COMPILING,
    Diffusion,
    Speaker,
    compiled,
)
from daemon.sketch.train.hands import Hands
from daemon.sketch.train.muon import Muon
from daemon.sketch.train.stage_run import Average, Course
from daemon.sketch.train.stages import Room


class Run(Course):
    """One UNet in training: every stage goes on from the checkpoint that the one before left."""

    def __init__(
        self, room: Room, name: str, seed: int, blank: Callable[[], Any] = blueprint.unet
    ) -> None:
        """`blank` makes the network before any training; a stage begins where the one before it
        ended."""
        from diffusers.models.attention_processor import AttnProcessor

        there = (room.work / "unet.pt").exists()
        self.unet = blank().to(room.device) if there else stages.load(room, "unet")
        self.blank = blank
        self.unet.train()
        if room.device.type == "cpu":  # the bf16 backward of fused attention is slow there
            self.unet.set_attn_processor(AttnProcessor())
        self.unet.to(memory_format=torch.channels_last)
        self.opt = Muon(self.unet)
        self.average = Average(self.unet, 0.998)
        parts = {"model": self.unet, "opt": self.opt, "average": self.average}
        super().__init__(room, name, "unet", **parts)
        torch.manual_seed(seed + self.total)

    def _resume(self, saved: dict[str, Any]) -> None:
        if "count" in saved:  # as checkpoints once were: the average's two parts apart
            saved["average"] = {"shadow": saved["average"], "count": saved["count"]}
        super()._resume(saved)

    def save(self) -> None:
        """A checkpoint, and the averaged weights into the working model folder."""
        super().save()
        copy = self.blank()
        copy.load_state_dict(self.average.shadow)
        export.save_part(copy, self.room.model / "unet")

    def end(self, **more: Any) -> None:
        """Note the stage as done; run again, it goes on from here at its beginning."""
        stages.record(self.room, self.name, self.elapsed, self.steps, **more)
        self.name = ""
        super().save()

    def learn(self) -> None:
        """One step of the optimizer and of the average, from the gradients gathered."""
        torch.nn.utils.clip_grad_norm_(self.unet.parameters(), 1.0)
        self.opt.step()
        self.average.update(self.unet)
        self.opt.zero_grad()


Ends = tuple[float, float]


@dataclass(frozen=True)
class Plan:
    """How a stage trains; every pair is a value at its beginning and one at its end."""

    name: str
    windows: Ends  # how many of the batches are windows,
    shrunk: Ends  # and how many shrunk pictures; the rest are whole ones
    plain: Ends  # how many pictures are chosen among the plain ones of one thing,
    pairs: Ends  # how many among those of two,
    scenes: Ends  # and how many among scenes
    rates: Ends
    emphasis: float  # how much more the objects weigh than the background, at first
    power: float = NOISY


SQUARE = 16
SQUARES, WHOLE = 40, 16  # pictures in a batch of a processor's core
#: How many such batches a card computes as one: it has the room, and as few of them would leave it
#: waiting for the next call. A guess, never measured.
OF_A_CARD = 4
NONE = (0.0, 0.0)
FIRST = Plan("unet-parts", (0.35, 0.4), (0.65, 0.3), (0.6, 0.5), NONE, NONE, (0.6, 0.15), 4.0)
#: At rates above 0.15 whole pictures unlearn shapes faster than they learn them.
NATIVE = Plan("unet-256", (0.4, 0.0), (0.1, 0.3), (0.5, 0.1), (0.0, 0.45), NONE, (0.15, 0.01), 3.0)
#: Windows again: edges, dots and strokes are near to see and settle late, when little noise is
#: left.  Scenes often: where a moon is to stand unsaid, a young UNet draws two.
FINISH = Plan(
    "unet-finish",
    windows=(0.25, 0.25),
    shrunk=(0.35, 0.05),
    plain=(0.1, 0.1),
    pairs=(0.2, 0.2),
    scenes=(0.35, 0.35),
    rates=(0.1, 0.003),
    emphasis=2.0,
    power=EVEN,
)
#: Of the batches of whole pictures, how many have another size.
OTHERS = 0.08


class Learner:
    """One process's part of a stage: the gradient of a step, from a batch of its own."""

    def __init__(
        self, model: Any, room: Room, plan: Plan, shelf: Shelf, seed: int, hand: int = 0
    ) -> None:
        """`hand` tells several processes of one training apart: they see other pictures."""
        self.model, self.plan, self.shelf, self.seed, self.hand = model, plan, shelf, seed, hand
        self.diffusion, self.speak = Diffusion(room.device), Speaker(room)
        self.fast = compiled(model) if room.minutes >= WORTH_COMPILING else model
        self.losses: dict[str, float] = {}
        times = 1 if room.device.type == "cpu" else OF_A_CARD
        self.squares, self.whole = SQUARES * times, WHOLE * times

    def __call__(self, step: int, done: float) -> None:
        """Gather the gradient of step so-and-so, a share `done` into the stage."""
        chance = random.Random(f"{self.seed} {step} {self.hand}")
        torch.manual_seed(chance.getrandbits(40))
        self.shelf.rng = self.speak.rng = chance
        label, batch = self._take(random.Random(f"{self.seed} {step}"), done)
        weights = 1 + self.plan.emphasis * max(0.0, 1 - done / 0.7) * batch.objects
        model = self.model if label == "others" else self.fast
        said = self.speak(batch)
        loss = self.diffusion.loss(model, batch.latents, said, weights, self.plan.power)
        loss.backward()
        self.losses[label] = 0.98 * self.losses.get(label, loss.item()) + 0.02 * loss.item()

    def _take(self, kinds: random.Random, done: float) -> tuple[str, Batch]:
        """The next batch and what it is called; its kind is the same for every hand."""
        plan, shelf = self.plan, self.shelf

        def now(ends: Ends) -> float:
            return ends[0] + (ends[1] - ends[0]) * done

        kind = kinds.random()
        favour = Favour(now(plan.plain), now(plan.pairs), now(plan.scenes))
        if kind < now(plan.windows):
            return "windows", shelf.take(self.squares, favour, window=SQUARE)
        if kind < now(plan.windows) + now(plan.shrunk):
            return "shrunk", shelf.shrunk(self.squares, favour)
        if kinds.random() < OTHERS and (others := shelf.take_other(self.whole)):
            return "others", others
        return "whole", shelf.take(self.whole, favour)


def by_plan(run: Run, learner: Learner, hands: Hands | None = None) -> None:
    """Train by the learner's plan until the time is up, with the help of other processes if any."""
    first, last = learner.plan.rates
    for done, figures in run:
        if hands:
            hands.begin(run.total, done)
        learner(run.total, done)
        if hands:
            hands.gather()
        rate = last + (first - last) * stages.pace(done, warm=0.0)
        run.opt.set_rate(rate * min(1, (run.total + 1) / 50))
        run.learn()
        figures |= learner.losses


def _stage(room: Room, plan: Plan, seed: int) -> None:
    """A stage of the world of shapes."""
    run, pool = Run(room, plan.name, seed), Pool(room, room.seed + 51)
    by_plan(run, Learner(run.unet, room, plan, pool, seed))
    pool.close()
    run.end()


def parts(room: Room) -> None:
    """Things as they look, where they are, what they are called."""
    _stage(room, FIRST, room.seed + 31)


def native(room: Room) -> None:
    """Whole pictures at 256 px and around it: what was asked for, all of it in one picture."""
    _stage(room, NATIVE, room.seed + 41)


def finish(room: Room) -> None:
    """The last strokes: every amount of noise alike, to a rate of almost nothing."""
    _stage(room, FINISH, room.seed + 45)

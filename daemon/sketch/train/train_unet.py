"""The UNet: velocity prediction on latents, first on small squares, then on whole pictures.

A square is a window cut out of a native picture's latent, or the whole latent shrunk to half,
and `time_ids` say which: a quarter of the price, four times as often.  Windows show things at the
size they will have, shrunk pictures where they belong.  Whole pictures come after, at 256 px and
around it.  Objects weigh more than the background at first, plain pictures of one thing come
oftener, and so does the noisy half of the timesteps: composition is what a short run has to learn.
Where pictures come from is `data_pool`'s.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from daemon.sketch.train import export, stages
from daemon.sketch.train.blueprint import alphas_cumprod, unet
from daemon.sketch.train.data_pool import Batch, Favour, Pool
from daemon.sketch.train.muon import Muon
from daemon.sketch.train.stage_run import Average, Course
from daemon.sketch.train.stages import Room
from daemon.sketch.train.train_text import Reader
from daemon.sketch.world import words

#: Timesteps are a uniform number in 0..1 to this power: the noisy half, where text decides, comes
#: oftener while a UNet learns what to draw; all come alike once it learns to draw it well.
NOISY, EVEN = 0.65, 1.0
#: Up to this number of 0..1 the pooled embedding says nothing: it is the easier of the two to
#: listen to, and a UNet that gets by on it never learns to read the tokens.
SILENT = 0.5


class Speaker:
    """What the UNet is told of a batch: captions, some of them empty, zeroed or half silent."""

    def __init__(self, rng: random.Random, reader: Reader) -> None:
        self.rng = rng
        tokens, pooled = reader([""])
        self.empty = tokens[0], pooled[0]
        self.vague = reader(list(words.EMPTY))[1]

    def __call__(self, batch: Batch) -> dict[str, Tensor]:
        tokens, pooled = batch.tokens.clone(), batch.pooled.clone()
        for row in range(len(tokens)):
            chance = self.rng.random()
            if chance < 0.07:  # as SDXL zeroes them for an empty negative prompt
                tokens[row], pooled[row] = 0, 0
            elif chance < 0.11:
                tokens[row], pooled[row] = self.empty
            elif chance < SILENT:  # cross attention alone must be able to say everything
                pooled[row] = self.vague[self.rng.randrange(len(self.vague))]
        return {"tokens": tokens, "pooled": pooled, "times": batch.times}


class Diffusion:
    """The noising of latents and the loss of a velocity prediction."""

    def __init__(self, device: torch.device) -> None:
        self.kept = alphas_cumprod().to(device)

    def noise(self, latents: Tensor, steps: Tensor) -> tuple[Tensor, Tensor]:
        """Noisy latents and the velocity that explains them."""
        a = self.kept[steps].sqrt().view(-1, 1, 1, 1)
        b = (1 - self.kept[steps]).sqrt().view(-1, 1, 1, 1)
        noise = torch.randn_like(latents)
        return a * latents + b * noise, a * noise - b * latents

    def loss(
        self,
        model: Any,
        latents: Tensor,
        said: dict[str, Tensor],
        weights: Tensor | None = None,
        power: float = NOISY,
        **more: Any,
    ) -> Tensor:
        """Mean squared error of the velocity at timesteps spread evenly in the root `power`."""
        count = len(latents)
        spread = (
            torch.arange(count, device=latents.device) + torch.rand(count, device=latents.device)
        ) / count
        steps = (
            (spread**power * 1000)
            .long()
            .clamp(max=999)[torch.randperm(count, device=latents.device)]
        )
        x, target = self.noise(latents, steps)
        x = x.contiguous(memory_format=torch.channels_last)
        extra = {"text_embeds": said["pooled"], "time_ids": said["times"], **more}
        with torch.autocast(latents.device.type, torch.bfloat16):
            out = model(x, steps, said["tokens"], added_cond_kwargs=extra, return_dict=False)[0]
        error = (out.float() - target).square()
        return error.mean() if weights is None else (error * weights).mean() / weights.mean()


#: Minutes; compiling takes one or two.
WORTH_COMPILING = 10


def compiled(unet: Any) -> Any:
    """The UNet through torch.compile (1.6 times as fast on a CPU), or as it is where a trial shows
    that compiling does not work here."""
    trial = torch.zeros(8, device=next(unet.parameters()).device)
    try:
        torch.compile(lambda x: x.sin() + 1)(trial)
    except Exception as error:  # whatever a compiler, or the want of one, may raise
        reason = str(error).strip().splitlines() or [type(error).__name__]
        print(
            f"torch.compile does not work here ({reason[0]}): on a CPU it needs g++ and Python's "
            "headers; without it training goes on, with about two steps in the time of three",
            flush=True,
        )
        return unet
    return torch.compile(unet, dynamic=False)


class Run(Course):
    """One UNet in training: every stage goes on from the checkpoint that the one before left."""

    def __init__(self, room: Room, name: str, seed: int) -> None:
        from diffusers.models.attention_processor import AttnProcessor

        there = (room.work / "unet.pt").exists()
        self.unet = unet().to(room.device) if there else stages.load(room, "unet")
        self.unet.train()
        if room.device.type == "cpu":  # the bf16 backward of fused attention is slow there
            self.unet.set_attn_processor(AttnProcessor())
        self.unet.to(memory_format=torch.channels_last)
        self.opt = Muon(self.unet)
        self.average = Average(self.unet, 0.998)
        self.steps_since_start = 0  # the optimizer's memory may be new
        parts = {"model": self.unet, "opt": self.opt, "average": self.average}
        super().__init__(room, name, "unet", **parts)
        self.chance = self.rng(seed)
        torch.manual_seed(seed + self.total)

    def _resume(self, saved: dict[str, Any]) -> None:
        if "count" in saved:  # as checkpoints once were: the average's two parts apart
            saved["average"] = {"shadow": saved["average"], "count": saved["count"]}
        super()._resume(saved)

    def save(self) -> None:
        """A checkpoint, and the averaged weights into the working model folder."""
        super().save()
        copy = unet()
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
        self.steps_since_start += 1


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
SQUARES, WHOLE = 40, 16  # pictures in a batch
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


def _take(run: Run, pool: Pool, plan: Plan, done: float) -> tuple[str, Batch]:
    """The next batch and what it is called."""

    def now(ends: Ends) -> float:
        return ends[0] + (ends[1] - ends[0]) * done

    chance = run.chance.random()
    favour = Favour(now(plan.plain), now(plan.pairs), now(plan.scenes))
    if chance < now(plan.windows):
        return "windows", pool.take(SQUARES, favour, window=SQUARE)
    if chance < now(plan.windows) + now(plan.shrunk):
        return "shrunk", pool.shrunk(SQUARES, favour)
    if run.chance.random() < OTHERS and (others := pool.take_other(WHOLE)):
        return "others", others
    return "whole", pool.take(WHOLE, favour)


def _stage(room: Room, plan: Plan, seed: int) -> None:
    """Train by plan until the time is up."""
    run = Run(room, plan.name, seed)
    diffusion, speak = Diffusion(room.device), Speaker(run.chance, Reader(room))
    pool = Pool(room, room.seed + 51)
    fast = compiled(run.unet) if room.minutes >= WORTH_COMPILING else run.unet
    for done, figures in run:
        first, last = plan.rates
        rate = last + (first - last) * stages.pace(done, warm=0.0)
        run.opt.set_rate(rate * min(1, (run.steps_since_start + 1) / 50))
        label, batch = _take(run, pool, plan, done)
        weights = 1 + plan.emphasis * max(0.0, 1 - done / 0.7) * batch.objects
        model = run.unet if label == "others" else fast
        loss = diffusion.loss(model, batch.latents, speak(batch), weights, plan.power)
        loss.backward()
        figures[label] = 0.98 * figures.get(label, loss.item()) + 0.02 * loss.item()
        run.learn()
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

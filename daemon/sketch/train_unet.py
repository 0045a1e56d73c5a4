"""The UNet: velocity prediction on latents, first at 128 px, then at 256 px and around it.

Objects weigh more than the background at first, and the noisy half of the timesteps comes
oftener: composition is what a short run has to learn.  Where pictures come from is `pool`'s.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from . import captions, stages
from .blueprint import alphas_cumprod
from .muon import Muon
from .pool import Entry, Pool
from .stages import Room
from .train_text import Reader

#: Sizes other than the native one, a small share of the batches each.
BUCKETS = ((192, 192), (384, 384), (256, 384), (384, 256), (192, 256), (256, 192), (320, 320))


#: Timesteps are a uniform number in 0..1 to this power.
NOISY = 0.65


class Speaker:
    """What the UNet is told of a batch: captions, some of them empty, zeroed or half silent."""

    def __init__(self, rng: random.Random, reader: Reader) -> None:
        self.rng = rng
        tokens, pooled = reader([""])
        self.empty = tokens[0], pooled[0]
        self.vague = reader(list(captions.EMPTY))[1]

    def __call__(self, entries: list[Entry]) -> dict[str, Tensor]:
        tokens, pooled = [], []
        for entry in entries:
            one, two = self.rng.choice(entry.said)
            chance = self.rng.random()
            if chance < 0.07:  # as SDXL zeroes them for an empty negative prompt
                one, two = torch.zeros_like(one), torch.zeros_like(two)
            elif chance < 0.11:
                one, two = self.empty
            elif chance < 0.28:  # cross attention alone must be able to say everything
                two = self.vague[self.rng.randrange(len(self.vague))]
            tokens.append(one.float())
            pooled.append(two)
        times = torch.tensor([e.times for e in entries], dtype=torch.float32)
        said = {"tokens": torch.stack(tokens), "pooled": torch.stack(pooled)}
        return {**said, "times": times.to(said["pooled"].device)}


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
        **more: Any,
    ) -> Tensor:
        """Mean squared error of the velocity; the noisy half, where text decides, comes oftener."""
        count = len(latents)
        spread = (
            torch.arange(count, device=latents.device) + torch.rand(count, device=latents.device)
        ) / count
        steps = (spread**NOISY * 1000).long()[torch.randperm(count, device=latents.device)]
        x, target = self.noise(latents, steps)
        x = x.contiguous(memory_format=torch.channels_last)
        extra = {"text_embeds": said["pooled"], "time_ids": said["times"], **more}
        with torch.autocast(latents.device.type, torch.bfloat16):
            out = model(x, steps, said["tokens"], added_cond_kwargs=extra, return_dict=False)[0]
        error = (out.float() - target).square()
        return error.mean() if weights is None else (error * weights).mean() / weights.mean()


def compiled(unet: Any) -> Any:
    """The UNet through torch.compile where a compiler is at hand (1.6 times as fast on a CPU)."""
    import shutil

    if not (torch.cuda.is_available() or shutil.which("g++")):
        return unet
    return torch.compile(unet, dynamic=False)


class Run:
    """One UNet in training, with what a checkpoint must hold."""

    def __init__(self, room: Room, seed: int) -> None:
        from diffusers.models.attention_processor import AttnProcessor

        self.room, self.path = room, room.work / "unet.pt"
        self.unet = stages.load(room, "unet").train()
        if room.device.type == "cpu":  # the bf16 backward of fused attention is slow there
            self.unet.set_attn_processor(AttnProcessor())
        self.unet.to(memory_format=torch.channels_last)
        self.opt = Muon(self.unet)
        self.average = stages.Average(self.unet, 0.998)
        self.step, self.stage, self.done = 0, "", 0.0
        if self.path.exists():
            self.resume()
        self.rng = random.Random(seed + self.step)
        torch.manual_seed(seed + self.step)

    def resume(self) -> None:
        """Go on from the checkpoint."""
        saved = torch.load(self.path, map_location=self.room.device)
        self.unet.load_state_dict(saved["model"])
        self.opt.load_state_dict(saved["opt"])
        self.average.shadow, self.average.count = saved["average"], saved["count"]
        self.step, self.stage, self.done = saved["step"], saved["stage"], saved["done"]

    def save(self, stage: str, done: float) -> None:
        """A checkpoint, and the averaged weights into the working model folder."""
        stages.save_state(
            self.path,
            model=self.unet.state_dict(),
            opt=self.opt.state_dict(),
            average=self.average.shadow,
            count=self.average.count,
            step=self.step,
            stage=stage,
            done=done,
        )
        from .blueprint import unet

        copy = unet()
        copy.load_state_dict(self.average.shadow)
        copy.save_pretrained(self.room.model / "unet")

    def learn(self) -> None:
        """One step of the optimizer and of the average, from the gradients gathered."""
        torch.nn.utils.clip_grad_norm_(self.unet.parameters(), 1.0)
        self.opt.step()
        self.average.update(self.unet)
        self.opt.zero_grad()
        self.step += 1


@dataclass(frozen=True)
class Plan:
    """How a stage trains: sizes, batches (parts of `count` pictures), rates from first to last."""

    name: str
    size: int
    count: int
    parts: int
    rates: tuple[float, float]
    pool: int
    fresh: int
    emphasis: float  # how much more the objects weigh than the background, at first


SMALL = Plan("unet-128", 128, 32, 1, (0.9, 0.45), 4000, 6, 5.0)
NATIVE = Plan("unet-256", 256, 8, 1, (0.65, 0.01), 1500, 1, 3.0)


def _stage(run: Run, plan: Plan, minutes: float) -> None:
    """Train by plan until the time is up."""
    room = run.room
    reader, diffusion = Reader(room), Diffusion(room.device)
    speak = Speaker(run.rng, reader)
    vae = stages.load(room, "vae").eval().to(memory_format=torch.channels_last)
    main = Pool(run.rng, vae, (plan.size, plan.size), plan.pool, plan.fresh, reader)
    others = [Pool(run.rng, vae, b, 64, 1, reader) for b in BUCKETS] if plan.size == 256 else []
    fast = compiled(run.unet)
    begun = run.done if run.stage == plan.name else 0.0
    saved = begun
    for done, figures in stages.clock(plan.name, 60 * minutes, begun):
        rate = plan.rates[1] + (plan.rates[0] - plan.rates[1]) * stages.pace(done, warm=0.0)
        run.opt.set_rate(rate * min(1, (run.step + 1) / 100))
        for _ in range(plan.parts):
            other = bool(others) and run.rng.random() < 0.08
            bank = run.rng.choice(others) if other else main
            area = bank.size[0] * bank.size[1] / plan.size**2
            entries = bank.take(max(2, round(plan.count / max(1.0, area))) if other else plan.count)
            latents = torch.stack([e.latent for e in entries])
            masks = torch.stack([e.objects for e in entries if e.objects is not None]).to(
                room.device
            )
            weights = 1 + plan.emphasis * max(0.0, 1 - done / 0.7) * masks
            loss = diffusion.loss(run.unet if other else fast, latents, speak(entries), weights)
            (loss / plan.parts).backward()
            if not other:
                figures["loss"] = 0.99 * figures.get("loss", loss.item()) + 0.01 * loss.item()
        run.learn()
        if (done - saved) * minutes > 2:
            saved = done
            run.save(plan.name, done)
    run.save(plan.name, 1.0)


def small(room: Room) -> None:
    """The world at 128 px: composition, colours, reading."""
    _stage(Run(room, room.seed + 31), SMALL, room.minutes or 18)


def native(room: Room) -> None:
    """At 256 px and the sizes around it, down to a rate of almost nothing for crisp edges."""
    _stage(Run(room, room.seed + 41), NATIVE, room.minutes or 60)

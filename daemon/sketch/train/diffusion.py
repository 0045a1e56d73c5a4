"""What every training of the UNet shares: what it is told of a batch, noise, and the loss.

Knows neither where pictures come from nor the order in which they are shown.
"""

from __future__ import annotations

import random
from typing import Any

import torch
from torch import Tensor

from daemon.sketch import precision
from daemon.sketch.train.batches import Batch
from daemon.sketch.train.blueprint import alphas_cumprod
from daemon.sketch.train.stages import Room
from daemon.sketch.train.train_text import Reader
from daemon.sketch.train.worlds import WORLDS

#: Timesteps are a uniform number in 0..1 to this power: the noisy half, where text decides, comes
#: oftener while a UNet learns what to draw; all come alike once it learns to draw it well.
NOISY, EVEN = 0.65, 1.0
#: Up to this number of 0..1 the pooled embedding says nothing: it is the easier of the two to
#: listen to, and a UNet that gets by on it never learns to read the tokens.
SILENT = 0.5


class Speaker:
    """What the UNet is told of a batch: captions, some of them empty, zeroed or half silent."""

    def __init__(self, room: Room) -> None:
        self.rng, reader = random.Random(room.seed), Reader(room)
        tokens, pooled = reader([""])
        self.empty = tokens[0], pooled[0]
        self.vague = reader(list(WORLDS[room.world].vague))[1]

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
        with precision.mixed(latents.device):
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

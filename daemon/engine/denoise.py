"""From noise to a picture: the whole of SDXL's inference, top to bottom.

With the same weights and the same noise the pixels are those of diffusers'
`StableDiffusionXLPipeline.__call__`, to the last bit; tests hold it to that. It is spelt out here
because a step of our own is what can be timed, cancelled, and later shared with other pictures:
every tensor of a picture already has rows in front, its negative and its positive.

Knows no files, no prompts and no caches; all it needs comes in a `Brief`.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from daemon.engine.adapters import Attention
from daemon.engine.base import OnStep
from daemon.engine.device import Device


@dataclass(frozen=True, slots=True)
class Brief:
    """One picture, ready to be denoised. Rows are (negative, positive), or one row if unguided."""

    width: int
    height: int
    seed: int
    guidance_scale: float
    words: Tensor
    pooled: Tensor
    time_ids: Tensor
    attention: Attention
    scheduler: Any  # fresh, its timesteps laid out

    @property
    def rows(self) -> int:
        return self.words.shape[0]


def draw_noise(unet: Any, brief: Brief, dtype: torch.dtype) -> tuple[Tensor, torch.Generator]:
    """The seed's noise, drawn on the CPU in float32 so that it is the same on every machine.

    The generator goes on to serve samplers that add noise at every step.
    """
    generator = torch.Generator("cpu").manual_seed(brief.seed)
    shape = (1, unet.config.in_channels, brief.height // 8, brief.width // 8)
    return torch.randn(shape, generator=generator, dtype=torch.float32).to(dtype), generator


def denoise(
    unet: Any, brief: Brief, device: Device, on_step: OnStep
) -> tuple[Tensor, tuple[float, ...]]:
    """Clean latents, and how long each step took. `on_step` may raise to stop."""
    scheduler = brief.scheduler
    timesteps = scheduler.timesteps
    guided = brief.rows == 2

    # 1. Noise, as loud as this sampler starts with.
    noise, generator = draw_noise(unet, brief, brief.words.dtype)
    latents = noise.to(device.place) * scheduler.init_noise_sigma
    step_options = _options_of(scheduler, generator)
    guidance_row = _guidance_row(unet, brief, device)
    added = {"text_embeds": brief.pooled, "time_ids": brief.time_ids}
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(0)

    seconds: list[float] = []
    began = device.clock()
    for number, timestep in enumerate(timesteps):
        # 2. The same latents for the negative and the positive row.
        rows = torch.cat([latents] * brief.rows)
        rows = scheduler.scale_model_input(rows, timestep)

        # 3. What the UNet takes for noise.
        predicted = unet(
            rows,
            timestep.expand(brief.rows),
            encoder_hidden_states=brief.words,
            timestep_cond=guidance_row,
            cross_attention_kwargs={"attended": brief.attention.at(number, len(timesteps))},
            added_cond_kwargs=added,
            return_dict=False,
        )[0]

        # 4. Away from the negative, towards the positive.
        if guided:
            negative, positive = predicted.chunk(2)
            predicted = negative + brief.guidance_scale * (positive - negative)

        # 5. One step less noise.
        dtype = latents.dtype
        latents = scheduler.step(predicted, timestep, latents, **step_options, return_dict=False)[0]
        latents = latents.to(dtype)

        # Some samplers ask the UNet twice for a step; the last one they ask once.
        if (number + 1) % scheduler.order == 0 or number + 1 == len(timesteps):
            now = device.clock()
            seconds.append(now - began)
            on_step(len(seconds), seconds[-1])
            began = device.clock()
    return latents, tuple(seconds)


def decode(vae: Any, latents: Tensor) -> Tensor:
    """Latents to a picture of values around 0 to 1, in the precision of the VAE."""
    config = vae.config
    latents = latents.to(vae.dtype)
    if config.latents_mean is not None and config.latents_std is not None:
        mean, deviation = (
            torch.tensor(given).view(1, -1, 1, 1).to(latents)
            for given in (config.latents_mean, config.latents_std)
        )
        latents = latents * deviation / config.scaling_factor + mean
    else:
        latents = latents / config.scaling_factor
    return vae.decode(latents, return_dict=False)[0] * 0.5 + 0.5


def to_image(decoded: Tensor) -> Image.Image:
    """The first picture of a batch, as 8-bit RGB."""
    values = decoded.clamp(0, 1).float().mul(255).round()
    array = values.to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
    return Image.fromarray(np.ascontiguousarray(array[0]))


def _options_of(scheduler: Any, generator: torch.Generator) -> dict[str, Any]:
    """What this sampler's step wants to know beyond the prediction."""
    taken = inspect.signature(scheduler.step).parameters
    options = {"eta": 0.0, "generator": generator}
    return {name: value for name, value in options.items() if name in taken}


def _guidance_row(unet: Any, brief: Brief, device: Device) -> Tensor | None:
    """Distilled models are told the guidance instead of being guided: a sinusoid of it."""
    width = unet.config.time_cond_proj_dim
    if width is None:
        return None
    half = width // 2
    falling = torch.log(torch.tensor(10000.0)) / (half - 1)
    rates = torch.exp(torch.arange(half, dtype=torch.float32) * -falling)
    angles = torch.tensor([brief.guidance_scale - 1])[:, None] * 1000.0 * rates[None, :]
    row = torch.cat([torch.sin(angles), torch.cos(angles)], dim=1)
    if width % 2:
        row = torch.nn.functional.pad(row, (0, 1))
    return row.to(device.place, brief.words.dtype)

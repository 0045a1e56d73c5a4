"""What a pass starts from: pure noise, or a picture made noisy, wholly or inside a mask.

Gives what diffusers' text, image and inpaint pipelines for SDXL give, to the last bit, which means
to ask chance in the same order: the VAE's sample of the picture, the noise, and once more for the
masked picture, whether or not the UNet looks at it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

from daemon.engine.interface import RenderError
from daemon.engine.sdxl.conditioning.fitting import Size
from daemon.engine.sdxl.denoising.source_image import Canvas
from daemon.engine.sdxl.denoising.step import draw_noise
from daemon.protocol.render import made_steps
from daemon.text.counted import counted

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import NoiseScheduler, Unet, Vae

PLAIN, INPAINTING = 4, 9
"""Channels into a UNet: latents, or latents beside a mask and the latents of what it keeps."""


@dataclass(frozen=True, slots=True)
class Start:
    """What of a `Brief` depends on where a pass starts."""

    latents: Tensor
    generator: torch.Generator
    begin: int = 0
    extra: Tensor | None = None
    blend: Callable[[Tensor, int], Tensor] | None = None


@dataclass(frozen=True, slots=True)
class Starter:
    """Starts passes on one model; `dtype` is what the UNet computes in."""

    unet: Unet
    vae: Vae
    place: torch.device
    dtype: torch.dtype

    def from_noise(self, size: Size, seed: int, scheduler: NoiseScheduler) -> Start:
        noise, generator = draw_noise(self.unet, size, seed)
        latents = noise.to(self.dtype).to(self.place) * scheduler.init_noise_sigma
        extra = None
        if self._channels() == INPAINTING:  # everything is painted anew, nothing is kept
            extra = self._beside(
                torch.ones(1, 1, size[1], size[0]),
                torch.zeros(1, 3, size[1], size[0]),
                generator,
            )
        return Start(latents, generator, extra=extra)

    def over(
        self,
        canvas: Canvas,
        size: Size,
        seed: int,
        scheduler: NoiseScheduler,
        steps: int,
        strength: float,
    ) -> Start:
        """From a picture, as noisy as `strength` makes it; `scheduler` has laid out `steps`."""
        channels, masked = self._channels(), canvas.mask is not None
        generator = torch.Generator("cpu").manual_seed(seed)
        begin = (steps - made_steps(steps, strength)) * scheduler.order
        if hasattr(scheduler, "set_begin_index"):
            scheduler.set_begin_index(begin)
        pixels = canvas.pixels(size)
        whole = masked and strength == 1.0  # pure noise, as the inpaint pipeline starts there
        clean = None
        if not whole or channels == PLAIN:
            clean = self._encode(pixels, generator)
            if masked:
                # Side by side in memory, as the inpaint pipeline has them; the VAE's are not, and
                # kernels that meet another order round otherwise.
                clean = clean.clone(memory_format=torch.contiguous_format)
        noise = self._noise(size, generator)
        if whole or clean is None:
            latents = noise * scheduler.init_noise_sigma
        else:
            timestep = scheduler.timesteps[begin : begin + 1]
            latents = scheduler.add_noise(clean, noise, timestep)
        hole = canvas.hole(size)
        if channels == INPAINTING:
            extra = self._beside(hole, pixels * (hole < 0.5), generator)
            return Start(latents, generator, begin, extra)
        if not masked or clean is None:
            return Start(latents, generator, begin)
        self._noise(size, generator)  # what the masked picture's sample would have taken
        keep = _Keep(scheduler, clean, noise, self._shrunk(hole))
        return Start(latents, generator, begin, blend=keep)

    def _channels(self) -> int:
        channels = int(self.unet.config.in_channels)
        if channels not in (PLAIN, INPAINTING):
            raise RenderError(
                f"This model's UNet takes {counted(channels, 'channel')}, which no SDXL for "
                "pictures or for inpainting does.",
                remedy="Choose another model with `model`.",
            )
        return channels

    def _noise(self, size: Size, generator: torch.Generator) -> Tensor:
        shape = (1, self.unet.config.out_channels, size[1] // 8, size[0] // 8)
        noise = torch.randn(shape, generator=generator, dtype=torch.float32)
        return noise.to(self.dtype).to(self.place)

    def _encode(self, pixels: Tensor, generator: torch.Generator) -> Tensor:
        config, dtype = self.vae.config, self.vae.dtype
        pixels = pixels.to(self.place, self.dtype)
        upcast = config.force_upcast and dtype != torch.float32
        try:
            if upcast:
                self.vae.to(torch.float32)
            seen = self.vae.encode(pixels.to(self.vae.dtype)).latent_dist
            latents = seen.sample(generator).to(self.dtype)
        finally:
            if upcast:
                self.vae.to(dtype)
        if config.latents_mean is not None and config.latents_std is not None:
            mean, deviation = (
                torch.tensor(given).view(1, -1, 1, 1).to(latents)
                for given in (config.latents_mean, config.latents_std)
            )
            return (latents - mean) * config.scaling_factor / deviation
        return config.scaling_factor * latents

    def _beside(self, hole: Tensor, kept: Tensor, generator: torch.Generator) -> Tensor:
        """The further channels of an inpainting UNet."""
        return torch.cat([self._shrunk(hole), self._encode(kept, generator)], dim=1)

    def _shrunk(self, hole: Tensor) -> Tensor:
        small = F.interpolate(hole, size=(hole.shape[2] // 8, hole.shape[3] // 8))
        return small.to(self.place, self.dtype)


@dataclass(frozen=True, slots=True)
class _Keep:
    """After every call: outside the hole, the picture as noisy as the next call expects it."""

    scheduler: NoiseScheduler
    clean: Tensor
    noise: Tensor
    hole: Tensor

    def __call__(self, latents: Tensor, call: int) -> Tensor:
        kept = self.clean
        if call + 1 < len(self.scheduler.timesteps):
            timestep = torch.tensor([self.scheduler.timesteps[call + 1]])
            kept = self.scheduler.add_noise(kept, self.noise, timestep)
        return (1 - self.hole) * kept + self.hole * latents

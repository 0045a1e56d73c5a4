"""A look at a picture under way through a TAESD, where somebody put one beside the model: sharper
than the linear map of `preview`, and not for nothing.

It decodes on the processor, in the thread that writes the picture under way, so that no graphics
card waits for it. A model that is computed on the processor is never looked at so: a second thread
of torch would slow its steps down (see `preview`). Its weights are read at the first look.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from PIL import Image

from daemon.engine.interface import Look
from daemon.engine.sdxl.preview import Array, Preview, preview_of
from daemon.protocol.messages import Load
from daemon.text.counted import counted

if TYPE_CHECKING:
    from daemon.engine.sdxl.denoising.in_flight import Flight

LARGEST = 512
"""Pixels of the longer side that are shown."""
REST = 3.0
"""Seconds between two looks for each second that one took."""


class TinyDecoder(Preview):
    """The one in `folder`, as diffusers saves its AutoencoderTiny."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._network: Any = None
        self._due = 0.0

    def of(self, flight: Flight) -> Look | None:
        """How to look at a flight, if it is time for one."""
        return super().of(flight) if time.monotonic() >= self._due else None

    def image(self, latents: Array) -> Image.Image:
        """(1, 4, h, w) latents of a finished picture as RGB, 8 h x 8 w or smaller. Raises OSError
        or ValueError where the folder holds nothing that can be used."""
        begun = time.monotonic()
        if self._network is None:
            self._network = _read(self._folder)
        with torch.inference_mode():
            seen = torch.from_numpy(latents[:1, :4].copy())
            pixels = self._network.decode(seen).sample[0].add(1).mul(127.5).clamp(0, 255)
        image = Image.fromarray(pixels.round().byte().permute(1, 2, 0).numpy())
        image.thumbnail((LARGEST, LARGEST), Image.Resampling.BOX)
        ended = time.monotonic()
        self._due = ended + REST * (ended - begun)
        return image


def look_of(load: Load, device: str) -> Preview:
    """How pictures of a model are looked at that is computed on `device` (cpu, cuda, mps): on a
    graphics card by the TAESD that was found for it, else by its own map or SDXL's."""
    tiny = str(load.options.get("taesd") or "")
    return TinyDecoder(Path(tiny)) if tiny and device != "cpu" else preview_of(Path(load.model))


def _read(folder: Path) -> Any:
    from diffusers.models.autoencoders.autoencoder_tiny import AutoencoderTiny

    network = AutoencoderTiny.from_pretrained(
        folder, use_safetensors=True, local_files_only=True, torch_dtype=torch.float32
    )
    channels = network.config.latent_channels
    if channels != 4:
        raise ValueError(f"{folder} decodes {counted(channels, 'channel')}, not the 4 of SDXL")
    return network.eval()

"""The image encoder: what a reference picture looks like to an IP-Adapter.

Loaded with the first reference, since it is large and many people never use one; what it said
about a picture is kept by the picture's content.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from daemon.engine.base import RenderError
from daemon.engine.device import Device
from daemon.engine.reference import open_reference
from daemon.engine.shelf import Shelf
from daemon.protocol import Reference

SHELF_BYTES = 128 * 1024 * 1024  # about 190 pictures for a plus adapter in half precision


class Vision:
    """An image encoder that wakes up when it is needed."""

    def __init__(self, folder: str | None, extractor: Path | None, device: Device) -> None:
        self._folder = folder
        self._extractor = extractor
        self._device = device
        self._model: Any = None
        self._processor: Any = None
        self._shelf: Shelf[tuple[Tensor, Tensor]] = Shelf(SHELF_BYTES)

    def look(self, reference: Reference, *, hidden: bool) -> tuple[Tensor, Tensor, bool]:
        """(what it sees, what it sees in nothing, whether that was known)."""
        key = (reference.sha256, hidden)
        known = self._shelf.get(key) if reference.sha256 else None
        if known is not None:
            return (*known, True)
        picture = open_reference(reference)
        self._wake()
        pixels = self._processor(picture, return_tensors="pt").pixel_values
        pixels = pixels.to(device=self._device.place, dtype=self._device.dtype)
        if hidden:
            seen = self._model(pixels, output_hidden_states=True).hidden_states[-2]
            nothing = self._nothing(pixels)
        else:
            seen = self._model(pixels).image_embeds
            nothing = torch.zeros_like(seen)
        self._shelf.put(key, (seen, nothing), seen)
        return seen, nothing, False

    def _nothing(self, pixels: Tensor) -> Tensor:
        """A plus adapter wants to know what an all-zero picture looks like; it never changes."""
        known = self._shelf.get("nothing")
        if known is not None:
            return known[0]
        zeros = torch.zeros_like(pixels)
        seen = self._model(zeros, output_hidden_states=True).hidden_states[-2]
        return self._shelf.put("nothing", (seen, seen), seen)[0]

    def _wake(self) -> None:
        if self._model is not None:
            return
        if self._folder is None:
            raise RenderError(
                "This model has no image encoder, so it can't look at reference pictures.",
                remedy="Fetch the IP-Adapters with `hotfolder models pull`, or drop `references`.",
            )
        from transformers import CLIPImageProcessor, CLIPVisionModelWithProjection

        model = CLIPVisionModelWithProjection.from_pretrained(
            self._folder,
            dtype=self._device.dtype,
            use_safetensors=True,
            local_files_only=True,
        )
        self._model = model.to(self._device.place).eval()
        if self._extractor is not None:
            self._processor = CLIPImageProcessor.from_pretrained(self._extractor)
        else:
            side = model.config.image_size
            self._processor = CLIPImageProcessor(size=side, crop_size=side)

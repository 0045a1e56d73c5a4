"""The image encoder: what a reference picture looks like to an IP-Adapter.

Loaded with the first reference, since it is large and many people never use one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from daemon.engine.interface import RenderError
from daemon.engine.sdxl.conditioning.open_picture import open_picture
from daemon.engine.sdxl.device import Device, out_of_memory
from daemon.engine.sdxl.model_files import MEND, check_whole, plainly
from daemon.protocol.render import KeptPicture

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import ImageEncoder, ImageProcessor


class Vision:
    """An image encoder that wakes up when it is needed."""

    def __init__(self, folder: str | None, extractor: Path | None, device: Device) -> None:
        self._folder = folder
        self._extractor = extractor
        self._device = device
        self._model: ImageEncoder | None = None
        self._processor: ImageProcessor | None = None
        self._nothing: Tensor | None = None

    def look(self, picture: KeptPicture, *, hidden: bool) -> tuple[Tensor, Tensor]:
        """What it sees in the picture, and what it sees in nothing (the negative's view)."""
        opened = open_picture(picture)
        model = self._wake()  # held, since another thread that is short of memory may let it go
        assert self._processor is not None
        pixels = self._processor(opened, return_tensors="pt").pixel_values
        pixels = pixels.to(device=self._device.place, dtype=self._device.dtype)
        if not hidden:
            seen = model(pixels).image_embeds
            return seen, torch.zeros_like(seen)
        nothing = self._nothing
        if nothing is None:  # a plus adapter's negative looks at an all-zero picture
            nothing = self._nothing = _hidden(model, torch.zeros_like(pixels))
        return _hidden(model, pixels), nothing

    def sleep(self) -> bool:
        """Let the encoder go until it is needed again; False if it wasn't here."""
        was, self._model, self._nothing = self._model, None, None
        return was is not None

    def files(self) -> list[Path]:
        """Every file that what it sees depends on."""
        found = sorted(self._extractor.glob("*.json")) if self._extractor else []
        if self._folder is not None:
            found += [*Path(self._folder).glob("*.json"), *Path(self._folder).glob("*.safetensors")]
        return found

    def _wake(self) -> ImageEncoder:
        if (awake := self._model) is not None:
            return awake
        if self._folder is None:
            raise RenderError(
                "This model has no image encoder, so it can't look at reference pictures.",
                remedy="Fetch the IP-Adapters with `hotfolder models pull`, or drop `references`.",
            )
        from transformers import CLIPImageProcessor, CLIPVisionModelWithProjection

        try:
            model, report = CLIPVisionModelWithProjection.from_pretrained(
                self._folder,
                dtype=self._device.dtype,
                use_safetensors=True,
                variant=_variant(Path(self._folder)),
                local_files_only=True,
                output_loading_info=True,
            )
            check_whole(Path(self._folder), report)
            model = model.to(self._device.place).eval()
            side = model.config.image_size
            self._processor = (
                CLIPImageProcessor.from_pretrained(self._extractor, local_files_only=True)
                if self._extractor is not None
                else CLIPImageProcessor(size=side, crop_size=side)
            )
        except Exception as error:  # whatever the libraries make of a broken folder
            if out_of_memory(error) or isinstance(error, torch.AcceleratorError):
                raise
            raise RenderError(
                f"The image encoder in {self._folder} can't be loaded.",
                why=plainly(error),
                remedy=MEND,
            ) from error
        self._model = model
        return model


def _variant(folder: Path) -> str | None:
    """`fp16` where the weights are there as that alone."""
    names = [file.name for file in folder.glob("*.safetensors")]
    return "fp16" if names and all(".fp16" in name for name in names) else None


def _hidden(model: ImageEncoder, pixels: Tensor) -> Tensor:
    hidden: Tensor = model(pixels, output_hidden_states=True).hidden_states[-2]
    return hidden

"""Pictures to paint over: fitted to the size of the render, masked, and laid over the result.

A picture is scaled until it covers the size asked for and cropped at its middle; its mask lies on
it and is fitted with it. White of a mask is painted anew, black is kept: what was painted is laid
over the picture through the mask, so what is black stays to the last bit, and greys blend.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from diffusers.image_processor import VaeImageProcessor
from PIL import Image
from torch import Tensor

from daemon.engine.interface import RenderError
from daemon.engine.sdxl.conditioning.fitting import Size, fitted
from daemon.engine.sdxl.conditioning.open_picture import open_mask, open_picture
from daemon.protocol.render import Render


@dataclass(frozen=True, slots=True)
class Canvas:
    """What a pass paints over, as it was opened; `mask` is as large as `image`."""

    image: Image.Image
    mask: Image.Image | None = None

    def pixels(self, size: Size) -> Tensor:
        """The picture as the VAE takes it: (1, 3, height, width) from -1 to 1."""
        return VaeImageProcessor().preprocess(fitted(self.image, size))

    def hole(self, size: Size) -> Tensor:
        """Where it is painted anew, 1 or 0 for each pixel; everywhere without a mask."""
        if self.mask is None:
            return torch.ones(1, 1, size[1], size[0])
        reader = VaeImageProcessor(do_normalize=False, do_binarize=True, do_convert_grayscale=True)
        return reader.preprocess(fitted(self.mask, size))

    def laid_over(self, painted: Image.Image) -> Image.Image:
        """What was painted, with what the mask keeps of this picture."""
        if self.mask is None:
            return painted
        kept = fitted(self.image, painted.size)
        return Image.composite(painted, kept, fitted(self.mask, painted.size))


def open_canvas(render: Render) -> Canvas | None:
    """The picture a render starts from, with its mask. Raises RenderError."""
    if render.image is None:
        return None
    image = open_picture(render.image)
    if render.mask is None:
        return Canvas(image)
    mask = open_mask(render.mask)
    if max(mask.tobytes()) < 128:
        raise RenderError(
            "The mask leaves nothing to paint: it is black all over.",
            remedy="White is what is painted anew, black what is kept; perhaps it is inverted.",
        )
    if mask.size != image.size:
        mask = fitted(mask, image.size)
    return Canvas(image, mask)

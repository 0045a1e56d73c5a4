"""A picture made as large as what is painted: scaled until it covers that, and cropped."""

from __future__ import annotations

from PIL import Image, ImageOps

Size = tuple[int, int]
"""Width and height in pixels."""


def fitted(picture: Image.Image, size: Size) -> Image.Image:
    """Scaled to cover `size`, and cropped at its middle; as it is where it has that size."""
    if picture.size == size:
        return picture
    return ImageOps.fit(picture, size, Image.Resampling.LANCZOS)

"""A sheet of thumbnails with their labels, and pictures as files of a kind."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

KINDS = {".png": "PNG", ".webp": "WEBP", ".jpg": "JPEG", ".jpeg": "JPEG"}
ACROSS = 4
GAP = 12
CAPTION = 22
MOST = 400
"""Panels on one sheet."""


def sheet(panels: Sequence[tuple[str, Image.Image]]) -> Image.Image:
    """All of them in rows of four, each above its label."""
    panels = panels[:MOST]
    wide = max(image.width for _, image in panels)
    across = min(ACROSS, len(panels))
    rows = [panels[start : start + across] for start in range(0, len(panels), across)]
    heights = [max(image.height for _, image in row) + CAPTION + GAP for row in rows]
    whole = Image.new("RGB", (across * (wide + GAP) + GAP, sum(heights) + GAP), (255, 255, 255))
    draw, font, top = ImageDraw.Draw(whole), ImageFont.load_default(13), GAP
    for row, height in zip(rows, heights, strict=True):
        for place, (label, image) in enumerate(row):
            left = GAP + place * (wide + GAP)
            whole.paste(image, (left, top))
            draw.text((left + 2, top + image.height + 4), label[:60], fill=(60, 60, 64), font=font)
        top += height
    return whole


def encoded(image: Image.Image, suffix: str) -> bytes:
    """The file's bytes. Raises ValueError for an ending that is no picture's."""
    if suffix not in KINDS:
        raise ValueError(f"a picture's name ends with {', '.join(KINDS)}")
    data = io.BytesIO()
    image.save(data, KINDS[suffix], quality=82)
    return data.getvalue()

"""The still of a panel: its picture, or a drawing of its words that says there is none yet.

The one place that decides what is shown for a shot. A picture that can't be opened any more (a
person may have changed it) is as good as none.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from daemon.export.reel import Panel
from daemon.fs.read import open_file
from daemon.thumbs.drawable import scene_of

MOST_PIXELS = 128_000_000
PAPER, INK, LINE = (200, 200, 200), (70, 70, 70), (150, 150, 150)
NO_PICTURE = "no picture yet"
DRAWN = "drawn, not painted"
_LONGEST_NAME = 24


def still_of(panel: Panel, size: tuple[int, int]) -> Image.Image:
    """The picture of a panel in RGB, upright and in its own size; where there is none, a marked
    drawing of `size` (width, height), or a card where there are no words either."""
    picture = opened(panel.picture) if panel.picture else None
    return picture or drawing(panel, size) or card(panel.name, size)


def drawing(panel: Panel, size: tuple[int, int]) -> Image.Image | None:
    """The thumbnail of a shot, marked as one; None of a panel that can't be drawn."""
    if panel.drawable is None:
        return None
    from daemon.thumbs.drawing import draw

    image = draw(scene_of(panel.drawable), *size)
    font = ImageFont.load_default(max(8, min(size) // 24))
    pen, margin = ImageDraw.Draw(image), max(2, min(size) // 60)
    box = pen.textbbox((margin * 2, size[1] - margin * 2), DRAWN, font, anchor="ls")
    pen.rectangle((box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin), PAPER)
    pen.text((margin * 2, size[1] - margin * 2), DRAWN, INK, font, anchor="ls")
    return image


def opened(path: Path) -> Image.Image | None:
    """A picture in RGB, None for what is none."""
    try:
        with warnings.catch_warnings(), open_file(path) as file:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file) as image:
                if image.width * image.height > MOST_PIXELS:
                    return None
                return _upright(image).convert("RGB")
    except Exception:  # whatever a library says of a file that a person may have changed
        return None


def _upright(image: Image.Image) -> Image.Image:
    return ImageOps.exif_transpose(image) or image


def size_of(path: Path) -> tuple[int, int] | None:
    """Width and height by a picture's header; None for what is none."""
    try:
        with open_file(path) as file, Image.open(file) as image:
            return image.size
    except Exception:  # as above
        return None


def card(name: str, size: tuple[int, int]) -> Image.Image:
    """A grey card, crossed through. The font at hand lacks most scripts: a name it can't write is
    left out."""
    width, height = size
    image = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(image)
    stroke = max(1, min(size) // 200)
    draw.line((0, 0, width - 1, height - 1), LINE, stroke)
    draw.line((0, height - 1, width - 1, 0), LINE, stroke)
    draw.rectangle((0, 0, width - 1, height - 1), outline=INK, width=stroke)
    writable = name.isascii() and name.isprintable() and len(name) <= _LONGEST_NAME
    lines = ((name, height // 6), (NO_PICTURE, height // 14)) if writable else (
        (NO_PICTURE, height // 10),
    )  # fmt: skip
    tall = sum(big for _, big in lines)
    top = (height - tall * 1.4) / 2
    for text, big in lines:
        font = ImageFont.load_default(max(8, min(big, width // max(4, len(text)) * 1.6)))
        box = draw.textbbox((width / 2, top), text, font, anchor="ma")
        draw.rectangle(
            (box[0] - big / 4, box[1] - big / 8, box[2] + big / 4, box[3] + big / 8), PAPER
        )
        draw.text((width / 2, top), text, INK, font, anchor="ma")
        top += big * 1.4
    return image


def png(image: Image.Image) -> bytes:
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def framed(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """A picture on a black frame of `size`, as large as fits, never cut."""
    if image.size == size:
        return image
    fitted = ImageOps.contain(image, size, Image.Resampling.LANCZOS)
    if image.width <= size[0] and image.height <= size[1] and _almost(image.size, size):
        fitted = image  # one column short of an even side: no reason to blur it
    frame = Image.new("RGB", size)
    frame.paste(fitted, ((size[0] - fitted.width) // 2, (size[1] - fitted.height) // 2))
    return frame


def _almost(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return all(abs(a - b) <= 1 for a, b in zip(one, other, strict=True))

"""Colours of somebody's clothes and hair, from a picture that shows them before a plain background.

Only where it is plain what is what: any doubt, and nothing is said. Knows no files and no names.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from daemon.thumbs.palette import COLOURS

SIDE = 96
"""Pixels of the longer side that are looked at."""
PLAIN = 14.0
"""Standard deviation of a background, of 255, up to which it is plain."""
APART = 60.0
"""How far from the background's colour somebody is, summed over the channels."""
MOST_OF = 0.55
"""The share of a region that has to be of one colour."""
TALL = 1.5
"""Times as high as wide somebody is of whom all is seen, from head to feet."""

Pixels = NDArray[np.float32]

_CLOTHES = (
    "white", "light grey", "grey", "dark grey", "black", "red", "dark red", "orange", "yellow",
    "green", "dark green", "light green", "teal", "blue", "light blue", "navy", "purple", "pink",
    "brown", "light brown", "beige", "khaki", "olive",
)  # fmt: skip
_HAIRS = ("black", "dark brown", "brown", "blond", "ginger", "light grey", "white")


def look_colours(picture: Image.Image) -> dict[str, str]:
    """Fields of `Look` by name: colour, below_colour and hair_colour, as far as they are plain."""
    small = picture.convert("RGB")
    small.thumbnail((SIDE, SIDE))
    pixels = np.asarray(small, np.float32)
    figure = _figure(pixels)
    if figure is None:
        return {}
    columns = np.flatnonzero(figure.sum(axis=0) > 0.12 * len(figure))  # no shadow, no horizon
    if not len(columns):
        return {}
    figure[:, : columns[0]] = figure[:, columns[-1] + 1 :] = False
    rows = np.flatnonzero(figure.sum(axis=1) > 1)
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    high, wide = bottom - top, int(columns[-1] - columns[0]) + 1
    whole = high > TALL * wide
    regions: dict[str, tuple[float, float, tuple[str, ...]]] = {"hair_colour": (0.0, 0.06, _HAIRS)}
    if whole:
        regions |= {"colour": (0.28, 0.44, _CLOTHES), "below_colour": (0.64, 0.84, _CLOTHES)}
    else:
        regions["colour"] = (0.86, 1.0, _CLOTHES)
    found = {}
    for key, (begin, end, names) in regions.items():
        first, last = top + round(begin * high), top + max(1, round(end * high))
        part = pixels[first:last][figure[first:last]]
        if name := _colour(part, names):
            found[key] = name
    return found


def _figure(pixels: Pixels) -> NDArray[np.bool_] | None:
    """Where somebody is; None unless they stand out from one plain background."""
    height, width, _ = pixels.shape
    edge = max(2, width // 16)
    if min(height, width) < 24:
        return None
    upper = height // 3
    sides = np.concatenate([pixels[:upper, :edge], pixels[:upper, -edge:]], axis=1).reshape(-1, 3)
    if float(sides.std(axis=0).max()) > PLAIN:
        return None
    apart = np.abs(pixels - np.median(sides, axis=0)).sum(axis=2) > APART
    share = float(apart.mean())
    return apart if 0.04 < share < 0.8 else None


def _colour(part: Pixels, names: tuple[str, ...]) -> str:
    """The name of the colour that most of a region has, or ""."""
    if len(part) < 12:
        return ""
    table = np.array([COLOURS[name] for name in names], np.float32)
    nearest = np.abs(part[:, None, :] - table[None]).sum(axis=2).argmin(axis=1)
    counts = np.bincount(nearest, minlength=len(names))
    best = int(counts.argmax())
    return names[best] if counts[best] >= MOST_OF * len(part) else ""

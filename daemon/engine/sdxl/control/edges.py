"""Edges of a picture as thin white lines on black: what Canny wrote down in 1986.

Blurred a little, the slope of brightness at each pixel, only the ridges of it kept, and of weak
ones those that hang on a strong one. numpy and Pillow alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

LOW, HIGH = 100.0, 200.0
"""Slopes, of Sobel's sum of grey levels of 255, between which an edge is weak."""

BLUR = 1.4


def edges(picture: Image.Image, low: float = LOW, high: float = HIGH) -> Image.Image:
    """The edges of an upright picture, one channel, 0 or 255; as large as it."""
    grey = picture.convert("L").filter(ImageFilter.GaussianBlur(BLUR))
    values = np.pad(np.asarray(grey, dtype=np.float32), 1, mode="edge")
    across = _slope(values)
    down = _slope(values.T).T
    steep = np.hypot(across, down).astype(np.float32)
    ridge = _ridges(steep, across, down)
    strong, weak = ridge & (steep >= high), ridge & (steep >= low)
    return Image.fromarray((_hanging_on(strong, weak) * np.uint8(255)).astype(np.uint8))


def _slope(padded: Floats) -> Floats:
    """Sobel's, from left to right."""
    gap = padded[:, 2:] - padded[:, :-2]
    return gap[:-2] + 2 * gap[1:-1] + gap[2:]


def _ridges(steep: Floats, across: Floats, down: Floats) -> Flags:
    """Where it is steeper than a step along the slope, to either side."""
    around = np.pad(steep, 1)
    height, width = steep.shape

    def neighbour(dy: int, dx: int) -> Floats:
        return around[1 + dy : 1 + dy + height, 1 + dx : 1 + dx + width]

    turn = np.mod(np.degrees(np.arctan2(down, across)) + 22.5, 180)
    ridge = np.zeros(steep.shape, dtype=bool)
    for sector, (dy, dx) in enumerate(((0, 1), (1, 1), (1, 0), (1, -1))):
        here = (turn >= 45 * sector) & (turn < 45 * (sector + 1))
        ridge |= here & (steep > neighbour(-dy, -dx)) & (steep >= neighbour(dy, dx))
    return ridge


def _hanging_on(strong: Flags, weak: Flags) -> Flags:
    """The strong ones, and all weak ones that are joined to one."""
    found = strong
    while True:
        near = np.pad(found, 1)
        grown = np.zeros_like(found)
        for dy in range(3):
            for dx in range(3):
                grown |= near[dy : dy + found.shape[0], dx : dx + found.shape[1]]
        grown &= weak
        if np.array_equal(grown, found):
            return found
        found = grown

"""How pencil and ink wash look: from tones and lines in grey to a picture. Knows no shapes."""

from __future__ import annotations

import random
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Grey = NDArray[np.float32]
Greys = NDArray[np.floating]


@lru_cache(maxsize=4)
def _grain(height: int, width: int) -> Grey:
    """The tooth of the paper, -1 to 1, the same always."""
    # numpy's own chance would load 6 MB; four bytes together are nearly normal, of deviation 147
    dice = np.frombuffer(random.Random(7).randbytes(4 * height * width), np.uint8)
    noise: Grey = dice.reshape(4, height, width).sum(0, dtype=np.float32) / 147 - 3.46
    soft = (noise + np.roll(noise, 1, 0) + np.roll(noise, 1, 1)) / 3
    clipped: Grey = np.clip(soft / 1.3, -1, 1).astype(np.float32)
    return clipped


@lru_cache(maxsize=4)
def _hatch(height: int, width: int) -> tuple[Grey, Grey]:
    """Two layers of slanting pencil strokes, 0 to 1, the second across the first."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    sway = np.sin(x / 37 + y / 23) * 1.1 + np.sin(y / 11 - x / 53) * 0.6
    step = max(3.6, height / 52)
    one = np.sin((x * 0.62 + y + sway) * (2 * np.pi / step))
    two = np.sin((x * -0.75 + y * 0.9 + sway * 1.4) * (2 * np.pi / step))
    grain = _grain(height, width) * 0.5
    ramp = [np.clip(each * 1.3 - 0.25 + grain, 0, 1).astype(np.float32) for each in (one, two)]
    return ramp[0], ramp[1]


def pencil(tone: Greys, line: Greys, tooth: float) -> NDArray[np.uint8]:
    height, width = tone.shape
    grain, (one, two) = _grain(height, width) * tooth, _hatch(height, width)
    dark = (255 - tone) / 255
    flat = dark * 0.27 + np.clip(dark - 0.5, 0, 1) * 0.5
    first = np.clip((dark - 0.30) * 1.1, 0, 0.30) * one
    second = np.clip((dark - 0.66) * 1.2, 0, 0.30) * two
    rubbed = flat * (1 + grain * 0.30) + first + second
    drawn = line * np.clip(0.95 + grain * 0.36, 0, 1)
    light = (1 - np.clip(rubbed, 0, 0.80)) * (1 - drawn * 0.93)
    shades = np.empty((height, width, 3), np.float32)
    for channel, (ink, paper) in enumerate(((44, 252), (44, 251), (50, 247))):
        shades[..., channel] = ink + (paper - ink) * light
    return shades.astype(np.uint8)


def wash(tone: Greys, line: Greys, tooth: float) -> NDArray[np.uint8]:
    height, width = tone.shape
    grain = _grain(height, width) * tooth
    image = Image.fromarray(tone.astype(np.uint8))
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(height / 180)), np.float32)
    wide = np.asarray(
        image.resize((width // 4, height // 4))
        .filter(ImageFilter.GaussianBlur(height / 70))
        .resize((width, height)),
        np.float32,
    )
    pool = soft + np.clip((soft - wide), -40, 30) * 0.55
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    cloud = np.sin(x / 41 + np.sin(y / 31) * 2) * np.sin(y / 47 - x / 89) * 9
    pool += cloud * (255 - soft) / 255 + grain * 7 * (255 - soft) / 255
    light = np.clip(pool / 255, 0.04, 1) ** 0.9
    light *= 1 - line * 0.93
    shades = np.empty((height, width, 3), np.float32)
    for channel, (ink, paper) in enumerate(((26, 250), (26, 246), (34, 236))):
        shades[..., channel] = ink + (paper - ink) * light
    return shades.clip(0, 255).astype(np.uint8)

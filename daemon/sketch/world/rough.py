"""Rough drawings of a picture: white lines on black, as somebody's pencil would have left them.

Where two parts of a picture meet there is a line. Then the hand comes in: lines waver, are thick or
thin, pale or broken, and the whole is a little off; now and then a part is left out. Knows no
words.
"""

from __future__ import annotations

import random
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from daemon.sketch.world.draw import draw
from daemon.sketch.world.world import Picture

#: How much two neighbouring pixels differ where there is a line between them.
STEP = 0.05
#: Pixels, at 256 a side, that a line may be off.
WAVER = 3.0
#: Out of so many drawings one has a part left out, is pale and speckled as a photograph of paper.
PARTIAL, PALE = 0.12, 0.3


def outlines(picture: Picture, height: int, width: int) -> Tensor:
    """Where the parts of a picture meet: (1, height, width), 1 on a line. Styles, patterns and
    light are not drawn."""
    return edges(draw(replace(picture, style="flat", pattern="plain"), height, width))


def edges(image: Tensor) -> Tensor:
    """Where an image (3, height, width) in 0..1 changes by a step: (1, height, width), 1 on a
    line."""
    height, width = image.shape[1:]
    down = (image[:, 1:] - image[:, :-1]).abs().amax(0)
    across = (image[:, :, 1:] - image[:, :, :-1]).abs().amax(0)
    line = torch.zeros(height, width)
    line[1:] = (down > STEP).float()
    line[:, 1:] = torch.maximum(line[:, 1:], (across > STEP).float())
    return line[None]


def rough(rng: random.Random, line: Tensor, waver: float = WAVER) -> Tensor:
    """A drawing by hand along these lines: (1, height, width) in 0..1."""
    chance = torch.Generator().manual_seed(rng.getrandbits(40))
    unit = min(line.shape[1:]) / 256
    wide = rng.choice((1, 1, 2, 3, 4, 5))
    drawn = _moved(line, rng, chance, waver * unit)
    if wide > 1:
        edge = max(1, round(wide * unit))
        drawn = F.max_pool2d(F.pad(drawn[None], (edge // 2, (edge - 1) // 2) * 2), edge, 1)[0]
    drawn = drawn * _gaps(line, rng, chance)
    if rng.random() < PARTIAL:
        drawn = _left_out(drawn, rng)
    if rng.random() < PALE:
        drawn = _pale(drawn, rng, chance)
    return (drawn > 0.4).float() if rng.random() < 0.6 else drawn.clamp(0, 1)


def _noise(chance: torch.Generator, channels: int, cells: int, like: Tensor) -> Tensor:
    """Smooth noise of deviation about 1, `cells` waves across: (channels, height, width)."""
    small = torch.randn(1, channels, cells, cells, generator=chance)
    return F.interpolate(small, like.shape[1:], mode="bicubic", align_corners=False)[0]


def _moved(line: Tensor, rng: random.Random, chance: torch.Generator, most: float) -> Tensor:
    """Lines that waver by up to `most` pixels, on a sheet that is slightly turned and off."""
    height, width = line.shape[1:]
    amount = rng.uniform(0, most) / 2
    bend = _noise(chance, 2, 5, line) + _noise(chance, 2, rng.choice((9, 17, 25)), line)
    bend = (bend * amount / 1.4).clamp(-most, most)
    turn, size = rng.uniform(-0.02, 0.02), rng.uniform(0.98, 1.02)
    sheet = torch.tensor([[[size, -turn, 0.0], [turn, size, 0.0]]])
    grid = F.affine_grid(sheet, [1, 1, height, width], align_corners=False)
    shift = torch.stack([bend[0] * 2 / width, bend[1] * 2 / height], -1)
    # Thicker by half a pixel each way first: a line of one pixel would be lost between two.
    thick = F.max_pool2d(F.pad(line[None], (0, 1, 0, 1)), 2, 1)
    return F.grid_sample(thick, grid + shift[None], align_corners=False)[0]


def _gaps(line: Tensor, rng: random.Random, chance: torch.Generator) -> Tensor:
    """1 where the pencil touched the paper."""
    if rng.random() < 0.25:
        return torch.ones_like(line)
    level = rng.uniform(1.1, 2.2)  # from one in seven to one in seventy
    return (_noise(chance, 1, rng.choice((12, 20, 32)), line) < level).float()


def _left_out(drawn: Tensor, rng: random.Random) -> Tensor:
    height, width = drawn.shape[1:]
    h, w = int(height * rng.uniform(0.15, 0.4)), int(width * rng.uniform(0.15, 0.4))
    top, left = rng.randint(0, height - h), rng.randint(0, width - w)
    drawn = drawn.clone()
    drawn[:, top : top + h, left : left + w] = 0
    return drawn


def _pale(drawn: Tensor, rng: random.Random, chance: torch.Generator) -> Tensor:
    """What is left of it once a photograph of the paper was cleaned: uneven lines and specks."""
    light = 1 + 0.35 * _noise(chance, 1, 4, drawn)
    grain = 0.25 * torch.randn(drawn.shape, generator=chance)
    specks = (torch.rand(drawn.shape, generator=chance) < rng.uniform(0, 0.0006)).float()
    specks = F.max_pool2d(specks[None], 3, 1, 1)[0]
    seen = drawn * light + grain * drawn
    return torch.maximum((seen > 0.5).float(), specks)

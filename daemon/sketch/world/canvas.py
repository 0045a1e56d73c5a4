"""Signed distances to pixels: shapes, and a canvas that blends them, anti-aliased exactly.

Distances are measured in units of the shorter side, so a shape keeps its form on any canvas.
Only the box around a shape is touched, which makes a drawing cost about a millisecond.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

RGB = tuple[float, float, float]
Distance = Callable[[Tensor, Tensor], Tensor]


def box(u: Tensor, v: Tensor, w: float, h: float) -> Tensor:
    du, dv = u.abs() - w, v.abs() - h
    return torch.hypot(du.clamp(min=0), dv.clamp(min=0)) + torch.maximum(du, dv).clamp(max=0)


def polygon(points: list[tuple[float, float]]) -> Distance:
    """Exact signed distance to a polygon (any winding)."""

    def distance(u: Tensor, v: Tensor) -> Tensor:
        best = torch.full_like(u, 1e9)
        inside = torch.zeros_like(u, dtype=torch.bool)
        for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True):
            ex, ey = bx - ax, by - ay
            t = (((u - ax) * ex + (v - ay) * ey) / (ex * ex + ey * ey)).clamp(0, 1)
            best = torch.minimum(best, torch.hypot(u - ax - t * ex, v - ay - t * ey))
            if ey != 0:
                inside ^= ((v >= min(ay, by)) & (v < max(ay, by))) & (u < ax + (v - ay) * ex / ey)
        return torch.where(inside, -best, best)

    return distance


def _star_points() -> list[tuple[float, float]]:
    corners = []
    for k in range(10):
        radius = 1.08 if k % 2 == 0 else 0.44
        angle = math.pi * k / 5
        corners.append((radius * math.sin(angle), 0.06 - radius * math.cos(angle)))
    return corners


def _heart(u: Tensor, v: Tensor) -> Tensor:
    scale = 1.72
    x, y = u.abs() / scale, (0.90 - v) / scale  # the tip points down
    lobe = torch.hypot(x - 0.25, y - 0.75) - math.sqrt(2) / 4
    tip = torch.hypot(x, y - 1.0)
    half = 0.5 * (x + y).clamp(min=0)
    side = torch.minimum(tip, torch.hypot(x - half, y - half)) * torch.sign(x - y)
    return scale * torch.where(x + y > 1.0, lobe, side)


def _moon(u: Tensor, v: Tensor) -> Tensor:
    u = u - 0.18
    return torch.maximum(torch.hypot(u, v) - 0.98, 0.82 - torch.hypot(u - 0.46, v))


SHAPES: dict[str, Distance] = {
    "circle": lambda u, v: torch.hypot(u, v) - 0.95,
    "square": lambda u, v: box(u, v, 0.84, 0.84),
    "triangle": polygon([(0.0, -0.98), (1.04, 0.80), (-1.04, 0.80)]),
    "star": polygon(_star_points()),
    "ring": lambda u, v: (torch.hypot(u, v) - 0.74).abs() - 0.235,
    "heart": _heart,
    "moon": _moon,
    "cross": lambda u, v: torch.minimum(box(u, v, 0.97, 0.31), box(u, v, 0.31, 0.97)),
}


class Canvas:
    """A float image (3, h, w) in 0..1 with coordinates in units of the shorter side."""

    def __init__(self, height: int, width: int) -> None:
        self.unit = min(height, width)
        self.w, self.h = width / self.unit, height / self.unit
        self.image = torch.zeros(3, height, width)
        self.xs = (torch.arange(width) + 0.5) / self.unit
        self.ys = (torch.arange(height) + 0.5) / self.unit

    def fill(self, colour: Tensor | RGB) -> None:
        """Paint everything with one colour, or with a (3, h, w) picture."""
        rgb = colour if isinstance(colour, Tensor) else torch.tensor(colour).view(3, 1, 1) / 255
        self.image[:] = rgb

    def paint(
        self,
        shape: Distance,
        x: float,
        y: float,
        r: float,
        colour: RGB,
        reach: float = 1.3,
        soft: float = 0.0,
        alpha: float = 1.0,
        hatch: bool = False,
        edge: float = 0.0,
    ) -> None:
        """Blend a shape centred at (x, y) of radius r; `edge` draws only its line of that width."""
        left, right = ((x - reach * r) * self.unit, (x + reach * r) * self.unit + 1)
        top, bottom = ((y - reach * r) * self.unit, (y + reach * r) * self.unit + 1)
        a, b = max(0, int(left)), min(len(self.xs), int(right) + 1)
        c, d = max(0, int(top)), min(len(self.ys), int(bottom) + 1)
        if a >= b or c >= d:
            return
        gx, gy = self.xs[a:b].expand(d - c, -1), self.ys[c:d, None].expand(-1, b - a)
        distance = shape((gx - x) / r, (gy - y) / r) * r
        if edge:
            distance = distance.abs() - edge
        cover = (
            (0.5 - distance * self.unit).clamp(0, 1)
            if not soft
            else torch.sigmoid(-distance / soft)
        )
        if hatch:
            wave = torch.cos((gx + gy) * (2 * math.pi * 16))
            cover = cover * (0.5 + 0.5 * (0.5 + wave * 2.0).clamp(0, 1))
        cover = cover * alpha
        rgb = torch.tensor(colour).view(3, 1, 1) / 255
        spot = self.image[:, c:d, a:b]
        spot += (rgb - spot) * cover

"""Draws a `Picture` with torch at any size: backgrounds, things in four styles, and scenes."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from daemon.sketch.world import world
from daemon.sketch.world.canvas import RGB, SHAPES, Canvas, Distance, box, polygon
from daemon.sketch.world.world import Picture, Prop, Thing

SKY: dict[str, tuple[RGB, RGB]] = {
    "day": ((88, 170, 240), (200, 232, 250)),
    "dawn": ((246, 160, 170), (252, 222, 150)),
    "dusk": ((96, 60, 140), (244, 130, 70)),
    "night": ((14, 18, 50), (44, 54, 110)),
}
SEA: dict[str, RGB] = {
    "day": (30, 100, 190),
    "dawn": (110, 120, 170),
    "dusk": (70, 50, 120),
    "night": (18, 34, 84),
}
HILLS: dict[str, tuple[RGB, RGB]] = {
    "day": ((120, 190, 90), (70, 150, 70)),
    "dawn": ((150, 170, 100), (100, 130, 80)),
    "dusk": ((110, 90, 90), (70, 60, 70)),
    "night": ((40, 66, 70), (26, 46, 54)),
}
SLATE: RGB = (46, 58, 56)
NAVY: RGB = (16, 20, 52)
#: How far the night style mixes a ground with navy.
DARKNESS = 0.72


def mix(a: RGB, b: RGB, t: float) -> RGB:
    """A share `t` of the way from one colour to the other."""
    return tuple(x + (y - x) * t for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def _ground(canvas: Canvas, picture: Picture) -> None:
    one = world.COLOURS[picture.ground]
    if picture.style == "chalk":
        return canvas.fill(SLATE)
    if picture.style == "night":
        return canvas.fill(mix(one, NAVY, DARKNESS))
    canvas.fill(one)
    if picture.pattern == "plain":
        return None
    a = torch.tensor(one).view(3, 1, 1) / 255
    b = torch.tensor(world.COLOURS[picture.ground2]).view(3, 1, 1) / 255
    if picture.pattern == "gradient":
        t = (canvas.ys / canvas.h).view(1, -1, 1).expand(1, -1, len(canvas.xs))
    elif picture.pattern == "striped":
        t = (
            (torch.sin(canvas.xs * (2 * math.pi * 4)) * canvas.unit / 12).clamp(-0.5, 0.5) + 0.5
        ).expand(1, len(canvas.ys), -1)
    else:
        cell = 1 / 8
        u = torch.remainder(canvas.xs, cell) - cell / 2
        v = torch.remainder(canvas.ys, cell) - cell / 2
        gap = torch.hypot(u[None, :], v[:, None]) - 0.030
        t = (0.5 - gap * canvas.unit).clamp(0, 1)[None]
    return canvas.fill(a + (b - a) * t)


def _thing(canvas: Canvas, thing: Thing, style: str) -> None:
    x, y = thing.x * canvas.w, thing.y * canvas.h
    shape, colour = SHAPES[thing.shape], world.COLOURS[thing.colour]
    if style == "outline":
        canvas.paint(shape, x, y, thing.r, colour, edge=0.016, reach=1.4)
    elif style == "chalk":
        canvas.paint(shape, x, y, thing.r, colour, hatch=True)
        canvas.paint(shape, x, y, thing.r, colour, edge=0.008, reach=1.4)
    elif style == "night":
        canvas.paint(shape, x, y, thing.r, colour, soft=0.03, alpha=0.5, reach=2.0)
        canvas.paint(shape, x, y, thing.r, colour)
    else:
        canvas.paint(shape, x, y, thing.r, colour)


def _prop(canvas: Canvas, prop: Prop, pen: Callable[..., None], ground: float) -> None:
    x = prop.x * canvas.w
    colour = world.COLOURS[prop.colour]
    if prop.kind == "house":
        pen(lambda u, v: box(u, v, 0.9, 0.7), x, ground, 0.13, colour)
        pen(
            polygon([(-1.25, 0.0), (0.0, -1.0), (1.25, 0.0)]),
            x,
            ground - 0.088,
            0.13,
            (150, 60, 40),
        )
        pen(lambda u, v: box(u, v, 0.2, 0.38), x, ground + 0.042, 0.13, (90, 56, 34))
    elif prop.kind == "tree":
        pen(lambda u, v: box(u, v, 0.17, 0.9), x, ground + 0.02, 0.10, (110, 70, 40))
        pen(SHAPES["circle"], x, ground - 0.12, 0.105, (30, 120, 50))
    else:
        pen(
            polygon([(-1.1, -0.3), (1.1, -0.3), (0.7, 0.3), (-0.7, 0.3)]),
            x,
            ground + 0.06,
            0.15,
            colour,
        )
        pen(lambda u, v: box(u, v, 0.035, 0.75), x, ground - 0.06, 0.15, (70, 46, 30))
        pen(
            polygon([(0.10, -1.0), (0.10, 0.45), (0.85, 0.45)]),
            x,
            ground - 0.06,
            0.15,
            (250, 246, 236),
        )


def _scene(canvas: Canvas, picture: Picture) -> None:
    """Sky, stars, sun or moon, land and props; chalk and outline styles draw lines instead."""
    chalk, outline = picture.style == "chalk", picture.style == "outline"
    high, low = (torch.tensor(c).view(3, 1, 1) / 255 for c in SKY[picture.time])
    t = (canvas.ys / canvas.h / 0.62).clamp(0, 1).view(1, -1, 1)
    canvas.fill(SLATE if chalk else world.COLOURS["white"] if outline else high + (low - high) * t)

    def pen(shape: Distance, x: float, y: float, r: float, colour: RGB, reach: float = 1.4) -> None:
        if chalk or outline:
            paper = SLATE if chalk else world.COLOURS["white"]
            canvas.paint(shape, x, y, r, paper, reach=reach)
            ink = mix(colour, (255, 255, 255), 0.45) if chalk else mix(colour, (0, 0, 0), 0.25)
            if chalk:
                canvas.paint(shape, x, y, r, ink, reach=reach, hatch=True)
            canvas.paint(shape, x, y, r, ink, reach=reach, edge=0.008)
        else:
            canvas.paint(shape, x, y, r, colour, reach=reach)

    if picture.time == "night":
        for k in range(14):
            sx, sy = (k * 0.618 + 0.09) % 1.0, (k * 0.371 + 0.05) % 0.5
            canvas.paint(SHAPES["circle"], sx * canvas.w, sy * canvas.h, 0.010, (235, 235, 220))
    x, y = world.PLACES[picture.light_side][0] * canvas.w, 0.22 * canvas.h
    if picture.light == "sun":
        if not (chalk or outline):
            canvas.paint(
                SHAPES["circle"], x, y, 0.10, (255, 236, 150), soft=0.025, alpha=0.55, reach=2.2
            )
        warm = (255, 226, 70) if picture.time in ("day", "night") else (255, 180, 70)
        pen(SHAPES["circle"], x, y, 0.10, warm)
    elif picture.light == "moon":
        pen(SHAPES["moon"], x, y, 0.10, (246, 242, 214))
    wide = max(canvas.w, canvas.h) + 1
    if picture.land == "sea":
        line = 0.62 * canvas.h
        pen(
            lambda u, v: box(u, v - 2, wide, 2),
            canvas.w / 2,
            line,
            1.0,
            SEA[picture.time],
            reach=4,
        )
        crest = mix(SEA[picture.time], (255, 255, 255), 0.35)
        for row in (0.72, 0.81, 0.90):
            for k in range(-1, 6):
                wx = (k * 0.28 + (0.14 if row == 0.81 else 0.0)) * canvas.w
                canvas.paint(lambda u, v: box(u, v, 0.8, 0.09), wx, row * canvas.h, 0.075, crest)
        ground = 0.64 * canvas.h
    else:
        back, front = HILLS[picture.time]
        pen(SHAPES["circle"], 0.78 * canvas.w, 1.12 * canvas.h, 0.62, back)
        pen(SHAPES["circle"], 0.20 * canvas.w, 1.10 * canvas.h, 0.55, back)
        pen(lambda u, v: box(u, v - 2, wide, 2), canvas.w / 2, 0.78 * canvas.h, 1.0, front, reach=4)
        ground = 0.72 * canvas.h
    for prop in picture.props:
        _prop(canvas, prop, pen, ground)


def draw(picture: Picture, height: int, width: int) -> Tensor:
    """The picture as (3, height, width) in 0..1."""
    canvas = Canvas(height, width)
    if picture.kind == "scene":
        _scene(canvas, picture)
        return canvas.image.clamp(0, 1)
    _ground(canvas, picture)
    for thing in picture.things:
        _thing(canvas, thing, picture.style)
    return canvas.image.clamp(0, 1)

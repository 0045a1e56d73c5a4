"""What stands right before the camera: a shoulder looked over, the hands of a point of view."""

from __future__ import annotations

import math

from daemon.thumbs.palette import SKINS, named
from daemon.thumbs.paper import Point
from daemon.thumbs.puppet import hull, ring, tapered
from daemon.thumbs.stage import Stage


def draw_vantage(stage: Stage) -> None:
    """The two hands of a point of view; who is looked over `layout` puts there."""
    if stage.scene.camera != "point of view":
        return
    if stage.scene.through:
        _mask(stage)
        return
    skin = stage.light.on(SKINS[stage.scene.seed % 5], 0, near=True)
    sleeve = stage.light.on(named("navy"), 0, near=True)
    stage.paper.pale = 0.0
    for sign in (-1, 1):
        x = sign * stage.half * 0.52
        stage.paper.shape([tapered((x, 0.97), (x + sign * 0.16, 1.25), 0.085, 0.12)], sleeve, 1.3)
        palm = hull([*ring((x, 0.92), 0.062), *ring((x - sign * 0.02, 0.86), 0.056)])
        stage.paper.shape(
            [
                palm,
                *[
                    tapered(
                        (x - sign * 0.03 + 0.035 * k, 0.87),
                        (x - sign * 0.05 + 0.04 * k, 0.79),
                        0.021,
                        0.017,
                    )
                    for k in range(-1, 3)
                ],
            ],
            skin,
            1.2,
        )


def _mask(stage: Stage) -> None:
    """The dark round two lenses, one lens, or a keyhole."""
    twice = stage.scene.through == "binoculars"
    hole = [
        (0.14, 0.92),
        (-0.14, 0.92),
        (-0.09, 0.56),
        *_arc(0.0, 0.4, 0.2, 150, 390),
        (0.09, 0.56),
    ]
    if twice:
        hole = [*_arc(-0.24, 0.5, 0.40, 53, 307), *_arc(0.24, 0.5, 0.40, 233, 487)]
    elif stage.scene.through == "inside":
        wide = stage.half * 0.78
        hole = [(wide, 0.08), (-wide, 0.08), (-wide, 0.9), (wide, 0.9)]
    elif stage.scene.through != "keyhole":
        hole = _arc(0.0, 0.5, 0.43, 0, 354)
    far = stage.half + 0.3
    at = hole.index(max(hole))
    around = [*hole[at:], *hole[: at + 1]]
    frame = [(far, 0.5), (far, -0.3), (-far, -0.3), (-far, 1.3), (far, 1.3), (far, 0.5)]
    stage.paper.pale = 0.0
    stage.paper.shape([[*frame, *around]], (26, 26, 30), 0.0)


def _arc(x: float, y: float, r: float, first: int, last: int) -> list[Point]:
    """Points of a circle, from one angle to another, in degrees."""
    turns = [math.radians(degrees) for degrees in range(first, last + 1, 8)]
    return [(x + r * math.cos(turn), y + r * math.sin(turn)) for turn in turns]

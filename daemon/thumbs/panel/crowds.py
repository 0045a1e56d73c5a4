"""Crowds: heads and shoulders in rows, as silhouettes."""

from __future__ import annotations

from daemon.thumbs.palette import mix
from daemon.thumbs.paper import oval
from daemon.thumbs.place_table import Place
from daemon.thumbs.stage import Stage


def draw_crowd(stage: Stage, place: Place) -> None:
    """Three rows behind the subject, and more where there is none."""
    chance, near = stage.chance, stage.camera.distance
    rows: tuple[float, ...] = (9.0, 5.5, 2.8) if stage.scene.figures else (9.0, 5.5, 2.8, 0.6)
    if place.indoors:  # none behind the wall
        rows = tuple(one for one in rows if one < place.size[1]) or (place.size[1] * 0.6,)
    for row, far in enumerate(rows):
        z = near + far
        scale = stage.camera.scale(z)
        x = -stage.half - 0.1
        while x < stage.half + 0.1:
            tall = chance.uniform(1.55, 1.85)
            tone = stage.tint(mix((120, 116, 124), (170, 160, 156), chance.random()), z)
            stage.paper.pale = 0.5 - 0.12 * row
            _one(stage, x, z, scale, tall, tone)
            x += chance.uniform(0.42, 0.7) * scale


def _one(
    stage: Stage, x: float, z: float, scale: float, tall: float, tone: tuple[int, int, int]
) -> None:
    foot = stage.at(0, 0, z)[1]
    top = foot - tall * scale
    head = 0.145 * scale
    low = tall - 0.8
    body = [(x + dx * scale, top + (dy if dy < 1 else low) * scale) for dx, dy in _TORSO]
    legs = [
        (x - 0.15 * scale, foot - 0.85 * scale),
        (x + 0.15 * scale, foot - 0.85 * scale),
        (x + 0.1 * scale, foot),
        (x - 0.1 * scale, foot),
    ]
    stage.paper.shape([legs, body, oval((x, top + head), head * 0.82, head, 14)], tone, 0.8)


_TORSO = (
    (-0.24, 0.44), (-0.21, 0.37), (-0.15, 0.35), (0.15, 0.35), (0.21, 0.37), (0.24, 0.44),
    (0.2, 1.0), (0.13, 1.0), (-0.13, 1.0), (-0.2, 1.0),
)  # fmt: skip
"""Shoulders and sides, in metres below the top of the head; 1.0 is where the legs begin."""

"""Crowds: heads and shoulders in rows, as silhouettes."""

from __future__ import annotations

from daemon.thumbs.palette import mix
from daemon.thumbs.paper import oval
from daemon.thumbs.puppet import hull, ring
from daemon.thumbs.stage import Stage


def draw_crowd(stage: Stage) -> None:
    """Three rows behind the subject."""
    chance, near = stage.chance, stage.camera.distance
    for row, far in enumerate((9.0, 5.5, 2.8)):
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
    body = hull(
        [
            *ring((x - 0.17 * scale, top + 0.42 * scale), 0.07 * scale),
            *ring((x + 0.17 * scale, top + 0.42 * scale), 0.07 * scale),
            *ring((x - 0.13 * scale, foot - 0.8 * scale), 0.08 * scale),
            *ring((x + 0.13 * scale, foot - 0.8 * scale), 0.08 * scale),
        ]
    )
    legs = hull(
        [
            (x - 0.15 * scale, foot - 0.85 * scale),
            (x + 0.15 * scale, foot - 0.85 * scale),
            (x + 0.1 * scale, foot),
            (x - 0.1 * scale, foot),
        ]
    )
    stage.paper.shape([legs, body, oval((x, top + head), head * 0.82, head, 14)], tone, 0.8)

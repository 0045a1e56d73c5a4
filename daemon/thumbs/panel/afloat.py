"""The water that somebody swims or floats in, round them and over their lower side."""

from __future__ import annotations

from daemon.thumbs.palette import named
from daemon.thumbs.panel.standing import Standing
from daemon.thumbs.paper import oval
from daemon.thumbs.stage import Stage


def draw_water(stage: Stage, one: Standing) -> None:
    """What somebody swims in, all round them."""
    scale, flat = stage.camera.scale(one.z), _flat(stage, one)
    stage.paper.pale = 0.3
    pool = oval(stage.at(one.x, 0, one.z), 2.6 * scale, 2.6 * scale * flat)
    stage.paper.shape([pool], stage.tint(named("sea"), one.z), 0.6)


def _flat(stage: Stage, one: Standing) -> float:
    """How flat circles lie on the ground there."""
    return min(0.6, max(0.14, stage.camera.height / max(one.z, 1.0) * 0.5))


def draw_ripples(stage: Stage, one: Standing) -> None:
    """Rings round a swimmer, and water over their lower side."""
    scale, flat = stage.camera.scale(one.z), _flat(stage, one)
    x, y = stage.at(one.x, 0, one.z)
    stage.paper.pale = 0.25
    if one.figure.pose == "swimming":
        sea = stage.tint(named("sea"), one.z)
        low = [
            (x + (0.1 * k - 1.2) * scale, y - (0.06 + 0.04 * (k % 2)) * scale) for k in range(25)
        ]
        stage.paper.shape(
            [[*low, (x + 1.2 * scale, y + 0.2 * scale), (x - 1.2 * scale, y + 0.2 * scale)]], sea, 0
        )
        stage.paper.stroke(low, 0.8)
    for r in (1.35, 1.75, 2.15):
        ring = oval((x, y), r * scale, r * scale * flat)
        half = len(ring) // 2
        stage.paper.stroke(ring[: half - 2], 0.7)
        stage.paper.stroke(ring[half + 2 :], 0.5)

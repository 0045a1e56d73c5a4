"""How far off a thing stands, and how much larger than it is it is drawn, to be seen whole."""

from __future__ import annotations

from daemon.thumbs.outlines import Outline
from daemon.thumbs.scene import Thing
from daemon.thumbs.stage import Stage


def depth_of(stage: Stage, thing: Thing, outline: Outline, number: int) -> float:
    camera, scene = stage.camera, stage.scene
    wide, high = outline.wide, outline.high
    z = camera.distance + (0.4 if wide < 1.2 else 1.0 + wide * 0.25) + 0.9 * number
    if thing.at == "far":
        z = camera.distance + 8 + wide
    elif thing.at == "near":
        z = camera.distance * 0.7
    alone = not scene.figures
    if high > 3.5:  # what is large stands far enough off to be seen
        z = max(z, camera.focal * high / (0.74 if alone else 0.6))
        if camera.horizon > 0.2:  # and its top is in the picture
            z = max(z, camera.focal * (high - camera.height) / (camera.horizon - 0.05))
    elif (
        alone
        and high * camera.scale(z) < 0.34
        and scene.shot not in ("extreme wide", "wide")
        and number == 0
    ):
        z = max(0.7, camera.focal * max(high, wide / stage.half / 1.6) / 0.5)
    if wide > 2.5:
        z = max(z, camera.focal * wide / (2 * stage.half * (0.86 if alone else 0.7)))
    if alone and scene.camera in ("high", "top") and number == 0 and thing.at == "middle":
        return camera.far_for(0.7)
    return max(z, camera.far_for(0.94)) if camera.horizon < 0.9 else z


def grown(stage: Stage, outline: Outline, z: float, *, first: bool) -> float:
    """Small things are drawn larger than they are, to be seen."""
    small = outline.where == "table" and outline.high < 0.6
    alone = not stage.scene.figures
    grow = 2.0 if small and stage.scene.shot in ("wide", "full") else 1.0
    size = max(outline.wide, outline.high) * stage.camera.scale(z)
    least = (0.16 if first else 0.045) / size
    return max(grow, min(least, 14.0 if alone else 4.0)) if outline.wide < 1.2 else grow

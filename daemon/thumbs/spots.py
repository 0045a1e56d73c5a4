"""Where things stand: beside, behind, in the sky, and as large as they must be to be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from daemon.thumbs.outlines import outlines
from daemon.thumbs.paper import Point
from daemon.thumbs.scene import Thing
from daemon.thumbs.stage import Stage


@dataclass(frozen=True, slots=True)
class Spot:
    """A thing at (x, z), or in the sky at `sky` with `size`; `grow` enlarges it."""

    thing: Thing
    x: float
    z: float
    turn: int = 1
    sky: Point | None = None
    size: float = 0.0
    grow: float = 1.0


def spots(stage: Stage, taken: Sequence[float]) -> list[Spot]:
    made: list[Spot] = []
    taken = list(taken)
    for thing in stage.scene.things:
        for k in range(min(thing.count, 5)):
            spot = _spot(stage, thing, taken, k)
            made.append(spot)
            taken.append(spot.x)
    return made


def _spot(stage: Stage, thing: Thing, taken: list[float], number: int) -> Spot:
    outline, camera = outlines()[thing.kind], stage.camera
    half = stage.half / camera.scale(camera.distance)
    wide, high = outline.wide, outline.high
    if outline.where == "sky":
        size = min(0.16 + 0.3 * (thing.at == "near"), stage.half * 0.5) / max(wide, high) * 1.75
        size = min(size, 0.36 * stage.half / wide * 1.75)
        x = {"left": -0.5, "centre": 0.0, "right": 0.5}.get(
            thing.side, (0.42, -0.45, 0.1, -0.15, 0.7)[number]
        )
        at = (
            x * stage.half,
            max(0.12, min(0.3, stage.camera.horizon * 0.45)) + 0.05 * (number % 2),
        )
        return Spot(thing, 0.0, 90.0, 1 if stage.scene.seed % 2 else -1, at, size)
    small = outline.where == "table" and high < 0.6
    z = camera.distance + (0.4 if wide < 1.2 else 1.0 + wide * 0.25) + 0.9 * number
    if thing.at == "far":
        z = camera.distance + 8 + wide
    elif thing.at == "near":
        z = camera.distance * 0.7
    alone = not stage.scene.figures
    if high > 3.5:  # what is large stands far enough off to be seen
        z = max(z, camera.focal * high / (0.74 if alone else 0.6))
    elif (
        alone
        and high * camera.scale(z) < 0.34
        and stage.scene.shot not in ("extreme wide", "wide")
        and number == 0
    ):
        z = max(0.7, camera.focal * max(high, wide / stage.half / 1.6) / 0.5)
    if wide > 2.5:
        z = max(z, camera.focal * wide / (2 * stage.half * (0.86 if alone else 0.7)))
    z = max(z, camera.far_for(0.94)) if camera.horizon < 0.9 else z
    side = thing.side or ("centre" if alone and number == 0 else _free(taken, half))
    reach = stage.half / camera.scale(z)
    x = {"left": -0.52, "centre": 0.0, "right": 0.52}[side] * reach + 0.3 * number * wide * (
        1 if number % 2 else -1
    )
    if thing.relation == "beside" and taken and not thing.side:
        gap = wide / 2 + 0.45
        x = taken[0] + (gap if side == "right" else -gap)
    elif thing.relation == "behind":
        z += 1.5
        x = (taken[0] if taken else 0) * 1.2 + 0.15 * wide
    grow = 2.0 if small and stage.scene.shot in ("wide", "full") else 1.0
    least = (0.16 if alone and number == 0 else 0.045) / (max(wide, high) * camera.scale(z))
    grow = max(grow, min(least, 14.0 if alone else 4.0)) if wide < 1.2 else grow
    turn = -1 if x > 0 else 1
    return Spot(thing, x, z, turn, grow=grow)


def _free(taken: list[float], half: float) -> str:
    left = min((abs(x + half * 0.52) for x in taken), default=9.0)
    right = min((abs(x - half * 0.52) for x in taken), default=9.0)
    return "left" if left > right else "right"

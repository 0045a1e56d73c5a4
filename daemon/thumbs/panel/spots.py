"""Where things stand: beside, behind, in the sky, on a table, and as large as they must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from daemon.thumbs.outlines import Outline, outlines
from daemon.thumbs.panel.depths import depth_of, grown
from daemon.thumbs.panel.standing import Standing
from daemon.thumbs.paper import Point
from daemon.thumbs.scene import Thing
from daemon.thumbs.stage import Stage
from daemon.thumbs.uses import ANIMALS, TABLES

TOPS = {"bed": 0.5, "sink": 0.92, "stove": 0.91, "workbench": 0.9, "dressing table": 0.76}
"""How high things lie, in metres, where that is not the thing's own height."""
GAPS = {"before": 0.42, "hugged": 0.14}
"""From somebody's middle to the near edge of what they turn to, in metres."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A thing at (x, z), `up` metres above the ground, or in the sky at `sky` with `size`; `grow`
    enlarges it."""

    thing: Thing
    x: float
    z: float
    turn: int = 1
    sky: Point | None = None
    size: float = 0.0
    grow: float = 1.0
    up: float = 0.0


def spots(stage: Stage, standing: Sequence[Standing]) -> list[Spot]:
    """All things of the scene, tables first, so that others can stand on them."""
    made: list[Spot] = []
    taken = [one.x for one in standing]
    table: Spot | None = None
    for thing in sorted(stage.scene.things, key=lambda one: one.kind not in TABLES):
        for number in range(min(thing.count, 5)):
            if table is not None and _lies(thing):
                lying = sum(one.up > 0 for one in made)
                spot = _on_table(thing, table, lying, alone=len(standing) == 1)
            else:
                spot = _spot(stage, thing, taken, number, standing)
                taken += [] if spot.sky else [spot.x]
            made.append(spot)
            if table is None and thing.kind in TABLES:
                table = spot
    return made


def _lies(thing: Thing) -> bool:
    """Whether it lies on a table where there is one."""
    usual = thing.relation in ("", "on") and outlines()[thing.kind].where == "table"
    return usual and thing.at == "middle"


def _on_table(thing: Thing, table: Spot, number: int, *, alone: bool) -> Spot:
    outline = outlines()[table.thing.kind]
    x = table.x + (0.0, -0.4, 0.38, -0.2, 0.2, 0.5)[number % 6] * outline.wide
    if table.thing.relation == "before" or (table.thing.relation == "at" and alone):
        near = (0.27, 0.62, 0.92, 0.45, 1.1, 0.8)[number % 6]  # the first lies under the hands
        side = table.turn if table.thing.relation == "before" else -table.turn
        x = table.x + side * (outline.wide / 2 - near)
    return Spot(
        thing,
        x,
        table.z - 0.02,
        1,
        grow=1.6,
        up=TOPS.get(table.thing.kind, outline.high) * table.grow,
    )


def _spot(
    stage: Stage,
    thing: Thing,
    taken: Sequence[float],
    number: int,
    standing: Sequence[Standing],
) -> Spot:
    outline, camera = outlines()[thing.kind], stage.camera
    if outline.where == "sky":
        made = _in_sky(stage, thing, outline, number)
        if thing.kind == "kite" and made.sky and standing and number == 0:
            return replace(made, sky=(abs(made.sky[0]) * _turn(standing[0]), made.sky[1]))
        return made
    alone = not stage.scene.figures
    z = depth_of(stage, thing, outline, number)
    half = stage.half / camera.scale(camera.distance)
    side = thing.side or ("centre" if alone and not taken else _free(taken, half))
    reach = stage.half / camera.scale(z)
    wide = outline.wide
    x = {"left": -0.52, "centre": 0.0, "right": 0.52}[side] * reach + 0.3 * number * wide * (
        1 if number % 2 else -1
    )
    turn = -1 if x > 0 else 1
    grow = grown(stage, outline, z, first=alone and number == 0)
    spot = Spot(thing, x, z, turn, grow=grow, up=0.55 * (thing.relation == "leaping"))
    if stage.scene.shot == "close-up" and standing and _lies(thing) and number == 0:
        return _at_face(stage, spot, standing[0])
    if stage.scene.shot == "close-up" and standing and thing.kind in ANIMALS and number == 0:
        return _beside_face(stage, spot, standing[0])
    if standing and number == 0:
        owner = standing[thing.who] if thing.who < len(standing) else standing[0]
        over = stage.scene.camera == "over the shoulder"
        rest = [one for one in standing if one is not owner]
        return _related(spot, [owner, *rest], side, over=over)
    return spot


def _related(spot: Spot, standing: Sequence[Standing], side: str, *, over: bool = False) -> Spot:
    """Beside, behind, before or under the hands of whoever was named first."""
    thing, first, wide = spot.thing, standing[0], outlines()[spot.thing.kind].wide
    if thing.relation in ("at", "between"):
        return _amid(spot, standing, over=over)
    if thing.relation in ("around", "over", "leant"):
        return _about(spot, first, wide)
    if thing.relation == "carried":
        both = standing[:2] if len(standing) > 1 else standing[:1]
        x = sum(one.x for one in both) / len(both)
        x += 0.0 if len(both) > 1 else _turn(first) * (0.2 + wide / 2)
        return replace(spot, x=x, z=first.z + 0.05, turn=1, up=0.5)
    if thing.relation == "flung":
        return replace(spot, x=first.x + _turn(first) * 0.95, z=first.z - 0.05, up=1.3, grow=1.3)
    if thing.relation == "dropped":
        x = first.x + _turn(first) * 0.4
        return replace(spot, x=x, z=first.z - 0.05, up=0.28, grow=max(spot.grow, 1.4))
    if thing.relation in GAPS:
        gap = _gap(thing, first)
        x = first.x + _turn(first) * (gap + wide * spot.grow / 2)
        climbs = {"climbing", "hanging"} & {first.figure.pose, first.figure.base}
        near = bool(climbs) or (wide < 2.5 and outlines()[thing.kind].high < 3.5)
        z = first.z + (0.06 if near else 0) if near else spot.z
        x = x if near else _turn(first) * abs(spot.x)
        return replace(spot, x=x, z=z, turn=-_turn(first), up=_hung(spot))
    if thing.relation == "beside" and not thing.side:
        gap = wide / 2 + 0.45
        return replace(spot, x=first.x + (gap if side == "right" else -gap))
    if thing.relation == "behind":  # somebody is behind it
        aside = 0.12 * wide if wide < 1.6 else wide / 2 + 0.05
        return replace(spot, z=max(1.0, first.z - 0.45), x=first.x + _away(first) * aside)
    if thing.relation == "chased":
        ahead = first.x + _turn(first) * (1.1 + wide / 2)
        return replace(spot, z=first.z + 0.1, x=ahead, turn=_turn(first))
    if thing.relation == "after":
        apart = 0.35 if thing.does == "walking" else 0.9
        x = first.x - _turn(first) * (apart + wide / 2)
        return replace(spot, z=first.z + 0.1, x=x, turn=_turn(first))
    return spot


def _amid(spot: Spot, standing: Sequence[Standing], *, over: bool) -> Spot:
    """Between two: a table on the ground, what they fight over at the height of their hands."""
    first, outline = standing[0], outlines()[spot.thing.kind]
    if over and len(standing) > 1:  # seen past one of them
        return replace(spot, x=standing[1].x, z=standing[1].z - 0.45, turn=1)
    middle = sum(one.x for one in standing[:2]) / min(2, len(standing))
    if spot.thing.relation == "between":
        grow = 0.3 / max(outline.wide, outline.high)
        return replace(spot, x=middle, z=first.z - 0.06, up=0.95, grow=grow)
    x = 0.0 if len(standing) > 1 else middle + (0.42 + outline.wide / 2) * _turn(first)
    return replace(spot, x=x, z=first.z - 0.12, turn=_turn(first))


def _about(spot: Spot, first: Standing, wide: float) -> Spot:
    """Around somebody, over them, or behind their back."""
    thing = spot.thing
    if thing.relation == "around":
        return replace(spot, x=first.x, z=first.z + 0.12)
    if thing.relation == "over":
        lies = first.figure.pose == "lying"  # with the head outside
        x = first.x - _turn(first) * (max(0.75, wide / 2 - 0.4) if lies else 0.25)
        return replace(spot, x=x, z=first.z - 0.05)
    x = first.x - _turn(first) * (0.1 if wide > 1 else 0.3)
    return replace(spot, x=x, z=first.z + 0.3, turn=_turn(first))


def _gap(thing: Thing, first: Standing) -> float:
    """From somebody's middle to the near edge of what they turn to."""
    if {"climbing", "hanging"} & {first.figure.pose, first.figure.base}:
        return 0.12
    own = {"leaning on": 0.16, "backing": 1.25}.get(first.figure.pose)
    return own or (0.2 if thing.kind in TABLES else GAPS[thing.relation])


def _at_face(stage: Stage, spot: Spot, first: Standing) -> Spot:
    """Low in a close-up, before the face."""
    z, outline = first.z - 0.08, outlines()[spot.thing.kind]
    high = stage.camera.height - (0.97 - stage.camera.horizon) / stage.camera.scale(z)
    return replace(
        spot, x=first.x + _turn(first) * (0.16 + outline.wide / 2), z=z, up=high, grow=1.0
    )


def _beside_face(stage: Stage, spot: Spot, first: Standing) -> Spot:
    """An animal turned to the face, its head as high."""
    outline = outlines()[spot.thing.kind]
    grow = min(1.6, max(1.0, 0.6 / outline.high)) if outline.high < 1.0 else 1.0
    x = first.x + _turn(first) * (0.1 + outline.wide * grow / 2)
    high = stage.camera.height + 0.1 - 0.75 * outline.high * grow
    return replace(spot, x=x, z=first.z + 0.02, turn=-_turn(first), up=high, grow=grow)


def _away(first: Standing) -> int:
    """Towards the side of the picture where there is more room."""
    return -1 if first.x > 0 else 1


def _hung(spot: Spot) -> float:
    """What hangs on walls hangs at the height of eyes."""
    name = spot.thing.kind
    return (
        0.95
        if outlines()[name].where == "wall" and name not in ("door", "window", "curtain")
        else 0.0
    )


def _turn(standing: Standing) -> int:
    """1 where somebody looks to the right."""
    return 1 if standing.yaw >= 0 else -1


def _in_sky(stage: Stage, thing: Thing, outline: Outline, number: int) -> Spot:
    wide, high = outline.wide, outline.high
    size = (
        min((0.36 if wide > 2 else 0.22) + 0.24 * (thing.at == "near"), stage.half * 0.5)
        / max(wide, high)
        * 1.75
    )
    size = min(size, 0.36 * stage.half / wide * 1.75)
    x = {"left": -0.5, "centre": 0.0, "right": 0.5}.get(
        thing.side, (0.42, -0.45, 0.1, -0.15, 0.7)[number]
    )
    if thing.kind == "kite":
        size, x = size * 2.0, (0.62, -0.62, 0.0, 0.5, -0.5)[number]
    top = max(0.12, min(0.3, stage.camera.horizon * 0.45)) + 0.05 * (number % 2)
    turn = 1 if stage.scene.seed % 2 else -1
    z = 90.0 if stage.scene.figures else 0.6  # over what is large, where nobody is
    return Spot(thing, 0.0, z, turn, (x * stage.half, top), size)


def _free(taken: Sequence[float], half: float) -> str:
    left = min((abs(x + half * 0.52) for x in taken), default=9.0)
    right = min((abs(x - half * 0.52) for x in taken), default=9.0)
    return "left" if left > right else "right"

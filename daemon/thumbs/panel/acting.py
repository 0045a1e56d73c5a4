"""Where those stand who do something to each other, and in which poses; and who is looked over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from daemon.thumbs.hand_poses import HAND_POSES
from daemon.thumbs.panel.standing import Standing, up
from daemon.thumbs.scene import Figure, Thing
from daemon.thumbs.stage import Stage


@dataclass(frozen=True, slots=True)
class Act:
    """The poses of the first and of the second ("" for their own), how far apart they are in
    metres, and whether the second looks back."""

    pose: str
    answer: str
    apart: float
    back: bool = True


ACTS = {
    "face": Act("", "", 0.9),
    "talk": Act("", "", 0.8),
    "embrace": Act("hugging", "hugging", 0.24),
    "kiss": Act("hugging", "hugging", 0.22),
    "give": Act("giving", "giving", 0.95),
    "follow": Act("walking", "walking", 1.5, back=False),
    "chase": Act("running", "running", 1.6, back=False),
    "fight": Act("punching", "punching", 0.85),
    "hit": Act("punching", "slipping", 0.8),
    "shake hands": Act("giving", "giving", 0.98),
    "hold hands": Act("walking", "walking", 0.62, back=False),
    "carry": Act("carrying", "lying", 0.0, back=False),
    "piggyback": Act("walking", "riding", 0.0, back=False),
    "aim": Act("aiming", "hands up", 1.5),
    "point at": Act("pointing", "", 1.2),
    "help": Act("bowing", "sitting on the ground", 0.6),
    "kneel before": Act("kneeling", "", 0.9),
    "arrest": Act("reaching", "hands up", 0.65, back=False),
    "dance": Act("hugging", "hugging", 0.4),
    "push": Act("pushing", "", 0.75, back=False),
    "tend": Act("reaching", "", 0.62),
    "drag": Act("pulling", "lying", 0.75),
    "lean": Act("sitting", "", 0.4, back=False),
    "fly with": Act("", "", 0.0, back=False),
}
_RESTING = (
    "lying",
    "sitting",
    "sitting on the ground",
    "kneeling",
    "crouching",
    "crying",
    "riding",
)
_GENTLE = (
    "face",
    "talk",
    "give",
    "kiss",
    "point at",
    "help",
    "kneel before",
    "aim",
    "push",
    "hit",
    "tend",
    "embrace",
)
"""Actions whose other side goes on sitting or lying."""


def acting(stage: Stage, spread: float) -> tuple[Standing, Standing]:
    """The first two figures at their action."""
    one, other = stage.scene.figures[:2]
    name = stage.scene.action
    act = ACTS[name]
    sign = -1 if one.side == "right" or other.side == "left" else 1
    rests = name in _GENTLE and (other.pose in _RESTING or bool(other.on))
    sits = name in _GENTLE and bool(one.on) and one.pose != "riding"
    first = one if sits else replace(one, pose=_first_pose(name, one, other))
    second = replace(other, pose=other.pose if rests else act.answer or other.pose)
    if name == "face" and {one.held, other.held} & {"gun", "rifle"}:
        first, second = (
            replace(each, pose="aiming") if each.held else each for each in (one, other)
        )
    apart = act.apart + 0.5 * (second.pose == "lying") + 0.25 * (sits or rests)
    apart = min(apart, 2 * spread) if apart > 0.4 else apart
    yaw, z = 72.0 * sign, stage.camera.distance
    if name == "carry":
        if other.look.age in ("child", "baby"):
            on_arm = replace(second, pose="riding", on="")
            if first.pose == "raising":
                held_up = Standing(on_arm, 0.2 * sign, z - 0.05, -yaw, 1.32)
                return (Standing(first, 0, z, yaw), held_up)
            return (Standing(first, 0, z, yaw), Standing(on_arm, 0.24 * sign, z - 0.05, -yaw, 0.72))
        return (Standing(first, 0, z, yaw), Standing(second, 0.25 * sign, z - 0.05, yaw, 0.9))
    if name == "fly with":
        return _in_the_air(first, second, sign, z)
    if name == "piggyback":
        rider = replace(second, pose="riding", on="")
        return (Standing(first, 0, z, yaw), Standing(rider, -0.17 * sign, z + 0.05, yaw, 0.6))
    if name == "hold hands" and one.facing == "back":
        return (Standing(first, -apart / 2, z, 158.0), Standing(second, apart / 2, z, -166.0))
    if name == "hold hands":
        return (Standing(first, -apart / 2, z, 24.0), Standing(second, apart / 2, z + 0.02, -10.0))
    deeper = 0.25 if second.pose == "lying" else -0.02
    return (
        Standing(first, -sign * apart / 2, z, yaw, up(first)),
        Standing(second, sign * apart / 2, z + deeper, -yaw if act.back else yaw, up(second)),
    )


def _in_the_air(first: Figure, second: Figure, sign: int, z: float) -> tuple[Standing, Standing]:
    """One of them flies, the other is on their back."""
    flies, back = (0.0, z, 72.0 * sign, 0.35), (-0.1 * sign, z - 0.05, 72.0 * sign, 1.1)
    here, there = (flies, back) if first.pose == "flying" else (back, flies)
    return (Standing(first, *here), Standing(second, *there))


def _first_pose(name: str, one: Figure, other: Figure) -> str:
    """How the first stands to somebody who lies, or is small."""
    if name == "tend" and one.pose in HAND_POSES:
        return one.pose
    if name == "carry" and one.pose == "raising":
        return one.pose
    young = ("child", "baby")
    if name in ("embrace", "kiss") and other.pose == "lying":
        return "bowing"
    if name in ("embrace", "kiss") and other.look.age in young and one.look.age not in young:
        return "kneeling hug"
    if name == "help" and other.pose == "lying" and not other.on:
        return "kneeling"
    return ACTS[name].pose or one.pose


def beyond(
    stage: Stage, first: Standing, second: Standing, others: Sequence[Figure]
) -> list[Standing]:
    """The rest, on the side of whoever of the two they are like."""
    sign = 1 if second.x >= first.x else -1
    made: list[Standing] = []
    counts = [0, 0]
    for figure in others:
        with_first = _kind_of(figure) == _kind_of(first.figure) != _kind_of(second.figure)
        one, way = (first, -sign) if with_first else (second, sign)
        counts[with_first] += 1
        pose = one.figure.pose if figure.pose == "standing" else figure.pose
        x = one.x + way * 0.62 * counts[with_first]
        z = stage.camera.distance + 0.15 * counts[with_first]
        made.append(Standing(replace(figure, pose=pose), x, z, one.yaw, up(figure)))
    return made


def _kind_of(figure: Figure) -> tuple[str, str, str]:
    return figure.look.age, figure.look.hat, figure.look.wear


SEATED_LOWER = 0.42
"""How much lower the head of somebody is who sits, in metres."""


def over_shoulder(stage: Stage, others: Sequence[Standing]) -> list[Standing]:
    """The first figure's back at the edge, large; the `others` face us beyond it."""
    first = stage.scene.figures[0]
    distance = stage.camera.distance
    sign = -1 if stage.scene.seed % 2 else 1
    near = max(0.7, distance * 0.55)
    half = stage.half / stage.camera.scale(near)
    shoulder = Standing(
        replace(first, pose="standing", base="", held="", on="", upon=""),
        sign * half * (0.74 if others else 0.5),
        near,
        168.0 if sign < 0 else -168.0,
        -SEATED_LOWER if first.on else 0.0,
    )
    made = [shoulder]
    for k, standing in enumerate(others):
        slot = -sign * (0.28 - 0.45 * k)
        x = slot * stage.half / stage.camera.scale(distance) * 0.9
        made.append(replace(standing, x=x, yaw=sign * 22.0))
    return made


def at_table(stage: Stage, table: Thing, wide: float) -> list[Standing]:
    """Two at its ends, looking at each other; more sit behind it; one sits at its end."""
    del table
    z, scene = stage.camera.distance, stage.scene
    figures = sorted(scene.figures, key=lambda one: not one.on)  # who sits has the ends
    if scene.action in ACTS and len(figures) > 1 and not figures[0].on:
        figures[0] = replace(figures[0], pose=_first_pose(scene.action, figures[0], figures[1]))
    end = wide / 2 + 0.12
    if len(figures) == 1:
        sign = 1 if stage.scene.seed % 2 else -1
        return [_seated(figures[0], -sign * (end - 0.35), z, 62.0 * sign)]
    made = [_seated(figures[0], -end, z, 66.0), _seated(figures[1], end, z, -66.0)]
    behind = figures[2:]
    for k, figure in enumerate(behind):
        x = wide * 0.8 * ((k + 0.5) / len(behind) - 0.5)
        made.append(_seated(figure, x, z + (0.55 if figure.on else 0.4), 8.0 if k else -8.0))
    return made


def _seated(figure: Figure, x: float, z: float, yaw: float) -> Standing:
    return Standing(figure, x, z, yaw, up(figure))

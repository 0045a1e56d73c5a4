"""Where everybody and everything stands on the stage, and which way they look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from daemon.thumbs.hand_poses import HAND_POSES
from daemon.thumbs.outlines import outlines
from daemon.thumbs.panel.acting import acting, at_table, beyond, over_shoulder
from daemon.thumbs.panel.mounted import settle
from daemon.thumbs.panel.spots import Spot, spots
from daemon.thumbs.panel.standing import Standing, up
from daemon.thumbs.poses import POSES
from daemon.thumbs.puppet import YAW
from daemon.thumbs.scene import Figure, Thing
from daemon.thumbs.stage import Stage
from daemon.thumbs.uses import SHARED

_READ = frozenset([
    "letter", "paper", "newspaper", "map", "photograph", "card", "book", "phone", "watch", "mirror",
    "picture", "laptop", "clipboard", "calendar",
])  # fmt: skip
_READ_SIZE = 0.36
"""Of the panel's height, as large as it is drawn."""


def lay_out(stage: Stage) -> tuple[list[Standing], list[Spot]]:
    """All figures and things of the scene."""
    standing = _figures(stage)
    return standing, [*settle(spots(stage, standing)), *_looked_at(stage, standing)]


def _looked_at(stage: Stage, standing: Sequence[Standing]) -> list[Spot]:
    """What somebody reads who is seen over the shoulder, alone: it is what the shot is about, held
    up where their back doesn't hide it."""
    scene = stage.scene
    kind = scene.figures[0].held if len(scene.figures) == 1 else ""
    if scene.camera != "over the shoulder" or kind not in _READ:
        return []
    scale = stage.camera.scale(stage.camera.distance)
    outline, half = outlines()[kind], stage.half / scale
    grow = _READ_SIZE / (max(outline.wide, outline.high) * scale)
    x = (0.5 if standing[0].x < 0 else -0.5) * half
    up = max(0.1, stage.camera.height - 0.9 * _READ_SIZE / scale)
    turn = -1 if x > 0 else 1
    return [Spot(Thing(kind), x, stage.camera.distance, turn, grow=grow, up=up)]


# --- people ---------------------------------------------------------------------------------------


def _figures(stage: Stage) -> list[Standing]:
    scene = stage.scene
    figures = scene.figures
    if not figures:
        return []
    if scene.camera == "over the shoulder":
        return over_shoulder(stage, [_alone(stage, one, 0.0) for one in figures[1:]])
    for thing in scene.things:
        if thing.relation == "at" and not (len(figures) == 1 and scene.shot == "close-up"):
            return at_table(stage, thing, outlines()[thing.kind].wide)
    benched = scene.action == "hold hands" and figures[0].on in SHARED
    if scene.action and len(figures) > 1 and not benched:
        first, second = acting(stage, _spread(stage))
        rest = beyond(stage, first, second, figures[2:])
        return [first, second, *rest]
    slots = {
        1: (0.0,),
        2: (-0.5, 0.5),
        3: (-0.78, 0.04, 0.78),
        4: (-0.86, -0.28, 0.3, 0.86),
        5: (-0.98, -0.5, 0.0, 0.5, 0.98),
        6: (-1.05, -0.64, -0.22, 0.22, 0.64, 1.05),
    }[min(6, len(figures))]
    if len(figures) == 1 and not figures[0].side:
        slots = (stage.chance.choice((-0.16, 0.0, 0.12)),)
        if scene.things and scene.shot not in ("close-up", "extreme close-up"):
            slots = (-0.3 if stage.chance.random() < 0.6 else 0.3,)
        if scene.take > 1:
            slots = (stage.chance.uniform(-0.35, 0.35),)
    made = [_alone(stage, figure, slot) for figure, slot in zip(figures, slots, strict=False)]
    return _side_by_side(made)


def _side_by_side(made: list[Standing]) -> list[Standing]:
    """Those on one bench sit together, and only the first of them brings it."""
    seat = made[0].figure.on
    together = [one for one in made if one.figure.on == seat and seat in SHARED]
    if len(together) < 2:
        return made
    middle = sum(one.x for one in together) / len(together)
    for k, one in enumerate(together):
        x = middle + 0.52 * (k - (len(together) - 1) / 2)
        seated = replace(one, x=x, z=together[0].z - 0.01 * k, yaw=together[0].yaw * 0.5)
        made[made.index(one)] = replace(seated, seat_at=middle if k == 0 else None)
    return made


def _spread(stage: Stage) -> float:
    """Half the usable width at the subject, in metres: no wider than people stand together."""
    half = stage.half / stage.camera.scale(stage.camera.distance)
    apart = {
        "extreme wide": 2.4,
        "wide": 1.7,
        "full": 1.35,
        "medium": 0.85,
        "close-up": 0.36,
        "extreme close-up": 0.2,
    }
    return min(
        half * 0.72,
        apart.get(stage.scene.shot, 1.2) * (1.0 + 0.25 * (len(stage.scene.figures) > 2)),
    )


def _alone(stage: Stage, figure: Figure, slot: float) -> Standing:
    spread, distance = _spread(stage), stage.camera.distance
    half = stage.half / stage.camera.scale(distance)
    x = slot * spread if len(stage.scene.figures) > 1 else slot * half * 0.9
    if figure.side:
        x = {"left": -0.5, "centre": 0.0, "right": 0.5}[figure.side] * half
    z = distance
    if figure.at == "far":
        z = distance + {"extreme wide": 30, "wide": 9.0}.get(stage.scene.shot, 4.5)
        x *= 1.5
        if stage.camera.horizon < 0.15:  # seen from above the floor is all there is
            z = min(z, stage.camera.far_for(0.74))
    elif figure.at == "near" and len(stage.scene.figures) > 1:
        z = distance * 0.62
        x *= 0.62
    if stage.scene.shot == "close-up" and len(stage.scene.figures) == 1:
        x *= 0.4
        x -= _leans(figure) * (1 if stage.scene.seed % 3 or x < -0.2 * stage.half else -1)
    facing = figure.facing or _usual(stage, figure, x)
    number = stage.scene.figures.index(figure)
    turned = ("before", "hugged")
    faces = any(one.relation in turned and one.who == number for one in stage.scene.things)
    if faces and not figure.facing:
        facing = "right" if x <= 0 else "left"
    return Standing(figure, x, z, _yaw(facing, figure), up(figure))


def _leans(figure: Figure) -> float:
    """How far the head is before the feet, in metres."""
    pose = POSES[figure.pose]
    return 0.0 if pose.lying else max(0.0, pose.neck[0] - 0.06) * 1.6


def _usual(stage: Stage, figure: Figure, x: float) -> str:
    if figure.pose == "playing" and figure.on and figure.held:  # an instrument before the body
        return "three quarters"
    if figure.pose in HAND_POSES or figure.base or figure.pose in _SIDEWAYS or figure.on:
        alike = sum(one.pose == figure.pose for one in stage.scene.figures) > 1
        if abs(x) > 0.2 * stage.half and not (alike and figure.pose in _TRAVELS):
            return "right" if x < 0 else "left"
        return "right" if stage.scene.seed % 3 else "left"
    if stage.scene.shot in ("close-up", "extreme close-up", "medium"):
        return "three quarters"
    return "front" if abs(x) < 0.15 else "three quarters"


_SIDEWAYS = frozenset([
    "walking", "balancing", "skiing", "skating", "afloat", "working", "running", "pointing",
    "sneaking", "pushing", "pulling", "punching", "aiming", "throwing", "kicking", "crawling",
    "riding", "driving", "swimming", "flying", "climbing", "lying", "bowing", "digging",
    "giving", "reaching", "falling", "praying", "looking up", "looking down", "backing", "slipping",
    "leaning on", "hitching", "serving",
])  # fmt: skip
"""Poses that are seen from the side."""
_TRAVELS = ("walking", "running", "riding", "crawling", "sneaking", "swimming", "pushing", "skiing")
"""Who does this with others goes where they go."""


def _yaw(facing: str, figure: Figure) -> float:
    if facing == "three quarters":
        return 32.0 if hash_of(figure) % 2 else -32.0
    return YAW[facing]


def hash_of(figure: Figure) -> int:
    """A number that is the same for the same looks and name."""
    return sum(map(ord, figure.name + figure.look.colour + figure.pose))

"""Where everybody and everything stands on the stage, and which way they look."""

from __future__ import annotations

from dataclasses import dataclass, replace

from daemon.thumbs.puppet import YAW
from daemon.thumbs.scene import Figure
from daemon.thumbs.spots import Spot, spots
from daemon.thumbs.stage import Stage

MOUNTS = {
    "horse": 1.05,
    "unicorn": 1.05,
    "donkey": 0.72,
    "camel": 1.35,
    "elephant": 2.4,
    "motorcycle": 0.42,
    "bicycle": 0.62,
    "scooter": 0.36,
    "dragon": 1.9,
    "bench": 0.0,
    "chair": 0.0,
    "sofa": 0.05,
    "armchair": 0.02,
    "bed": 0.08,
    "stool": 0.02,
    "throne": 0.05,
    "rock": 0.15,
    "log": 0.0,
    "boat": 0.15,
    "canoe": 0.0,
    "table": 0.3,
    "barrel": 0.35,
    "chest": 0.1,
    "crate": 0.2,
    "carriage": 1.0,
    "cart": 0.5,
    "stump": 0.0,
    "wheelchair": 0.06,
    "fence": 0.5,
    "cow": 0.95,
    "car": 0.15,
    "desk": 0.0,
}
"""How far a seat lies above that of a chair, in metres."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A figure at (x, z), `up` metres above the ground."""

    figure: Figure
    x: float
    z: float
    yaw: float
    up: float = 0.0


def lay_out(stage: Stage) -> tuple[list[Standing], list[Spot]]:
    """All figures and things of the scene."""
    standing = _figures(stage)
    return standing, spots(stage, [one.x for one in standing])


# --- people ---------------------------------------------------------------------------------------


def _figures(stage: Stage) -> list[Standing]:
    scene, camera = stage.scene, stage.camera
    figures = scene.figures
    if not figures:
        return []
    if scene.camera == "over the shoulder" and len(figures) > 1:
        return _over_shoulder(stage)
    if scene.action and len(figures) > 1:
        first, second = _acting(stage)
        rest = [
            _alone(stage, _joined(figure, first.figure), (0.62 if k % 2 else -0.62))
            for k, figure in enumerate(figures[2:])
        ]
        return [first, second, *rest]
    slots = {1: (0.0,), 2: (-0.5, 0.5), 3: (-0.78, 0.04, 0.78), 4: (-0.86, -0.28, 0.3, 0.86)}[
        min(4, len(figures))
    ]
    if len(figures) == 1 and not figures[0].side:
        slots = (stage.chance.choice((-0.16, 0.0, 0.12)),)
        if scene.things and scene.shot not in ("close-up", "extreme close-up"):
            slots = (-0.3 if stage.chance.random() < 0.6 else 0.3,)
        if scene.take > 1:
            slots = (stage.chance.uniform(-0.35, 0.35),)
    made = [_alone(stage, figure, slot) for figure, slot in zip(figures, slots, strict=False)]
    del camera
    return made


def _joined(figure: Figure, first: Figure) -> Figure:
    """Somebody beside those who act, who does what the first of them does."""
    return replace(figure, pose=first.pose) if figure.pose == "standing" else figure


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
    elif figure.at == "near" and len(stage.scene.figures) > 1:
        z = distance * 0.62
        x *= 0.62
    if stage.scene.shot == "close-up" and len(stage.scene.figures) == 1:
        x *= 0.4
    facing = figure.facing or _usual(stage, figure, x)
    return Standing(figure, x, z, _yaw(facing, figure), _up(figure))


def _usual(stage: Stage, figure: Figure, x: float) -> str:
    if (
        figure.pose
        in (
            "walking",
            "running",
            "pointing",
            "sneaking",
            "pushing",
            "pulling",
            "punching",
            "aiming",
            "throwing",
            "kicking",
            "crawling",
            "riding",
            "driving",
            "swimming",
            "flying",
            "climbing",
            "lying",
            "bowing",
            "digging",
            "giving",
            "reaching",
            "falling",
            "praying",
        )
        or figure.on
    ):
        if abs(x) > 0.2 * stage.half:
            return "right" if x < 0 else "left"
        return "right" if stage.scene.seed % 3 else "left"
    if stage.scene.shot in ("close-up", "extreme close-up", "medium"):
        return "three quarters"
    return "front" if abs(x) < 0.15 else "three quarters"


def _yaw(facing: str, figure: Figure) -> float:
    if facing == "three quarters":
        return 32.0 if hash_of(figure) % 2 else -32.0
    return YAW[facing]


def hash_of(figure: Figure) -> int:
    """A number that is the same for the same looks and name."""
    return sum(map(ord, figure.name + figure.look.colour + figure.pose))


def _up(figure: Figure) -> float:
    return MOUNTS.get(figure.on, 0.0)


def _over_shoulder(stage: Stage) -> list[Standing]:
    """The first figure's back at the edge, large; the others face us beyond it."""
    first, *others = stage.scene.figures
    distance = stage.camera.distance
    sign = -1 if stage.scene.seed % 2 else 1
    near = max(0.7, distance * 0.55)
    half = stage.half / stage.camera.scale(near)
    shoulder = Standing(
        replace(first, pose="standing", held="", on=""),
        sign * half * 0.74,
        near,
        168.0 if sign < 0 else -168.0,
    )
    made = [shoulder]
    for k, figure in enumerate(others):
        slot = -sign * (0.28 - 0.45 * k)
        standing = _alone(stage, figure, slot)
        x = slot * stage.half / stage.camera.scale(distance) * 0.9
        made.append(replace(standing, x=x, yaw=sign * 22.0))
    return made


#: action: (pose of the first, of the second, distance in metres, whether the second looks back)
_ACTS = {
    "face": ("", "", 0.9, True),
    "talk": ("", "", 0.8, True),
    "embrace": ("hugging", "hugging", 0.24, True),
    "kiss": ("hugging", "hugging", 0.22, True),
    "give": ("giving", "giving", 0.95, True),
    "follow": ("walking", "walking", 1.5, False),
    "chase": ("running", "running", 1.6, False),
    "fight": ("punching", "punching", 0.85, True),
    "hit": ("punching", "falling", 0.8, True),
    "shake hands": ("giving", "giving", 0.98, True),
    "hold hands": ("walking", "walking", 0.62, False),
    "carry": ("carrying", "lying", 0.0, False),
    "aim": ("aiming", "hands up", 1.5, True),
    "point at": ("pointing", "", 1.3, True),
    "help": ("bowing", "sitting on the ground", 0.6, True),
    "kneel before": ("kneeling", "", 0.9, True),
    "arrest": ("reaching", "hands up", 0.65, False),
    "dance": ("dancing", "dancing", 0.55, True),
}


def _acting(stage: Stage) -> tuple[Standing, Standing]:
    one, other = stage.scene.figures[:2]
    pose, answer, apart, back = _ACTS[stage.scene.action]
    sign = -1 if one.side == "right" or other.side == "left" else 1
    if stage.scene.action in ("embrace", "kiss") and stage.scene.shot == "close-up":
        apart = 0.2
    apart = min(apart, 2 * _spread(stage)) if apart > 0.4 else apart
    if stage.scene.action in ("follow", "chase"):
        sign *= 1
    first = replace(one, pose=pose or one.pose)
    second = replace(other, pose=answer or other.pose)
    if stage.scene.action == "face" and {one.held, other.held} & {"gun", "rifle"}:
        first, second = (
            replace(each, pose="aiming") if each.held else each for each in (one, other)
        )
    yaw = 72.0 * sign
    z = stage.camera.distance
    if stage.scene.action == "carry":
        return (Standing(first, 0, z, yaw), Standing(second, 0.25 * sign, z - 0.05, yaw, 0.9))
    if stage.scene.action == "hold hands":
        return (Standing(first, -apart / 2, z, 24.0), Standing(second, apart / 2, z + 0.02, -10.0))
    return (
        Standing(first, -sign * apart / 2, z, yaw, _up(first)),
        Standing(second, sign * apart / 2, z - 0.02, -yaw if back else yaw, _up(second)),
    )

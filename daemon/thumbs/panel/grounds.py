"""What lies on the ground of a place: roads, paths, water, rails, planks. A table by word."""

from __future__ import annotations

import math
from collections.abc import Callable

from daemon.thumbs.palette import mix, named
from daemon.thumbs.stage import Stage

FAR = 120.0


def road(stage: Stage, half: float = 3.2, *_more: float) -> None:
    stage.ground([(-half, 0.3), (half, 0.3), (half, FAR), (-half, FAR)], named("asphalt"), 0.8)
    if half > 2:
        for side in (-1, 1):
            stage.ground(
                [
                    (side * half, 0.3),
                    (side * (half + 1.6), 0.3),
                    (side * (half + 1.6), FAR),
                    (side * half, FAR),
                ],
                named("pavement"),
                0.7,
            )
    z = 1.0
    while z < 40:
        stage.ground([(-0.09, z), (0.09, z), (0.09, z + 1.6), (-0.09, z + 1.6)], (238, 236, 224))
        z += 3.6


def path(stage: Stage, half: float = 1.2, *_more: float) -> None:
    left, right = [], []
    for z in (0.4, 1.5, 3, 5, 8, 12, 18, 30, 60, FAR):
        sway = math.sin(z / 9 + stage.scene.seed % 4) * min(2.2, z / 6)
        left.append((sway - half, z))
        right.append((sway + half, z))
    stage.ground([*left, *right[::-1]], (206, 178, 132), 0.7)


def tiles(stage: Stage, *_more: float) -> None:
    stage.paper.pale = 0.62
    for k in range(-9, 10):
        stage.paper.stroke([stage.at(k * 1.2, 0, 0.5), stage.at(k * 1.2, 0, 26)], 0.5, 0.6)
    for z in (1.2, 1.8, 2.6, 3.6, 5, 7, 10, 15, 22):
        stage.paper.stroke([stage.at(-14, 0, z), stage.at(14, 0, z)], 0.5, 0.6)


def furrows(stage: Stage, *_more: float) -> None:
    stage.paper.pale = 0.5
    for k in range(-14, 15, 2):
        stage.paper.stroke([stage.at(k * 1.1, 0, 1.0), stage.at(k * 1.1, 0, 50)], 0.6, 0.6)


def lots(stage: Stage, *_more: float) -> None:
    for k in range(-4, 5):
        x = k * 2.7
        stage.ground(
            [(x - 0.06, 5), (x + 0.06, 5), (x + 0.06, 10), (x - 0.06, 10)], (240, 240, 236)
        )


def sea(stage: Stage, near: float = 9.0, *_more: float) -> None:
    """Water from `near` metres beyond the subject to the horizon."""
    z = stage.camera.distance + near if near else 0.3
    y = stage.at(0, 0, z)[1]
    top = stage.camera.horizon
    if y <= 0:
        return
    blue = named("sea")
    stage.paper.fade(
        max(0.0, top),
        min(1.1, y),
        stage.light.on(mix(blue, (255, 255, 255), 0.25), 0.8),
        stage.tint(blue, z),
    )
    stage.paper.pale = 0.5
    stage.paper.stroke([(-stage.half - 0.1, top), (stage.half + 0.1, top)], 0.8)
    for _ in range(16):
        depth = stage.chance.uniform(0.05, 1) ** 1.5
        at = top + (min(1.0, y) - top) * depth
        x, wide = stage.chance.uniform(-stage.half, stage.half), 0.02 + 0.09 * depth
        stage.paper.stroke([(x - wide, at), (x, at - 0.006), (x + wide, at)], 0.7, 0.7)
    if stage.scene.time in ("night", "dusk", "dawn"):
        for k in range(6):
            at = top + (min(1.0, y) - top) * (0.1 + 0.14 * k)
            wide = 0.02 + 0.012 * k
            stage.paper.band(
                [(stage.half * 0.5 - wide, at), (stage.half * 0.5 + wide, at)],
                (255, 226, 160),
                0.006,
            )


def waves(stage: Stage, *_more: float) -> None:
    stage.paper.pale = 0.3
    top = stage.camera.horizon
    for k in range(5):
        y, points = top + (1 - top) * (0.14 + 0.19 * k), []
        for j in range(25):
            x = -stage.half - 0.1 + (2 * stage.half + 0.2) * j / 24
            points.append((x, y - (0.008 + 0.008 * k) * abs(math.sin(x * (16 - 2.4 * k) + k * 2))))
        stage.paper.stroke(points, 0.6 + 0.12 * k, 0.7)


def shore(stage: Stage, *_more: float) -> None:
    z = stage.camera.distance + 8.5
    points = [stage.at(x, 0, z + math.sin(x * 0.7) * 0.5) for x in range(-30, 31, 2)]
    stage.paper.band(points, stage.tint((250, 250, 250), z), 0.012)
    stage.pale(z)
    stage.paper.stroke(points, 0.7)


def deep(stage: Stage, *_more: float) -> None:
    stage.paper.fade(0, 1, (150, 206, 222), (40, 96, 132))
    stage.paper.pale = 0.55
    for k in range(5):
        x = -stage.half + stage.half * 0.5 * k
        stage.paper.shape(
            [[(x, -0.05), (x + 0.12, -0.05), (x + 0.30, 0.8), (x + 0.02, 0.8)]], (142, 198, 216), 0
        )
    stage.paper.shape(
        [[(-3, 0.9), (-1, 0.86), (0, 0.9), (1, 0.87), (3, 0.92), (3, 1.2), (-3, 1.2)]],
        (178, 170, 140),
    )
    for _ in range(12):
        at = (stage.chance.uniform(-stage.half, stage.half), stage.chance.uniform(0.05, 0.8))
        stage.paper.dot(at, stage.chance.uniform(0.006, 0.013), (200, 230, 238), 0.6)


def quay(stage: Stage, *_more: float) -> None:
    z = stage.camera.distance + 6
    edge = stage.at(0, 0, z)[1]
    stage.pale(z)
    stage.paper.shape(
        [[(-4, edge), (4, edge), (4, edge + 0.025), (-4, edge + 0.025)]],
        stage.tint(named("stone"), z),
    )
    for x in (-5.0, 0.8, 6.0):
        stage.block(x, z - 0.6, 0.4, 0.55, 0.4, named("dark grey"))


def planks(stage: Stage, half: float = 1.9, *_more: float) -> None:
    stage.ground([(-half, 0.3), (half, 0.3), (half, 40), (-half, 40)], named("wood"), 1)
    stage.paper.pale = 0.35
    for k in range(1, 6):
        x = -half + 2 * half * k / 6
        stage.paper.stroke([stage.at(x, 0, 0.4), stage.at(x, 0, 40)], 0.5, 0.8)


def river(stage: Stage, *_more: float) -> None:
    left, right = [], []
    for z in (1.2, 3, 5, 8, 12, 18, 30, 60):
        sway = 1.4 + math.sin(z / 8) * min(3.0, z / 5)
        left.append((sway - 1.7, z))
        right.append((sway + 1.7, z))
    stage.ground([*left, *right[::-1]], named("sea"), 0.8)


def lake(stage: Stage, *_more: float) -> None:
    near = stage.camera.distance + 5
    spots = [
        (-22.0, near + 14),
        (-9.0, near + 1),
        (0.0, near),
        (10.0, near + 1),
        (24.0, near + 14),
        (16.0, 70),
        (-16.0, 70),
    ]
    stage.ground(spots, named("sea"), 0.8)


def pond(stage: Stage, *_more: float) -> None:
    near = stage.camera.distance + 2.6
    spots = [
        (4 * math.cos(k / 7 * math.pi), near + 2.4 + 2.4 * math.sin(k / 7 * math.pi))
        for k in range(14)
    ]
    stage.ground(spots, named("sea"), 0.8)


def pool(stage: Stage, *_more: float) -> None:
    """A basin around the subject, with its rim."""
    near, far = max(0.6, stage.camera.distance - 0.9), stage.camera.distance + 3.4
    for more, tone in ((0.25, "white"), (0.0, "sea")):
        a, b, wide = near - more, far + more, 5.2 + more
        stage.ground([(-wide, a), (wide, a), (wide, b), (-wide, b)], named(tone), 0.9)
    for k in (-1, 1):
        stage.paper.stroke([stage.at(k * 1.7, 0, near), stage.at(k * 1.7, 0, far)], 0.6, 0.7)


def falls(stage: Stage, *_more: float) -> None:
    z = stage.camera.distance + 9
    stage.wall((-5, z), (5, z), 9, named("rock"))
    stage.wall((-1.2, z - 0.1), (1.2, z - 0.1), 9, (214, 232, 242))
    for k in range(5):
        stage.paper.stroke(
            [stage.at(-0.9 + 0.45 * k, 8.9, z - 0.1), stage.at(-0.9 + 0.45 * k, 0.2, z - 0.1)],
            0.6,
            0.7,
        )


def deck(stage: Stage, half: float = 2.4, *_more: float) -> None:
    sea(stage, 0.0)
    road(stage, half - 0.4)
    railing(stage)
    for side in (-1, 1):
        x = side * half
        for z in (2.5, 4, 6, 9, 13, 19, 28):
            stage.pale(z)
            stage.paper.stroke([stage.at(x, 0, z), stage.at(x, 1.1, z)], 1.2)
        stage.paper.stroke([stage.at(x, 1.1, 1.0), stage.at(x, 1.1, 60)], 1.6)
        stage.paper.stroke([stage.at(x, 0.55, 1.0), stage.at(x, 0.55, 60)], 1.0)
        tower = stage.camera.distance + 16
        stage.panel(x, 0, tower, 0.7, 9, named("stone"))
        stage.paper.stroke(
            [stage.at(x, 9, tower), stage.at(x, 4, tower / 2), stage.at(x, 1.1, 2.5)], 1.0
        )


def railing(stage: Stage, *_more: float) -> None:
    z = stage.camera.distance + 2.2
    stage.pale(z)
    for y in (0.55, 1.05):
        stage.paper.stroke([stage.at(-12, y, z), stage.at(12, y, z)], 1.4)
    for k in range(-14, 15):
        stage.paper.stroke([stage.at(k * 0.45, 0, z), stage.at(k * 0.45, 1.05, z)], 0.8)


def parapet(stage: Stage, *_more: float) -> None:
    z = stage.camera.distance + 4.5
    stage.wall((-16, z), (16, z), 0.8, named("brick"))
    stage.block(-4.2, z - 2.6, 1.6, 1.7, 1.6, named("stone"))
    stage.panel(3.6, 0.8, z, 0.9, 1.2, named("grey"))


def craters(stage: Stage, *_more: float) -> None:
    top = stage.camera.horizon
    stage.paper.pale = 0.2
    stage.paper.shape([[(-3, top), (3, top), (3, 1.2), (-3, 1.2)]], (196, 196, 200))
    for x, z, r in ((-3, 7, 1.2), (4, 10, 1.6), (-6, 16, 2), (1, 22, 2.4), (1.6, 4.5, 0.5)):
        spots = [(x + r * math.cos(k * 0.52), z + r * math.sin(k * 0.52)) for k in range(12)]
        stage.ground(spots, (150, 150, 156), 0.7)


GROUNDS: dict[str, Callable[..., None]] = {
    "road": road,
    "path": path,
    "tiles": tiles,
    "furrows": furrows,
    "lots": lots,
    "sea": sea,
    "waves": waves,
    "shore": shore,
    "deep": deep,
    "quay": quay,
    "planks": planks,
    "river": river,
    "lake": lake,
    "pond": pond,
    "pool": pool,
    "falls": falls,
    "deck": deck,
    "railing": railing,
    "parapet": parapet,
    "craters": craters,
}

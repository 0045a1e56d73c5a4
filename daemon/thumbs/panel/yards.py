"""More of what lies and stands out of doors: tracks, a pump's roof, stripes. A table by word.

Each painter takes the stage and the numbers that follow its word in `data/places.txt`.
"""

from __future__ import annotations

from collections.abc import Callable

from daemon.thumbs.palette import named
from daemon.thumbs.panel.grounds import FAR
from daemon.thumbs.stage import Stage


def lane(stage: Stage, near: float = 3.0, wide: float = 5.0, *_more: float) -> None:
    """A road across the picture, `near` metres beyond the subject."""
    z = stage.camera.distance + near
    stage.ground([(-60, z), (60, z), (60, z + wide), (-60, z + wide)], named("asphalt"), 0.9)
    middle = z + wide / 2
    for k in range(-12, 13):
        dash = [
            (3 * k, middle),
            (3 * k + 1.5, middle),
            (3 * k + 1.5, middle + 0.16),
            (3 * k, middle + 0.16),
        ]
        stage.ground(dash, (238, 236, 224))


def zebra(stage: Stage, *_more: float) -> None:
    """Stripes of a crossing under the subject."""
    near, far = max(0.6, stage.camera.distance - 1.0), stage.camera.distance + 1.4
    for k in range(-4, 5):
        stripe = [
            (0.9 * k - 0.25, near),
            (0.9 * k + 0.25, near),
            (0.9 * k + 0.25, far),
            (0.9 * k - 0.25, far),
        ]
        stage.ground(stripe, (246, 246, 242), 0.6)


def rails(stage: Stage, *_more: float) -> None:
    """A track into the depth; across, where a train stands in the picture."""
    if any(one.kind in ("train", "tram") for one in stage.scene.things):
        z = stage.camera.distance + 2.6
        stage.ground([(-60, z), (60, z), (60, z + 2.4), (-60, z + 2.4)], named("stone"), 0.8)
        for k in range(-24, 25):
            sleeper = [
                (k - 0.13, z + 0.3),
                (k + 0.13, z + 0.3),
                (k + 0.13, z + 2.1),
                (k - 0.13, z + 2.1),
            ]
            stage.ground(sleeper, named("brown"), 0.5)
        for at in (z + 0.5, z + 1.9):
            stage.pale(at)
            stage.paper.stroke([stage.at(-60, 0.05, at), stage.at(60, 0.05, at)], 1.8)
        return
    stage.ground([(-1.9, 0.4), (1.9, 0.4), (1.9, FAR), (-1.9, FAR)], named("stone"), 0.6)
    z = 0.8
    while z < 40:
        stage.ground(
            [(-1.25, z), (1.25, z), (1.25, z + 0.25), (-1.25, z + 0.25)], named("brown"), 0.6
        )
        z += 0.7 + 0.03 * z
    stage.paper.pale = 0.0
    for x in (-0.75, 0.75):
        stage.paper.stroke([stage.at(x, 0.08, 0.5), stage.at(x, 0.08, FAR)], 2.2)


def canopy(stage: Stage, *_more: float) -> None:
    """The roof over the pumps of a petrol station, on two posts, and its shop."""
    z = stage.camera.distance + 2.6
    stage.wall((-9, z + 7), (9, z + 7), 3.2, named("cream"))
    stage.panel(-4, 0.9, z + 6.9, 4.5, 1.6, named("glass"))
    stage.panel(2, 0, z + 6.9, 1.3, 2.3, named("glass"))
    for x in (-3.6, 3.6):
        stage.panel(x, 0, z, 0.34, 3.5, named("light grey"))
        stage.block(x, z - 0.3, 2.0, 0.16, 1.0, named("stone"))
    stage.panel(0, 3.4, z - 1.2, 11, 0.8, named("red"))
    stage.panel(0, 3.62, z - 1.22, 11, 0.26, named("white"), 0.6)


def containers(stage: Stage, *_more: float) -> None:
    """Stacks of steel boxes on both sides of a lane."""
    colours = ("red", "teal", "gold", "navy", "grey")
    for side in (-1, 1):
        for k, z in enumerate((22.0, 15.5, 9.0, 3.6)):
            near = z + stage.camera.distance * 0.4
            for row in range(3 if k % 2 else 2):
                tone = named(colours[(k * 2 + row + (side > 0)) % 5])
                stage.block(side * 4.6, near, 2.6, 2.5, 5.6, tone, base=2.5 * row)
                for rib in range(9):
                    at = near + 0.6 + 0.55 * rib
                    ends = [stage.at(side * 3.3, 2.5 * row + b, at) for b in (0.2, 2.3)]
                    stage.paper.stroke(ends, 0.6, 0.7)
                for rib in range(-4, 5):
                    at = side * 4.6 + 0.29 * rib
                    ends = [
                        stage.at(at, 2.5 * row + 0.15, near),
                        stage.at(at, 2.5 * row + 2.35, near),
                    ]
                    stage.paper.stroke(ends, 0.5, 0.7)


def big_top(stage: Stage, *_more: float) -> None:
    """Striped canvas, ranks of those who watch, and the ring's edge."""
    low, half = stage.camera.horizon, stage.half
    for k in range(12):
        x = -half + 2 * half * k / 12
        tone = named("red") if k % 2 else named("cream")
        strip = [(x, low), (x + half / 6, low), ((x + half / 6) * 0.12, -0.25), (x * 0.12, -0.25)]
        stage.paper.shape([strip], stage.light.on(tone, 0.2), 0.8)
    stage.paper.pale = 0.5
    for row in range(3):
        x = -half
        while x < half:
            stage.paper.dot(
                (x, low - 0.1 + 0.05 * row), 0.016, stage.light.on((206, 190, 178), 0.2), 0.5
            )
            x += stage.chance.uniform(0.035, 0.06)
    z = stage.camera.distance + 3.4
    for k in range(-7, 8):
        stage.block(1.2 * k, z, 1.18, 0.45, 0.3, named("white") if k % 2 else named("red"))


def house_wall(stage: Stage, *_more: float) -> None:
    """The front of a house close by, with its door, a step, a lamp and a window."""
    z = stage.camera.distance + 1.5
    stage.wall((-14, z), (14, z), 6, named("cream"))
    for row in range(1, 14):
        stage.paper.stroke([stage.at(-14, 0.42 * row, z), stage.at(14, 0.42 * row, z)], 0.5, 0.6)
    lit = stage.scene.time in ("night", "dusk")
    for x in (-2.6, 3.9):
        stage.panel(x, 0.95, z - 0.02, 1.5, 1.4, named("white"))
        stage.panel(x, 1.03, z - 0.03, 1.3, 1.22, (255, 222, 130) if lit else (150, 172, 190))
        stage.paper.stroke([stage.at(x, 1.03, z), stage.at(x, 2.25, z)], 1.0)
    if all(one.kind != "door" for one in stage.scene.things):
        _front_door(stage, z)
    stage.panel(1.75, 1.9, z - 0.02, 0.18, 0.3, named("lamp"))


def _front_door(stage: Stage, z: float) -> None:
    """A door with its frame, over a step."""
    stage.block(0.9, z - 0.7, 2.2, 0.16, 0.7, named("stone"))
    stage.panel(0.9, 0.16, z - 0.02, 1.26, 2.24, named("white"))
    stage.panel(0.9, 0.16, z - 0.03, 1.04, 2.12, named("dark red"))
    stage.paper.dot(stage.at(1.28, 1.1, z), 0.04 * stage.camera.scale(z), named("gold"))


def net(stage: Stage, *_more: float) -> None:
    """The net of a court across the picture, and white lines."""
    z = stage.camera.distance + 4
    for a in (-5.0, 5.0):
        stage.ground(
            [(a - 0.08, 0.8), (a + 0.08, 0.8), (a + 0.08, z + 9), (a - 0.08, z + 9)],
            (246, 246, 242),
        )
    stage.ground([(-5, z + 8.9), (5, z + 8.9), (5, z + 9), (-5, z + 9)], (246, 246, 242))
    stage.pale(z)
    for k in range(-18, 19):
        stage.paper.stroke([stage.at(0.33 * k, 0, z), stage.at(0.33 * k, 0.95, z)], 0.5, 0.8)
    for y in (0.2, 0.45, 0.7):
        stage.paper.stroke([stage.at(-6, y, z), stage.at(6, y, z)], 0.5, 0.8)
    stage.paper.band([stage.at(-6, 0.97, z), stage.at(6, 0.97, z)], (250, 250, 250), 0.012)


def cages(stage: Stage, *_more: float) -> None:
    """Bars of a cage, with rocks behind them."""
    z = stage.camera.distance + 3.2
    stage.wall((-7, z + 2), (7, z + 2), 2.6, named("rock"))
    stage.pale(z)
    for k in range(-23, 24):
        stage.paper.stroke([stage.at(0.3 * k, 0, z), stage.at(0.3 * k, 2.9, z)], 1.2)
    for y in (0.1, 2.8):
        stage.paper.stroke([stage.at(-7, y, z), stage.at(7, y, z)], 2.2)


def balconies(stage: Stage, *_more: float) -> None:
    """A house across the way, with a balcony at every window."""
    z = stage.camera.distance + 6
    stage.wall((-9, z), (9, z), 12, (206, 196, 176))
    lit = stage.scene.time in ("night", "dusk")
    for floor in (-1, 0, 1, 2):
        for x in (-6, -2, 2, 6):
            base = 3 * floor
            stage.panel(
                x,
                base,
                z - 0.05,
                1.1,
                2.1,
                (255, 222, 130) if lit and x > 0 else (130, 150, 168),
                0.7,
            )
            stage.panel(x, base - 0.15, z - 0.4, 2.2, 0.15, named("stone"), 0.8)
            for k in range(-5, 6):
                bar = [
                    stage.at(x + 0.21 * k, base, z - 0.4),
                    stage.at(x + 0.21 * k, base + 0.9, z - 0.4),
                ]
                stage.paper.stroke(bar, 0.6)
            stage.paper.stroke(
                [stage.at(x - 1.1, base + 0.9, z - 0.4), stage.at(x + 1.1, base + 0.9, z - 0.4)],
                1.2,
            )


def span(stage: Stage, *_more: float) -> None:
    """The underside of a bridge overhead, on heavy pillars."""
    low, half = stage.camera.horizon, stage.half
    for depth, y, wide in ((22.0, 0.55, 1.4), (9.0, 0.3, 1.8)):
        z = stage.camera.distance + depth
        for x in (-4.6, 4.6):
            stage.panel(x, 0, z, wide, 14, named("stone"))
        stage.pale(z)
        beam = [
            (-half * 1.1, -0.1),
            (half * 1.1, -0.1),
            (half * 1.1, low * y),
            (-half * 1.1, low * y),
        ]
        stage.paper.shape([beam], stage.tint(named("grey"), z), 1.2)
    for k in (-0.75, -0.25, 0.25, 0.75):
        stage.paper.stroke([(half * k * 1.5, -0.05), (half * k, low * 0.3)], 0.8)


YARDS: dict[str, Callable[..., None]] = {
    "lane": lane,
    "zebra": zebra,
    "rails": rails,
    "canopy": canopy,
    "span": span,
    "containers": containers,
    "bigtop": big_top,
    "housewall": house_wall,
    "net": net,
    "cages": cages,
    "balconies": balconies,
}

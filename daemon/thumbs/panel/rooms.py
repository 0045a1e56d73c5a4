"""Rooms: floor, walls, ceiling, and the things that belong to a place and are no props.

A room is a box around the subject; what stands in it `data/places.txt` says.
"""

from __future__ import annotations

from collections.abc import Callable

from daemon.thumbs.palette import Colour, mix, named
from daemon.thumbs.panel.sky import SKY
from daemon.thumbs.paper import oval
from daemon.thumbs.stage import Stage

FLOORS: dict[str, Colour] = {
    "wood": (176, 132, 92),
    "tiles": (206, 208, 206),
    "carpet": (150, 116, 110),
    "stone": (158, 154, 148),
    "pavement": (170, 168, 166),
    "sand": (206, 184, 140),
    "silver": (170, 176, 184),
    "black": (56, 56, 62),
    "snow": (232, 238, 244),
}


def draw_room(stage: Stage, floor: str, wall: str, wide: float, deep: float, high: float) -> None:
    """Back wall, sides, ceiling, floor. In wide shots the room is as large as it must be."""
    camera = stage.camera
    back = camera.distance + deep
    side = max(wide / 2, min(stage.half / camera.scale(back) * 0.82, wide * 0.8))
    high = max(high, camera.height + 0.5)
    tone = mix(named(wall), (255, 255, 255), 0.12)
    stage.paper.fade(0, 1, stage.tint(tone), stage.tint(tone))
    near = 0.4
    floor_tone = FLOORS[floor]
    stage.ground([(-side, near), (side, near), (side, back), (-side, back)], floor_tone)
    _floor_lines(stage, floor, side, back)
    ceiling = [
        stage.at(x, high, z) for x, z in ((-side, near), (side, near), (side, back), (-side, back))
    ]
    stage.paper.shape([ceiling], stage.light.on(mix(tone, (255, 255, 255), 0.45)), 0.8)
    for sign in (-1, 1):
        stage.wall((sign * side, near), (sign * side, back), high, mix(tone, (90, 90, 104), 0.16))
    stage.wall((-side, back), (side, back), high, tone)
    stage.paper.pale = 0.4
    stage.paper.stroke([stage.at(-side, 0.12, back), stage.at(side, 0.12, back)], 0.6, 0.7)


def _floor_lines(stage: Stage, floor: str, side: float, back: float) -> None:
    stage.paper.pale = 0.55
    if floor in ("wood", "tiles", "stone", "silver"):
        count = 9 if floor == "wood" else 7
        for k in range(1, count):
            x = -side + 2 * side * k / count
            stage.paper.stroke([stage.at(x, 0, 0.5), stage.at(x, 0, back)], 0.5, 0.7)
    if floor in ("tiles", "stone", "silver"):
        for k in range(1, 8):
            z = 0.8 + (back - 0.8) * (k / 8) ** 1.6
            stage.paper.stroke([stage.at(-side, 0, z), stage.at(side, 0, z)], 0.5, 0.7)


def counter(stage: Stage, x: float, z: float) -> None:
    stage.block(x, z, 4.4, 0.95, 0.6, named("wood"))
    for k in (-1.1, 0, 1.1):
        stage.paper.stroke([stage.at(x + k, 0.05, z), stage.at(x + k, 0.85, z)], 0.6, 0.7)


def stairs(stage: Stage, x: float, z: float) -> None:
    for k in range(9, -1, -1):
        stage.block(x + 0.6, z + 0.28 * k, 2.2, 0.2 * (k + 1), 0.28, named("wood"))
    stage.paper.pale = 0.1
    stage.paper.stroke([stage.at(x - 0.5, 0.9, z), stage.at(x - 0.5, 2.9, z + 2.6)], 1.8)
    for k in range(5):
        stage.paper.stroke(
            [
                stage.at(x - 0.5, 0.4 * k, z + 0.56 * k),
                stage.at(x - 0.5, 0.9 + 0.42 * k, z + 0.56 * k),
            ],
            0.9,
        )


def hanging_lamp(stage: Stage, x: float, z: float) -> None:
    top = max(2.8, stage.camera.height + 0.5)
    stage.pale(z)
    stage.paper.stroke([stage.at(x, top + 2, z), stage.at(x, 2.25, z)], 0.9)
    shade = [
        stage.at(x + a, b, z) for a, b in ((-0.24, 2.05), (-0.08, 2.28), (0.08, 2.28), (0.24, 2.05))
    ]
    if stage.scene.time in ("night", "dusk"):
        stage.paper.glow(stage.at(x, 1.95, z), 0.9 * stage.camera.scale(z), named("lamp"), 0.5)
    stage.paper.shape([shade], stage.tint(named("gold"), z))


def rug(stage: Stage, x: float, z: float) -> None:
    stage.ground(
        [(x - 1.5, z - 0.7), (x + 1.5, z - 0.7), (x + 1.3, z + 1.2), (x - 1.3, z + 1.2)],
        (150, 62, 62),
        0.8,
    )


def doors(stage: Stage, x: float, z: float) -> None:
    for side in (-1.4, 1.4):
        for at in (2.2, 4.6, 7.4, 10.6):
            stage.wall((x + side * 0.995, at), (x + side * 0.995, at + 1.0), 2.1, named("wood"))
    for at in (3, 6, 10):
        lamp = [
            stage.at(a, 2.68, b)
            for a, b in ((-0.4, at), (0.4, at), (0.4, at + 0.5), (-0.4, at + 0.5))
        ]
        stage.paper.shape([lamp], named("lamp"), 0.6)
    del z


def seats(stage: Stage, x: float, z: float) -> None:
    for at in (7.5, 6.2, 4.9, 3.7):
        for side in (-0.95, 0.95):
            stage.block(x + side, at, 0.8, 1.15, 0.35, named("blue"))
    for at in (2.2, 3.6, 5.2, 7):
        for side in (-1, 1):
            edge = side * 1.29
            stage.wall(
                (edge, at), (edge, at + 0.9), 1.75, mix(*SKY[stage.scene.time], 0.5), base=1.05
            )
    del z


def bars(stage: Stage, x: float, z: float) -> None:
    stage.paper.pale = 0.0
    scale = stage.camera.scale(max(0.8, z))
    del scale
    for k in range(-9, 10):
        a = stage.at(x + k * 0.3, 0, z)
        b = stage.at(x + k * 0.3, 3, z)
        stage.paper.shape(
            [
                [
                    (a[0] - 0.008, a[1]),
                    (a[0] + 0.008, a[1]),
                    (b[0] + 0.008, b[1]),
                    (b[0] - 0.008, b[1]),
                ]
            ],
            stage.tint(named("dark grey")),
            0.8,
        )


def arches(stage: Stage, x: float, z: float) -> None:
    for at in (14, 10.5, 7.5, 5, 3.2):
        for side in (-2.9, 2.9):
            stage.block(x + side, at, 0.55, 4.6, 0.5, named("stone"))
        stage.pale(at)
        curve = [
            stage.at(2.9 * a, 4.6 + 1.4 * (1 - a * a), at)
            for a in (-1, -0.7, -0.35, 0, 0.35, 0.7, 1)
        ]
        stage.paper.stroke(curve, 2.0)
    del z


def stage_curtain(stage: Stage, x: float, z: float) -> None:
    back = z + 2.6
    for side in (-1, 1):
        stage.wall((side * 2.3, back), (side * 5, back), 5.4, named("red"))
        for k in range(5):
            a = side * (2.5 + 0.5 * k)
            stage.paper.stroke([stage.at(a, 0, back), stage.at(a, 5, back)], 0.8, 0.8)
    stage.panel(x, 3.4, back - 0.1, 10, 1.1, named("dark red"))


def spot(stage: Stage, x: float, z: float) -> None:
    foot = stage.at(x, 0, z)
    stage.paper.shape([oval(foot, 0.32, 0.06)], stage.light.on((255, 246, 206)), 0)
    stage.paper.glow((foot[0], foot[1] - 0.35), 0.55, (255, 246, 206), 0.45)


def panel(stage: Stage, x: float, z: float) -> None:
    stage.block(x, z + 1.4, 4.6, 0.9, 0.6, named("dark grey"))
    for k in range(10):
        colour = ("red", "yellow", "green", "light blue")[k % 4]
        stage.paper.dot(
            stage.at(x - 2 + 0.44 * k, 0.6 + 0.14 * (k % 2), z + 1.4),
            0.05 * stage.camera.scale(z + 1.4),
            named(colour),
            0.5,
        )


def pipes(stage: Stage, x: float, z: float) -> None:
    back = z + 4
    stage.pale(back)
    for y in (2.4, 2.75):
        stage.paper.stroke([stage.at(x - 8, y, back), stage.at(x + 8, y, back)], 3)
    for a in (-3.4, 3.1):
        stage.paper.stroke([stage.at(x + a, 0, back), stage.at(x + a, 2.7, back)], 3.4)


def windscreen(stage: Stage, x: float, z: float) -> None:
    """The road seen through the front, for whoever sits in it; drawn behind them."""
    upper, lower = SKY[stage.scene.time]
    paper, half = stage.paper, stage.half
    dark = stage.light.on((70, 72, 80))
    paper.fade(0, 1, dark, dark)
    glass = [(-half * 0.94, 0.62), (-half * 0.76, 0.10), (half * 0.76, 0.10), (half * 0.94, 0.62)]
    paper.pale = 0.2
    paper.shape([glass], mix(upper, lower, 0.6), 1.2)
    paper.shape(
        [[(-half * 0.9, 0.62), (-0.05, 0.42), (0.05, 0.42), (half * 0.9, 0.62)]],
        stage.light.on(named("asphalt")),
        0.8,
    )
    paper.stroke([(0, 0.45), (0, 0.6)], 1.2)
    paper.shape(
        [[(-half * 1.1, 0.62), (half * 1.1, 0.62), (half * 1.1, 1.1), (-half * 1.1, 1.1)]],
        stage.light.on((54, 56, 62)),
        1.2,
    )
    paper.shape([oval((0.0, 0.13), 0.11, 0.035)], stage.light.on((90, 94, 104)))
    if all(one.pose != "driving" for one in stage.scene.figures):  # it is in the driver's hands
        wheel = oval((-half * 0.3, 0.80), 0.21, 0.19, 26)
        paper.stroke([*wheel, wheel[0]], 3.4)
    del x, z


def lamps(stage: Stage, x: float, z: float) -> None:
    for k in (-2, -1, 0, 1, 2):
        hanging_lamp(stage, x + k * 1.6, z + 2)


def rows(stage: Stage, x: float, z: float) -> None:
    for k in range(-5, 6):
        stage.block(x + k * 0.9, z + 1.6, 0.7, 0.95, 0.3, named("red"))


AT: dict[str, Callable[[Stage, float, float], None]] = {
    "counter": counter,
    "stairs": stairs,
    "hanging lamp": hanging_lamp,
    "rug": rug,
    "doors": doors,
    "seats": seats,
    "bars": bars,
    "arches": arches,
    "stage curtain": stage_curtain,
    "spot": spot,
    "panel": panel,
    "pipes": pipes,
    "windscreen": windscreen,
    "rows of lamps": lamps,
    "rows": rows,
    "fridge": lambda s, x, z: s.block(x, z, 0.75, 1.8, 0.6, named("white")),
    "basin": lambda s, x, z: s.block(x, z, 0.8, 0.85, 0.4, named("white")),
    "bath": lambda s, x, z: s.block(x, z, 1.8, 0.6, 0.7, named("white")),
    "curtain": lambda s, x, z: s.panel(x, 0.2, z, 1.1, 2, named("light green")),
}
"""Pieces of a room on its floor: x, and z beyond the subject plus the subject's distance."""

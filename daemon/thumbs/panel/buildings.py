"""Buildings and other large things that have depth: rows of houses, columns, stalls, platforms."""

from __future__ import annotations

from collections.abc import Callable

from daemon.thumbs.palette import Colour, mix, named
from daemon.thumbs.stage import Stage

HOUSES: tuple[Colour, ...] = (
    (196, 176, 156),
    (178, 122, 100),
    (206, 196, 176),
    (150, 150, 156),
    (190, 160, 126),
)


def facades(
    stage: Stage, half: float = 5.6, low: float = 8.0, high: float = 14.0, *_more: float
) -> None:
    """Rows of houses along both sides, into the distance."""
    for side in (-1, 1):
        z, row = 70.0, []
        while z > 0.8:
            deep = stage.chance.uniform(6, 10)
            row.append((max(0.5, z - deep), z))
            z -= deep
        for near, far in row:
            _side_house(stage, side * half, near, far, stage.chance.uniform(low, high))


def _side_house(stage: Stage, x: float, near: float, far: float, height: float) -> None:
    colour = stage.chance.choice(HOUSES)
    end = 1 if x > 0 else -1
    stage.wall((x, far), (x + end * 9, far), height, mix(colour, (60, 60, 70), 0.25))
    stage.wall((x, near), (x, far), height, colour)
    seen = stage.camera.scale(far) * stage.paper.size[1]  # pixels a metre, at its far end
    if far > 46 or seen < 3.0:
        return
    floors, across = max(2, int(height / 3.0)), max(2, int((far - near) / 2.6))
    lit = stage.scene.time in ("night", "dusk")
    step = (far - near) / across
    for floor in range(floors):
        for k in range(across):
            z = near + step * (k + 0.25)
            base = 0.2 if floor == 0 else 3.0 * floor + 0.9
            top = 2.4 if floor == 0 else base + 1.5
            glass = _pane(stage, lit)
            weight = 0.7 if z < 16 else 0.5
            stage.wall((x, z), (x, z + step * 0.5), top, glass, weight, base=base)


def _pane(stage: Stage, lit: bool) -> Colour:
    if lit and stage.chance.random() < 0.4:
        return (255, 222, 130)
    return (70, 76, 96) if lit else (150, 172, 190)


def house_front(stage: Stage, left: float, right: float, z: float, height: float) -> None:
    """A house that faces us."""
    colour = stage.chance.choice(HOUSES)
    stage.wall((left, z), (right, z), height, colour, 0.9)
    lit = stage.scene.time in ("night", "dusk")
    floors, across = max(1, int(height / 3)), max(2, int((right - left) / 2.2))
    step = (right - left) / across
    for floor in range(floors):
        for k in range(across):
            x = left + step * (k + 0.5)
            if floor == 0 and k == across // 2:
                stage.panel(x, 0, z, 1.1, 2.2, named("dark brown"), 0.7)
            else:
                stage.panel(x, 3 * floor + 1, z, 1.0, 1.4, _pane(stage, lit), 0.6)


def warehouses(stage: Stage, *_more: float) -> None:
    z = stage.camera.distance + 24
    for x, wide, high in ((-15, 12, 6), (13, 9, 5)):
        stage.wall((x - wide / 2, z), (x + wide / 2, z), high, named("brick"))
        top, left, right = (
            stage.at(x, high + 2.4, z),
            stage.at(x - wide / 2, high, z),
            stage.at(x + wide / 2, high, z),
        )
        stage.paper.shape([[left, top, right]], stage.tint(named("dark grey"), z))


def columns(stage: Stage, *_more: float) -> None:
    for x, z, high in (
        (-4, 8, 5),
        (-4, 14, 3.4),
        (4, 7, 2.6),
        (4, 13, 5),
        (-1.4, 20, 5),
        (1.6, 21, 3),
    ):
        at = z + stage.camera.distance
        stage.panel(x, 0, at, 0.9, high, named("stone"))
        for k in (-0.2, 0.1):
            stage.paper.stroke(
                [stage.at(x + k, 0.1, at), stage.at(x + k, high - 0.1, at)], 0.5, 0.7
            )
        stage.panel(x, high, at, 1.3, 0.3, named("stone"))


def scaffold(stage: Stage, *_more: float) -> None:
    z = stage.camera.distance + 8
    stage.wall((-7, z), (7, z), 9, (200, 192, 180))
    for k in range(8):
        stage.paper.stroke(
            [stage.at(-7 + 2 * k, 0, z - 0.5), stage.at(-7 + 2 * k, 9.5, z - 0.5)], 1.1
        )
    for y in (2.2, 4.4, 6.6, 8.8):
        stage.paper.stroke([stage.at(-7.5, y, z - 0.5), stage.at(7.5, y, z - 0.5)], 1.3)
    stage.paper.stroke([stage.at(-7, 0, z - 0.5), stage.at(-3, 4.4, z - 0.5)], 0.8)


def stalls(stage: Stage, *_more: float) -> None:
    for x, z, name in ((-4.4, 6, "red"), (4.4, 8, "green"), (-4.6, 12, "yellow")):
        at = z + stage.camera.distance
        stage.block(x, at, 2.6, 0.9, 1, named("wood"))
        for side in (-1.2, 1.2):
            stage.paper.stroke([stage.at(x + side, 0.9, at), stage.at(x + side, 2.3, at)], 1.1)
        top = [
            stage.at(x - 1.5, 2.1, at - 0.6),
            stage.at(x + 1.5, 2.1, at - 0.6),
            stage.at(x + 1.3, 2.8, at + 0.6),
            stage.at(x - 1.3, 2.8, at + 0.6),
        ]
        stage.paper.shape([top], stage.tint(named(name), at))


def platform(stage: Stage, *_more: float) -> None:
    """A platform to the left, a train to the right under a roof."""
    stage.ground([(2.4, 0.4), (9, 0.4), (9, 60), (2.4, 60)], named("dark grey"), 0.8)
    stage.wall((3.0, 1.2), (3.0, 48), 3.4, named("dark green"), base=0.2)
    z = 2.0
    while z < 40:
        stage.wall((3.0, z), (3.0, z + 1.6), 2.7, _pane(stage, True), 0.7, base=1.6)
        z += 2.6
    stage.pale(8)
    roof = [
        stage.at(-7, 4.6, 0.8),
        stage.at(2, 4.3, 0.8),
        stage.at(2, 4.3, 50),
        stage.at(-7, 4.6, 50),
    ]
    stage.paper.shape([roof], stage.light.on((150, 152, 158), 0.1))
    for z in (5, 10, 17, 28):
        stage.paper.stroke([stage.at(-3.4, 0, z), stage.at(-3.4, 4.5, z)], 2.2)
    stage.ground([(2.0, 0.4), (2.3, 0.4), (2.3, 60), (2.0, 60)], named("yellow"))


def terminal(stage: Stage, *_more: float) -> None:
    z = stage.camera.distance + 36
    stage.wall((-40, z), (-8, z), 7, named("light grey"))
    stage.panel(-12, 0, z, 3, 15, named("grey"))
    stage.panel(-12, 12, z, 5, 3, named("glass"))


def cavern(stage: Stage, *_more: float) -> None:
    """Rock all around and a bright mouth at its end."""
    paper = stage.paper
    rock, dark = stage.light.on((112, 106, 104), 0), stage.light.on((74, 70, 72), 0)
    paper.fade(0, 1, dark, rock)
    mouth = (stage.half * 0.3, max(0.3, stage.camera.horizon - 0.12))
    shape = [
        (mouth[0] + dx, mouth[1] + dy)
        for dx, dy in (
            (-0.26, 0.2),
            (-0.24, -0.06),
            (-0.12, -0.2),
            (0.06, -0.22),
            (0.2, -0.1),
            (0.25, 0.2),
        )
    ]
    paper.glow(mouth, 0.6, (244, 238, 214), 0.6)
    paper.shape([shape], stage.light.on((232, 236, 230), 0), 1.2)
    for k in range(9):
        x = -stage.half + 2 * stage.half * (k + 0.5) / 9
        deep = stage.chance.uniform(0.06, 0.22)
        paper.shape([[(x - 0.07, -0.1), (x + 0.07, -0.1), (x + 0.01, deep)]], dark, 1)


def trenchwalls(stage: Stage, *_more: float) -> None:
    for side in (-1, 1):
        stage.wall((side * 1.7, 0.6), (side * 1.7, 30), 1.9, (120, 92, 66))
        for z in (2, 3.5, 5.5, 8, 12):
            stage.paper.stroke([stage.at(side * 1.7, 0, z), stage.at(side * 1.7, 1.9, z)], 1.2)


BUILDINGS: dict[str, Callable[..., None]] = {
    "facades": facades,
    "warehouses": warehouses,
    "columns": columns,
    "scaffold": scaffold,
    "stalls": stalls,
    "platform": platform,
    "terminal": terminal,
    "cavern": cavern,
    "trenchwalls": trenchwalls,
}

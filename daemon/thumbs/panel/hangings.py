"""More that hangs on the back wall of a room and says which room it is. A table by name.

Each takes x, y of the lower edge and z of the wall, in metres.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from daemon.thumbs.objects import draw_object
from daemon.thumbs.palette import mix, named
from daemon.thumbs.panel.sky import SKY
from daemon.thumbs.paper import oval
from daemon.thumbs.stage import Stage


def screens(stage: Stage, x: float, y: float, z: float) -> None:
    """A wall of screens, each with something else on it."""
    for row in range(3):
        for k in range(-3, 4):
            at = x + 1.02 * k
            stage.panel(at, y + 0.72 * row, z, 0.96, 0.66, named("dark grey"))
            lit = named(("light blue", "glass", "white")[(k + row) % 3])
            stage.panel(at, y + 0.72 * row + 0.07, z, 0.84, 0.52, lit, 0.6)
            line = [(-0.3, 0.2), (-0.1, 0.42), (0.1, 0.26), (0.3, 0.45)]
            points = [stage.at(at + a * (-1) ** row, y + 0.72 * row + b, z) for a, b in line]
            stage.paper.stroke(points, 0.7, 0.7)


def wall_mirror(stage: Stage, x: float, y: float, z: float) -> None:
    """A mirror in a frame, with its gleam, over a ledge."""
    stage.panel(x, y, z, 1.25, 1.3, named("brown"))
    stage.panel(x, y + 0.08, z, 1.09, 1.14, named("glass"))
    for a in (-0.3, -0.12):
        stage.paper.stroke([stage.at(x + a, y + 0.35, z), stage.at(x + a + 0.4, y + 0.95, z)], 0.7)
    stage.panel(x, y - 0.12, z, 1.5, 0.1, named("white"))
    for a, high in ((-0.45, 0.24), (-0.3, 0.16), (0.4, 0.2)):
        stage.panel(x + a, y - 0.02, z, 0.09, high, named("teal"), 0.6)


def big_window(stage: Stage, x: float, y: float, z: float) -> None:
    """Glass from wall to wall, a plane behind it."""
    upper, lower = SKY[stage.scene.time]
    stage.panel(x, y, z, 8.4, 2.3, mix(upper, lower, 0.6))
    stage.panel(x, y, z, 8.4, 0.5, named("asphalt"), 0.6)
    at = stage.at(x + 0.7, y + 0.75, z)
    draw_object(stage, "plane", at, stage.camera.scale(z) * 0.6, "", z, 1)
    for k in range(-3, 4):
        stage.paper.stroke([stage.at(x + 1.4 * k, y, z), stage.at(x + 1.4 * k, y + 2.3, z)], 1.4)


def board(stage: Stage, x: float, y: float, z: float) -> None:
    """A board with lines of writing: a menu, departures."""
    stage.panel(x, y, z, 2.6, 0.9, named("black"))
    for row in range(4):
        for a, wide in ((-1.15, 1.0), (0.35, 0.4), (0.95, 0.2)):
            base = y + 0.14 + 0.2 * row
            line = [stage.at(x + a, base, z), stage.at(x + a + wide, base, z)]
            stage.paper.band(line, named("cream"), 0.006)


def drawers(stage: Stage, x: float, y: float, z: float) -> None:
    """Rows of square steel doors with handles."""
    for row in range(3):
        for k in (-1.5, -0.5, 0.5, 1.5):
            stage.panel(x + k, y + 0.72 * row, z, 0.95, 0.68, named("silver"))
            handle = [stage.at(x + k + a, y + 0.72 * row + 0.34, z) for a in (-0.14, 0.14)]
            stage.paper.stroke(handle, 2.0)


def lockers(stage: Stage, x: float, y: float, z: float) -> None:
    """A row of narrow steel doors with slits."""
    for k in range(-5, 6):
        at = x + 0.46 * k
        stage.panel(at, y, z, 0.44, 1.9, named("teal"))
        for slit in (1.5, 1.58, 1.66):
            ends = [stage.at(at + a, y + slit, z) for a in (-0.12, 0.12)]
            stage.paper.stroke(ends, 0.6)
        stage.paper.dot(
            stage.at(at + 0.14, y + 0.95, z), 0.03 * stage.camera.scale(z), named("grey")
        )


def vault_door(stage: Stage, x: float, y: float, z: float) -> None:
    """A round door of steel with a wheel."""
    scale, at = stage.camera.scale(z), stage.at(x, y + 1.2, z)
    for radius, colour in ((1.25, "dark grey"), (1.1, "silver"), (0.85, "light grey")):
        stage.paper.dot(at, radius * scale, stage.tint(named(colour), z))
    for dx, dy in ((1, 0), (0, 1), (0.7, 0.7), (0.7, -0.7)):
        arm = [(at[0] + s * 0.42 * dx * scale, at[1] + s * 0.42 * dy * scale) for s in (-1, 1)]
        stage.paper.stroke(arm, 2.2)
    stage.paper.dot(at, 0.14 * scale, stage.tint(named("gold"), z))


def clothes_rail(stage: Stage, x: float, y: float, z: float) -> None:
    """Clothes on a rail."""
    rail = [stage.at(x + a, y + 1.6, z) for a in (-1.2, 1.2)]
    stage.paper.stroke(rail, 2.0)
    for k, colour in enumerate(("red", "navy", "beige", "teal", "grey", "violet")):
        at, high = x - 1.0 + 0.4 * k, 0.9 + 0.2 * (k % 2)
        hang = [(-0.05, 1.55), (0.05, 1.55), (0.17, 1.42), (0.2, 1.55 - high), (-0.2, 1.55 - high),
                (-0.17, 1.42)]  # fmt: skip
        stage.paper.shape(
            [[stage.at(at + a, y + b, z) for a, b in hang]], stage.tint(named(colour), z)
        )


def fish_tank(stage: Stage, x: float, y: float, z: float) -> None:
    """A wall of glass with water and fish behind it."""
    stage.panel(x, y, z, 7.6, 2.5, named("sea"))
    for k in range(7):
        at = stage.at(x - 3 + k, y + 0.5 + 0.55 * (k * 5 % 4), z)
        turn = 1 if k % 2 else -1
        name = "shark" if k == 3 else "fish"
        size = stage.camera.scale(z) * (0.8 if k == 3 else 2.4)
        draw_object(stage, name, at, size, "", z, turn)


def glass_wall(stage: Stage, x: float, y: float, z: float) -> None:
    """Panes in a frame up to a pointed roof."""
    stage.panel(x, y, z, 8, 2.6, named("glass"))
    for k in range(-5, 6):
        stage.paper.stroke([stage.at(x + 0.8 * k, y, z), stage.at(x + 0.8 * k, y + 2.6, z)], 1.2)
    for high in (0.9, 1.8):
        stage.paper.stroke([stage.at(x - 4, y + high, z), stage.at(x + 4, y + high, z)], 0.9)
    stage.paper.stroke([stage.at(x + a, y + b, z) for a, b in ((-4, 2.4), (0, 4), (4, 2.4))], 1.6)


def barn_door(stage: Stage, x: float, y: float, z: float) -> None:
    """Two wings with crossed beams, light between boards, a beam above."""
    for side in (-0.8, 0.8):
        stage.panel(x + side, y, z, 1.56, 2.7, named("light brown"))
        corners = ((-0.7, 0.1, 0.7, 2.6), (0.7, 0.1, -0.7, 2.6))
        for ax, ay, bx, by in corners:
            ends = [stage.at(x + side + ax, y + ay, z), stage.at(x + side + bx, y + by, z)]
            stage.paper.stroke(ends, 1.3)
    stage.panel(x, y + 3.1, z, 9, 0.3, named("brown"))


def bunting(stage: Stage, x: float, y: float, z: float) -> None:
    """A garland of small flags, and balloons."""
    spots = [(x - 3 + 0.5 * k, y - 0.35 * (1 - ((k - 6) / 6) ** 2)) for k in range(13)]
    stage.paper.stroke([stage.at(a, b, z) for a, b in spots], 0.8)
    for k, (a, b) in enumerate(spots):
        tone = stage.tint(named(("red", "gold", "teal")[k % 3]), z)
        flag = [stage.at(a - 0.14, b, z), stage.at(a + 0.14, b, z), stage.at(a, b - 0.32, z)]
        stage.paper.shape([flag], tone, 0.7)
    scale = stage.camera.scale(z)
    for a, b, colour in ((-2.6, -0.6, "blue"), (-2.3, -0.9, "red"), (2.5, -0.6, "green")):
        ball = oval(stage.at(x + a, y + b, z), 0.2 * scale, 0.25 * scale)
        stage.paper.shape([ball], stage.tint(named(colour), z), 0.8)


def one_way_mirror(stage: Stage, x: float, y: float, z: float) -> None:
    """A wide dark pane that shows those who sit before it nothing but themselves."""
    stage.panel(x, y, z, 3.0, 1.2, named("dark grey"))
    stage.panel(x, y + 0.07, z, 2.86, 1.06, (96, 104, 118))
    for a in (-0.9, -0.6, 0.7):
        stage.paper.stroke([stage.at(x + a, y + 0.2, z), stage.at(x + a + 0.5, y + 1.0, z)], 0.7)


def police_badge(stage: Stage, x: float, y: float, z: float) -> None:
    """A shield with a star."""
    shield = [(-0.45, 0.9), (0, 1.0), (0.45, 0.9), (0.4, 0.35), (0, 0), (-0.4, 0.35)]
    stage.paper.shape(
        [[stage.at(x + a, y + b, z) for a, b in shield]], stage.tint(named("navy"), z)
    )
    star = []
    for k in range(10):
        turn, r = math.pi * k / 5, 0.3 if k % 2 == 0 else 0.13
        star.append(stage.at(x + r * math.sin(turn), y + 0.55 + r * math.cos(turn), z))
    stage.paper.shape([star], stage.tint(named("gold"), z), 0.8)


def cell_bars(stage: Stage, x: float, y: float, z: float) -> None:
    """The barred front of a cell, dark behind."""
    stage.panel(x, y, z, 2.2, 2.2, (70, 72, 80))
    for k in range(-6, 7):
        bar = [stage.at(x + 0.17 * k, y, z), stage.at(x + 0.17 * k, y + 2.2, z)]
        stage.paper.band(bar, stage.tint(named("silver"), z), 0.005)
    for high in (0.05, 1.1, 2.15):
        bar = [stage.at(x - 1.1, y + high, z), stage.at(x + 1.1, y + high, z)]
        stage.paper.band(bar, stage.tint(named("silver"), z), 0.006)


def floor_numbers(stage: Stage, x: float, y: float, z: float) -> None:
    """The row of numbers over the doors of a lift, one of them lit."""
    stage.panel(x, y, z, 1.5, 0.2, named("black"))
    for k in range(7):
        at, scale = stage.at(x - 0.6 + 0.2 * k, y + 0.1, z), stage.camera.scale(z)
        stage.paper.dot(at, 0.06 * scale, named("lamp" if k == 4 else "grey"), 0.6)


def lift_buttons(stage: Stage, x: float, y: float, z: float) -> None:
    """The panel of buttons beside the doors."""
    stage.panel(x, y, z, 0.3, 0.8, named("light grey"))
    for row in range(4):
        for k in (-0.07, 0.07):
            spot = stage.at(x + k, y + 0.14 + 0.17 * row, z)
            stage.paper.dot(spot, 0.045 * stage.camera.scale(z), named("gold"), 0.6)


HANGINGS: dict[str, Callable[[Stage, float, float, float], None]] = {
    "screens": screens,
    "wall mirror": wall_mirror,
    "big window": big_window,
    "board": board,
    "drawers": drawers,
    "lockers": lockers,
    "vault door": vault_door,
    "clothes rail": clothes_rail,
    "fish tank": fish_tank,
    "glass wall": glass_wall,
    "barn door": barn_door,
    "bunting": bunting,
    "one way mirror": one_way_mirror,
    "police badge": police_badge,
    "cell bars": cell_bars,
    "floor numbers": floor_numbers,
    "lift buttons": lift_buttons,
}

"""What hangs on the back wall of a room: windows, shelves, boards, banners. A table by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from daemon.thumbs.objects import draw_object
from daemon.thumbs.palette import mix, named
from daemon.thumbs.panel.sky import GREY_SKY, SKY
from daemon.thumbs.stage import Stage


def window(
    stage: Stage, x: float, y: float, z: float, wide: float = 1.3, high: float = 1.25
) -> None:
    """A window with the sky of the hour in it, and curtains."""
    scene = stage.scene
    grey = scene.weather in ("rain", "storm", "fog", "snow")
    upper, lower = (GREY_SKY if grey else SKY)[scene.time]
    base = y + 0.95
    stage.panel(x, base - 0.06, z, wide + 0.14, high + 0.12, named("white"))
    stage.pale(z)
    half = wide / 2
    corners = ((-half, 0), (half, 0), (half, high), (-half, high))
    glass = [stage.at(x + a, base + b, z) for a, b in corners]
    stage.paper.shape([glass], mix(upper, lower, 0.4), 0.8)
    if scene.time == "night" and not grey:
        moon = stage.at(x + 0.3, base + high * 0.75, z)
        stage.paper.dot(moon, 0.09 * stage.camera.scale(z), (250, 244, 214), 0.5)
    stage.paper.stroke([stage.at(x, base, z), stage.at(x, base + high, z)], 1.1)
    stage.paper.stroke(
        [stage.at(x - half, base + high * 0.55, z), stage.at(x + half, base + high * 0.55, z)], 1.1
    )
    if grey and scene.weather in ("rain", "storm"):
        for k in range(7):
            a = x - half + wide * (k + 0.5) / 7
            drop = [stage.at(a, base + high * 0.9, z), stage.at(a - 0.06, base + high * 0.5, z)]
            stage.paper.stroke(drop, 0.6, 0.7)
    _curtains(stage, x, base, z, half, high)


def _curtains(stage: Stage, x: float, base: float, z: float, half: float, high: float) -> None:
    """On both sides of a window's middle `x`, from above its top to below its lower edge."""
    for sign in (-1, 1):
        a, b = sign * (half + 0.05), sign * (half + 0.3)
        cloth = [
            stage.at(x + p, q, z)
            for p, q in (
                (a * 0.86, base + high + 0.15),
                (b, base + high + 0.15),
                (b, base - 0.35),
                (a, base - 0.35),
                (a * 1.08, base + high * 0.5),
            )
        ]
        stage.paper.shape([cloth], stage.tint(named("dark red"), z), 0.8)


def shelves(stage: Stage, x: float, y: float, z: float) -> None:
    stage.panel(x, y, z, 2.4, 1.3, named("brown"))
    colours = ("green", "red", "cream", "teal", "gold")
    for row in range(3):
        base = y + 0.1 + 0.42 * row
        stage.paper.stroke([stage.at(x - 1.15, base, z), stage.at(x + 1.15, base, z)], 0.9)
        for k in range(9):
            stage.panel(
                x - 1.0 + 0.25 * k,
                base,
                z,
                0.12,
                0.2 + 0.05 * ((k * 7 + row) % 3),
                named(colours[(k + row) % 5]),
                0.5,
            )


def _flat(
    colour: str, wide: float, high: float, lines: Sequence[tuple[float, float, float, float]] = ()
) -> Callable[[Stage, float, float, float], None]:
    def draw(stage: Stage, x: float, y: float, z: float) -> None:
        stage.panel(x, y, z, wide, high, named(colour))
        for ax, ay, bx, by in lines:
            stage.paper.stroke([stage.at(x + ax, y + ay, z), stage.at(x + bx, y + by, z)], 0.8)

    return draw


def _rose(stage: Stage, x: float, y: float, z: float) -> None:
    scale = stage.camera.scale(z)
    at = stage.at(x, y + 1, z)
    stage.paper.dot(at, 1.0 * scale, named("light blue"))
    stage.paper.dot(at, 0.35 * scale, named("gold"))
    for dx, dy in ((1, 0), (0, 1), (0.7, 0.7), (0.7, -0.7)):
        stage.paper.stroke(
            [(at[0] - dx * scale, at[1] - dy * scale), (at[0] + dx * scale, at[1] + dy * scale)],
            0.7,
        )


def _porthole(stage: Stage, x: float, y: float, z: float) -> None:
    at, scale = stage.at(x, y + 1, z), stage.camera.scale(z)
    stage.paper.dot(at, 0.85 * scale, named("grey"))
    stage.paper.dot(at, 0.7 * scale, (16, 18, 40))
    for _k in range(12):
        stage.paper.dot(
            (
                at[0] + stage.chance.uniform(-0.45, 0.45) * scale,
                at[1] + stage.chance.uniform(-0.45, 0.45) * scale,
            ),
            0.004,
            (250, 250, 240),
            0,
        )


def _tiles(stage: Stage, x: float, y: float, z: float) -> None:
    """The tiled lower half of a wall."""
    stage.paper.pale = 0.5
    for k in range(7):
        a, b = stage.at(x - 4, y + 0.25 * k, z), stage.at(x + 4, y + 0.25 * k, z)
        stage.paper.stroke([a, b], 0.5, 0.7)
    for k in range(33):
        a, b = stage.at(x - 4 + 0.25 * k, y, z), stage.at(x - 4 + 0.25 * k, y + 1.5, z)
        stage.paper.stroke([a, b], 0.5, 0.6)


def _tools(stage: Stage, x: float, y: float, z: float) -> None:
    """Tools on hooks, over a workbench."""
    stage.panel(x, y, z, 2.2, 0.95, named("light brown"))
    scale = stage.camera.scale(z) * 1.75
    for k, name in enumerate(("saw", "hammer", "wrench", "pliers", "screwdriver")):
        at = stage.at(x - 0.85 + 0.42 * k, y + 0.2, z)
        draw_object(stage, name, at, scale * (0.8 if name == "saw" else 1.5), "", z, 1)


def _canvas(stage: Stage, x: float, y: float, z: float) -> None:
    """The slanting sides of a tent and the light of its entrance."""
    left, right, top = stage.at(x - 2.6, y, z), stage.at(x + 2.6, y, z), stage.at(x, y + 2.4, z)
    far = stage.half + 0.2
    shade = stage.tint(named("olive"), z)
    for sign, foot in ((-1, left), (1, right)):
        stage.paper.shape([[(sign * far, 1.1), (sign * far, -0.1), top, foot]], shade, 1.2)
    gap = [stage.at(x - 0.5, y, z), top, stage.at(x + 0.5, y, z)]
    stage.paper.shape([gap], SKY[stage.scene.time][1], 1.2)
    stage.paper.shape([[(-far, -0.1), (far, -0.1), top]], shade, 0.8)


ON_WALL: dict[str, Callable[[Stage, float, float, float], None]] = {
    "window": window,
    "shelves": shelves,
    "rose window": _rose,
    "porthole": _porthole,
    "cupboard": _flat("wood", 1.0, 0.8, ((0, 0, 0, 0.8),)),
    "blackboard": _flat("dark green", 3.0, 1.2, ((-1, 0.8, 0.2, 0.8), (-1, 0.55, 0.6, 0.55))),
    "cross sign": _flat("red", 0.16, 0.5, ((-0.25, 0.25, 0.25, 0.25),)),
    "bars window": _flat(
        "light blue", 0.9, 0.6, ((-0.25, 0, -0.25, 0.6), (0, 0, 0, 0.6), (0.25, 0, 0.25, 0.6))
    ),
    "banner": _flat("red", 0.9, 2.4, ((0, 2.2, 0, 0.4),)),
    "screen": _flat("white", 6.0, 2.6),
    "wall tiles": _tiles,
    "tools": _tools,
    "canvas": _canvas,
    "notice board": _flat("light brown", 1.5, 0.9, ((-0.5, 0.2, -0.2, 0.2), (0.1, 0.6, 0.5, 0.6))),
    "lift doors": _flat("silver", 1.5, 2.1, ((0, 0, 0, 2.1),)),
}
"""Pieces of a room on its back wall: x, y of the lower edge, z of the wall."""

"""Wild country: a cliff's edge, canyons, rapids, dunes, flats. A table by word.

Each painter takes the stage and the numbers that follow its word in `data/places.txt`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from daemon.thumbs.palette import mix, named
from daemon.thumbs.panel.backdrops import dunes
from daemon.thumbs.panel.grounds import sea
from daemon.thumbs.stage import Stage


def headland(stage: Stage, *_more: float) -> None:
    """The edge of high ground over the sea, and another cliff across the water."""
    sea(stage, 3.0)
    low, half = stage.camera.horizon, stage.half
    rock = stage.light.on(named("rock"), 0.3)
    stage.paper.pale = 0.35
    sign = 1 if stage.scene.seed % 2 else -1
    edge = min(0.97, stage.at(0, 0, stage.camera.distance + 3.0)[1])
    deep = edge - low
    face = ((1.1, -0.16), (0.62, -0.14), (0.52, -0.02), (0.55, deep * 0.5), (1.1, deep * 0.6))
    stage.paper.shape([[(sign * half * x, low + y) for x, y in face]], rock, 1.0)
    for k in (0.62, 0.74, 0.86):
        stage.paper.stroke(
            [(sign * half * k, low - 0.1), (sign * half * (k - 0.02), low + 0.05)], 0.7
        )
    brink = [(half * k / 6, edge + 0.02 * math.sin(k * 2.3)) for k in range(-7, 8)]
    stage.paper.pale = 0.1
    stage.paper.shape([[*brink, (2, 1.2), (-2, 1.2)]], stage.tint(named("grass")), 1.2)
    for x, y in brink[1:-1]:
        stage.paper.stroke([(x, y), (x + 0.02, y + 0.05)], 0.7)


def canyon_walls(stage: Stage, *_more: float) -> None:
    """Steep walls of rock in layers on both sides, one behind the other."""
    low, half, rock = stage.camera.horizon, stage.half, (196, 128, 92)
    for k, (foot, top, brow) in enumerate(
        ((0.16, 0.30, -0.02), (0.34, 0.52, -0.12), (0.56, 0.74, -0.2))
    ):
        stage.paper.pale = 0.45 - 0.15 * k
        tone = stage.light.on(mix(rock, (90, 60, 50), 0.12 * k), 0.4 - 0.15 * k)
        base = low + (1 - low) * 0.16 * k + 0.02
        for side in (-1, 1):
            face = [(top, brow), (top - 0.03, low * 0.35), (top - 0.08, low * 0.4)]
            face += [(foot + 0.06, low * 0.7), (foot + 0.03, low * 0.75), (foot, base)]
            face += [(1.2, base + 0.1 + 0.2 * k), (1.2, brow)]
            stage.paper.shape([[(side * half * x, y) for x, y in face]], tone, 1.1)
            for share in (0.3, 0.55, 0.8):
                line = [
                    (foot + (top - foot) * (1 - share) + 0.02, low * share),
                    (1.1, low * share + 0.03),
                ]
                stage.paper.stroke([(side * half * x, y) for x, y in line], 0.6, 0.7)


def rapids(stage: Stage, *_more: float) -> None:
    """White water from bank to bank, with rocks."""
    stage.ground([(-4.4, 0.4), (4.4, 0.4), (3.6, 60), (-3.6, 60)], named("sea"), 0.9)
    for k in range(26):
        z = 1.5 + (k * 1.7) % 22
        x = stage.chance.uniform(-3.6, 3.6)
        size = stage.chance.uniform(0.3, 0.8)
        wave = ((-1, 0), (-0.4, 0.22), (0, 0.04), (0.5, 0.2), (1, 0))
        foam = [stage.at(x + size * a, b, z) for a, b in wave]
        stage.paper.band(foam, (246, 250, 252), 0.01)
        stage.paper.stroke(foam, 0.8, 0.8)


def cracks(stage: Stage, *_more: float) -> None:
    """A flat of dried salt or mud: a net of cracks to the horizon."""
    stage.paper.pale = 0.45
    z, row = 1.2, 0
    while z < 60:
        deep = 0.5 + 0.18 * z
        for k in range(-9, 10):
            x = (k + 0.5 * (row % 2)) * deep * 1.5
            side = [
                stage.at(x - deep * 0.75, 0, z),
                stage.at(x, 0, z - deep * 0.3),
                stage.at(x + deep * 0.75, 0, z),
            ]
            stage.paper.stroke([*side, stage.at(x + deep * 0.75, 0, z + deep * 0.6)], 0.5, 0.7)
        z, row = z + deep, row + 1


def great_dunes(stage: Stage, *_more: float) -> None:
    """Dunes as high as hills, each with a lit and a shaded side."""
    low, half = stage.camera.horizon, stage.half
    for k, (x, wide, high) in enumerate(((-0.7, 0.9, 0.17), (0.6, 1.0, 0.22), (0.0, 0.8, 0.11))):
        x, wide = x * half, wide * half
        top, left, right = (
            (x + 0.1 * wide, low - high),
            (x - wide, low + 0.03),
            (x + wide, low + 0.03),
        )
        bend = (x - 0.35 * wide, low - 0.42 * high)
        stage.paper.pale = 0.3 - 0.1 * k
        tone = stage.light.on((234, 206, 142), 0.4)
        stage.paper.shape(
            [[left, bend, top, (x + 0.55 * wide, low - 0.4 * high), right]], tone, 0.9
        )
        shade = [
            top,
            (x + 0.55 * wide, low - 0.4 * high),
            right,
            (x + 0.3 * wide, low + 0.03),
            (x, low - 0.4 * high),
        ]
        stage.paper.shape([shade], stage.light.on((196, 160, 104), 0.3), 0.7)
    dunes(stage)


def stream(stage: Stage, *_more: float) -> None:
    """A shallow river across the picture, round the subject's feet."""
    near, far = max(0.5, stage.camera.distance - 1.6), stage.camera.distance + 3.2
    bank = [(x, far + 0.4 * math.sin(x * 0.8)) for x in range(-40, 41, 2)]
    stage.ground([*bank, (60, near), (-60, near)], named("sea"), 0.9)
    for k in range(22):
        z = near + (far - near) * ((k * 7) % 22 + 0.5) / 22
        x = stage.chance.uniform(-1, 1) * stage.half / stage.camera.scale(z)
        wave = [
            stage.at(x + a, b, z) for a, b in ((-0.4, 0), (-0.15, 0.05), (0.1, 0), (0.35, 0.05))
        ]
        stage.paper.band(wave, (246, 250, 252), 0.006)
        stage.paper.stroke(wave, 0.8, 0.8)


def cone(stage: Stage, *_more: float) -> None:
    """A volcano: one broad mountain with its top off, and what glows in it."""
    low, half = stage.camera.horizon, stage.half
    x = half * (0.3 if stage.scene.seed % 2 else -0.3)
    top = max(0.06, low - 0.42)
    stage.paper.glow((x, top), 0.22, (255, 150, 70), 0.7)
    stage.paper.pale = 0.3
    flank = [(-0.75, low + 0.02), (-0.2, top + 0.06), (-0.1, top), (0.1, top), (0.2, top + 0.06)]
    body = [(x + a, b) for a, b in [*flank, (0.75, low + 0.02)]]
    stage.paper.shape([body], stage.light.on(named("rock"), 0.3), 1.1)
    for a, b, c in ((-0.06, 0.0, 0.16), (0.02, 0.01, 0.24), (0.07, 0.03, 0.13)):
        lava = [(x + a, top), (x + a + b, top + c * 0.5), (x + a + b * 2, top + c)]
        stage.paper.band(lava, (250, 120, 50), 0.014)
        stage.paper.stroke(lava, 0.8)


WILDS: dict[str, Callable[..., None]] = {
    "headland": headland,
    "canyonwalls": canyon_walls,
    "rapids": rapids,
    "cone": cone,
    "stream": stream,
    "cracks": cracks,
    "greatdunes": great_dunes,
}

"""What lies behind a scene out of doors: far shapes on the horizon. A table by word.

Each painter takes the stage and the numbers that follow its word in `data/places.txt`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from daemon.thumbs.palette import Colour, mix, named
from daemon.thumbs.panel.buildings import house_front
from daemon.thumbs.panel.sky import cloud, sky
from daemon.thumbs.paper import Point, oval
from daemon.thumbs.stage import Stage


def ridge(
    stage: Stage, height: float, bumps: float, colour: Colour, pale: float, jag: float = 0.0
) -> None:
    """A line of hills on the horizon, `height` in panel heights."""
    low, half = stage.camera.horizon, stage.half
    phase, points = stage.chance.uniform(0, 6), []
    for k in range(33):
        x = -half - 0.1 + (2 * half + 0.2) * k / 32
        wave = (
            0.55 + 0.3 * math.sin(x * bumps + phase) + 0.15 * math.sin(x * bumps * 2.3 + phase * 2)
        )
        tooth = stage.chance.uniform(-jag, jag)
        points.append((x, low - height * max(0.06, wave + tooth)))
    stage.paper.pale = pale
    stage.paper.shape(
        [[*points, (half + 0.1, low + 0.02), (-half - 0.1, low + 0.02)]],
        stage.light.on(colour, pale),
        0.9,
    )


def hills(stage: Stage, *_more: float) -> None:
    ridge(stage, 0.12, 2.6, (128, 160, 128), 0.62)
    ridge(stage, 0.06, 4.2, (122, 164, 96), 0.4)


def mountains(stage: Stage, size: float = 1.0, *_more: float) -> None:
    low, half = stage.camera.horizon, stage.half
    for row, pale in ((0, 0.68), (1, 0.5)):
        x = -half - 0.2
        while x < half + 0.1:
            wide = stage.chance.uniform(0.28, 0.46) * (1 if row == 0 else 0.8)
            high = wide * stage.chance.uniform(0.55, 0.8) * size * (1 if row == 0 else 0.6)
            peak = (x + wide * stage.chance.uniform(0.4, 0.6), low - high)
            stage.paper.pale = pale
            ends = ((x - 0.05, low + 0.02), (x + wide + 0.06, low + 0.02))
            stage.paper.shape(
                [[ends[0], peak, ends[1]]], stage.light.on((120, 128, 146), pale), 1.0
            )
            if row == 0 and size > 0.8:
                cap = [
                    _on(peak, ends[0], 0.32),
                    peak,
                    _on(peak, ends[1], 0.32),
                    _on(peak, (x + wide / 2, low), 0.22),
                ]
                stage.paper.shape([cap], stage.light.on((246, 248, 252), 0.3), 0.6)
            stage.paper.stroke([peak, _on(peak, (x + wide * 0.62, low), 0.6)], 0.6, 0.7)
            x += wide * 0.72


def _on(one: Point, other: Point, share: float) -> Point:
    return (one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share)


def mesas(stage: Stage, *_more: float) -> None:
    low = stage.camera.horizon
    for x, wide, high in ((-0.55, 0.24, 0.10), (0.42, 0.34, 0.14)):
        x *= stage.half
        top = [(x - wide / 2, low - high), (x + wide / 2, low - high)]
        stage.paper.pale = 0.55
        stage.paper.shape(
            [[(x - wide * 0.68, low + 0.01), *top, (x + wide * 0.68, low + 0.01)]],
            stage.light.on((190, 118, 84), 0.5),
            0.9,
        )


def dunes(stage: Stage, *_more: float) -> None:
    _swells(stage, (228, 200, 136))


def drifts(stage: Stage, *_more: float) -> None:
    _swells(stage, (228, 234, 242))


def _swells(stage: Stage, colour: Colour) -> None:
    low = stage.camera.horizon
    for k, share in enumerate((0.10, 0.26, 0.5)):
        y = low + (1 - low) * share
        points = []
        for j in range(17):
            x = -stage.half - 0.1 + (2 * stage.half + 0.2) * j / 16
            points.append(
                (
                    x,
                    y
                    - 0.03
                    * (1 + k * 0.5)
                    * math.sin(x * (3.0 - k * 0.6) + k * 2 + stage.scene.seed % 5),
                )
            )
        stage.paper.pale = 0.5 - 0.12 * k
        tone = stage.light.on(mix(colour, (150, 120, 90), 0.06 * k), 0.4 - 0.15 * k)
        stage.paper.shape([[*points, (stage.half + 0.2, 1.2), (-stage.half - 0.2, 1.2)]], tone, 0.8)


def skyline(stage: Stage, size: float = 1.0, *_more: float) -> None:
    low, x = stage.camera.horizon, -stage.half - 0.05
    while x < stage.half:
        wide = stage.chance.uniform(0.05, 0.13)
        high = stage.chance.uniform(0.05, 0.20) * size
        stage.paper.pale = 0.66
        tone = stage.light.on((150, 158, 172), 0.55)
        stage.paper.shape(
            [[(x, low + 0.02), (x, low - high), (x + wide, low - high), (x + wide, low + 0.02)]],
            tone,
            0.8,
        )
        lit = stage.scene.time in ("night", "dusk")
        for _ in range(int(size * 4) if lit else 0):
            at = (
                x + stage.chance.uniform(0.2, 0.8) * wide,
                low - stage.chance.uniform(0.1, 0.9) * high,
            )
            stage.paper.dot(at, 0.004, (255, 220, 130), 0)
        x += wide


def treeline(stage: Stage, far: float = 40.0, *_more: float) -> None:
    y = stage.at(0, 0, far)[1]
    size = stage.camera.scale(far) * 5
    x = -stage.half - size
    parts = []
    while x < stage.half + size:
        grow = stage.chance.uniform(0.6, 1.1)
        parts.append(oval((x, y - size * 0.42 * grow), size * 0.48, size * 0.5 * grow, 14))
        x += size * 0.62
    stage.pale(far)
    stage.paper.shape(parts, stage.tint(named("leaf"), far), 0.8)
    stage.paper.shape(
        [
            [
                (-stage.half - 1, y - size * 0.2),
                (stage.half + 1, y - size * 0.2),
                (stage.half + 1, y + 0.01),
                (-stage.half - 1, y + 0.01),
            ]
        ],
        stage.tint(named("leaf"), far),
        0,
    )


def forestwall(stage: Stage, *_more: float) -> None:
    low = stage.camera.horizon
    wall = stage.light.on((84, 124, 86), 0.5)
    stage.paper.pale = 0.5
    if low > 0:
        stage.paper.fade(0, low + 0.03, stage.light.on((110, 150, 100), 0.25), wall)
    for k in range(int(stage.half * 16)):
        x = stage.chance.uniform(-stage.half, stage.half)
        wide = stage.chance.uniform(0.006, 0.014)
        tone = stage.light.on((104, 96, 84), 0.45 + 0.02 * (k % 8))
        stage.paper.shape(
            [
                [
                    (x - wide, -0.05),
                    (x + wide, -0.05),
                    (x + wide, low + 0.03),
                    (x - wide, low + 0.03),
                ]
            ],
            tone,
            0.5,
        )


def frontage(stage: Stage, far: float = 22.0, height: float = 8.0, *_more: float) -> None:
    """A row of houses across the background."""
    z, x = (
        stage.camera.distance + far,
        -stage.half / stage.camera.scale(stage.camera.distance + far) - 3,
    )
    edge = -x
    while x < edge:
        wide = stage.chance.uniform(5, 8)
        house_front(stage, x, x + wide, z, height * stage.chance.uniform(0.8, 1.2))
        x += wide


def space(stage: Stage, *_more: float) -> None:
    paper = stage.paper
    paper.fade(0, 1, (10, 12, 28), (26, 24, 52))
    for _ in range(70):
        spot = (stage.chance.uniform(-stage.half, stage.half), stage.chance.uniform(0, 1))
        paper.dot(spot, stage.chance.uniform(0.0015, 0.0045), (240, 240, 236), 0)
    at = (stage.half * 0.55, 0.26)
    paper.glow(at, 0.3, (120, 160, 220), 0.4)
    paper.dot(at, 0.15, (92, 140, 190))
    paper.shape([oval((at[0] - 0.03, at[1] - 0.03), 0.07, 0.035, 14, 0.4)], (132, 172, 118), 0.5)


def clouds(stage: Stage, *_more: float) -> None:
    sky(stage)
    stage.paper.fade(
        0.3, 1.0, stage.light.on((190, 218, 240), 0), stage.light.on((240, 246, 250), 0)
    )
    for k in range(6):
        at = (stage.chance.uniform(-stage.half, stage.half), 0.55 + 0.09 * k)
        cloud(stage, at, 0.10 + 0.03 * k)


def void(stage: Stage, *_more: float) -> None:
    """No place was named: a horizon's hint and nothing more."""
    paper, y = stage.paper, stage.camera.horizon
    top = stage.light.on((246, 246, 244), 0)
    paper.fade(0, 1, top, stage.light.on((232, 231, 228), 0))
    floor = stage.at(0, 0, stage.camera.distance + 5)[1]
    if 0.1 < floor < 0.97 and y < floor:
        paper.pale = 0.6
        paper.stroke([(-stage.half * 0.96, floor), (stage.half * 0.96, floor)], 0.8, 0.8)


def crowdwall(stage: Stage, *_more: float) -> None:
    low = stage.camera.horizon
    stage.paper.fade(
        max(0, low - 0.3),
        low + 0.03,
        stage.light.on((150, 140, 140), 0.2),
        stage.light.on((120, 110, 116), 0.2),
    )
    stage.paper.pale = 0.5
    for row in range(4):
        y = low - 0.26 + row * 0.075
        x = -stage.half
        while x < stage.half:
            stage.paper.dot((x, y), 0.017, stage.light.on((206, 190, 178), 0.2), 0.5)
            x += stage.chance.uniform(0.035, 0.06)


def smoke(stage: Stage, *_more: float) -> None:
    for _k in range(3):
        x = stage.chance.uniform(-stage.half, stage.half)
        for j in range(5):
            at = (x + 0.03 * j, stage.camera.horizon - 0.05 - 0.09 * j)
            stage.paper.glow(at, 0.07 + 0.03 * j, (120, 118, 120), 0.5)


BACKDROPS: dict[str, Callable[..., None]] = {
    "hills": hills,
    "mountains": mountains,
    "mesas": mesas,
    "dunes": dunes,
    "drifts": drifts,
    "skyline": skyline,
    "treeline": treeline,
    "forestwall": forestwall,
    "frontage": frontage,
    "space": space,
    "clouds": clouds,
    "void": void,
    "crowdwall": crowdwall,
    "smoke": smoke,
}

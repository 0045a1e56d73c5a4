"""Parts of a body as large as an insert shows them: hands, eyes, an ear, feet; and a glove.

Knows no scenes but their figures' skin and what an insert is called.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from daemon.thumbs.grips import palm, skin_tone
from daemon.thumbs.palette import named
from daemon.thumbs.panel.closer import (
    draw_closed_eyes,
    draw_ear,
    draw_eye,
    draw_feet,
    draw_lips,
    draw_open_mouth,
    draw_pointing,
)
from daemon.thumbs.puppet import ring, tapered
from daemon.thumbs.stage import Stage


def _hand(stage: Stage) -> None:
    palm(stage, (0.0, 0.5))
    skin = skin_tone(stage)
    for dx, dy in ((-0.20, -0.12), (-0.19, -0.21), (-0.12, -0.28), (-0.02, -0.30)):
        stage.paper.shape([tapered((0.06, 0.52), (dx, 0.5 + dy), 0.06, 0.034)], skin, 1.2)
    stage.paper.shape([ring((0.07, 0.54), 0.12)], skin, 0)
    stage.paper.shape([tapered((0.12, 0.46), (0.17, 0.22), 0.05, 0.034)], skin, 1.2)


def _glove(stage: Stage) -> None:
    """A hand of cloth, open, and empty."""
    tone = stage.light.on(named("white"), 0, near=True)
    for dx, dy in ((-0.20, -0.12), (-0.19, -0.21), (-0.12, -0.28), (-0.02, -0.30)):
        stage.paper.shape([tapered((0.06, 0.52), (dx, 0.5 + dy), 0.07, 0.045)], tone, 1.3)
    stage.paper.shape([tapered((0.12, 0.46), (0.17, 0.22), 0.06, 0.045)], tone, 1.3)
    stage.paper.shape([ring((0.07, 0.54), 0.125)], tone, 0)
    stage.paper.shape([tapered((0.1, 0.6), (0.24, 0.86), 0.11, 0.13)], tone, 1.3)
    for k in (0, 1):
        x, y = 0.19 + 0.03 * k, 0.76 + 0.05 * k
        stage.paper.stroke([(x - 0.12, y + 0.06), (x + 0.12, y - 0.05)], 1.0)


def _open_hands(stage: Stage) -> None:
    skin = skin_tone(stage)
    cuff = stage.light.on(named("navy"), 0, near=True)
    for sign in (-1, 1):
        x, y = 0.36 * sign, 0.56
        arm = tapered((x + 0.10 * sign, y + 0.24), (x + 0.30 * sign, 1.25), 0.13, 0.19)
        stage.paper.shape([arm], cuff, 1.4)
        for k in range(4):
            tip = (x + (0.15 - 0.1 * k) * sign, y - 0.31 - 0.04 * (1.6 - abs(k - 1.6)))
            stage.paper.shape([tapered((x + 0.02 * sign, y), tip, 0.05, 0.038)], skin, 1.2)
        stage.paper.shape(
            [tapered((x, y + 0.05), (x - 0.26 * sign, y - 0.1), 0.06, 0.04)], skin, 1.2
        )
        stage.paper.shape([tapered((x, y), (x + 0.08 * sign, y + 0.22), 0.13, 0.10)], skin, 0)


def _two_hands(stage: Stage) -> None:
    skin = skin_tone(stage)
    cuff = stage.light.on(named("navy"), 0, near=True)
    other = stage.light.on(named("dark red"), 0, near=True)
    for sign, sleeve in ((-1, cuff), (1, other)):
        stage.paper.shape(
            [tapered((sign * 0.36, 0.62), (sign * 0.9, 0.86), 0.11, 0.15)], sleeve, 1.3
        )
        stage.paper.shape(
            [tapered((sign * 0.04, 0.5), (sign * 0.36, 0.62), 0.10, 0.085)], skin, 1.3
        )
    for k in range(4):
        stage.paper.shape(
            [tapered((0.07, 0.44 + 0.045 * k), (-0.11, 0.42 + 0.05 * k), 0.034, 0.028)], skin, 1.1
        )


def _eye(stage: Stage) -> None:
    paper, skin = stage.paper, skin_tone(stage)
    paper.pale = 0.0
    paper.shape([[(-4, -1), (4, -1), (4, 2), (-4, 2)]], skin, 0)
    for sign in (-1, 1):
        x = sign * min(0.46, stage.half * 0.5)
        lid = [
            (x - 0.25, 0.52),
            (x - 0.12, 0.40),
            (x + 0.05, 0.38),
            (x + 0.25, 0.5),
            (x + 0.1, 0.6),
            (x - 0.12, 0.61),
        ]
        paper.shape([lid], (248, 246, 242), 1.6)
        paper.dot((x, 0.49), 0.092, stage.light.on(named("brown"), 0, near=True), 1.2)
        paper.dot((x, 0.49), 0.042, (24, 24, 28), 0)
        paper.dot((x + 0.03, 0.455), 0.016, (250, 250, 250), 0)
        paper.stroke([lid[0], lid[1], lid[2], lid[3]], 3.0)
        paper.stroke([(x - 0.27 * 1, 0.27), (x, 0.20), (x + 0.27, 0.25)], 5.0)
    paper.stroke([(0.02, 0.5), (0.07, 0.86), (-0.03, 0.9)], 1.2, 0.7)


def _one_eye(stage: Stage) -> None:
    draw_eye(stage, skin_tone(stage))


def _ear(stage: Stage) -> None:
    draw_ear(stage, skin_tone(stage))


def _finger(stage: Stage) -> None:
    draw_pointing(stage, (-0.45, 0.4), skin_tone(stage))


PARTS: dict[str, Callable[[Stage], None]] = {
    "hand": _hand,
    "hands": _open_hands,
    "clasped hands": _two_hands,
    "glove": _glove,
    "eyes": _eye,
    "feet": draw_feet,
    "mouth": draw_lips,
    "open mouth": draw_open_mouth,
    "closed eyes": draw_closed_eyes,
    "closed eye": partial(draw_closed_eyes, many=1),
    "eye": _one_eye,
    "ear": _ear,
    "finger": _finger,
}

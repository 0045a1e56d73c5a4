"""Parts of a body as large as an insert shows them: a finger that points, one eye, an ear."""

from __future__ import annotations

from daemon.thumbs.events import doorway
from daemon.thumbs.grips import skin_tone
from daemon.thumbs.palette import Colour, mix, named
from daemon.thumbs.paper import Point, oval
from daemon.thumbs.puppet import ring, tapered
from daemon.thumbs.stage import Stage

_BESIDE = [(-4.0, -1.0), (4.0, -1.0), (4.0, 2.0), (-4.0, 2.0)]


def draw_pointing(stage: Stage, tip: Point, skin: Colour) -> None:
    """A hand from the lower right whose first finger ends at `tip`."""
    x, y = tip
    paper, cuff = stage.paper, stage.light.on(named("navy"), 0, near=True)
    paper.pale = 0.0
    paper.shape([tapered((x + 0.74, y + 0.30), (x + 1.3, y + 0.62), 0.135, 0.19)], cuff, 1.4)
    palm = [tapered((x + 0.44, y + 0.13), (x + 0.72, y + 0.29), 0.125, 0.105)]
    paper.shape([*palm, tapered((x + 0.40, y + 0.07), tip, 0.052, 0.036)], skin, 1.3)
    for k in range(3):  # those that are bent
        root, end = (
            (x + 0.42 + 0.03 * k, y + 0.13 + 0.06 * k),
            (x + 0.30 + 0.04 * k, y + 0.16 + 0.055 * k),
        )
        paper.shape([tapered(root, end, 0.045, 0.042)], skin, 1.2)
    paper.shape([tapered((x + 0.52, y + 0.04), (x + 0.34, y - 0.06), 0.046, 0.034)], skin, 1.2)
    nail = [oval((x + 0.01, y - 0.004), 0.022, 0.017)]
    paper.shape(nail, mix(skin, (255, 255, 255), 0.45), 0.6)


def draw_eye(stage: Stage, skin: Colour) -> None:
    """One eye, wide open, with its brow."""
    paper = stage.paper
    paper.pale = 0.0
    paper.shape([_BESIDE], skin, 0)
    lid = [(-0.62, 0.56), (-0.36, 0.34), (-0.02, 0.25), (0.32, 0.34), (0.62, 0.6)]
    low = [(0.30, 0.74), (-0.04, 0.79), (-0.36, 0.72)]
    paper.shape([[*lid, *low]], (248, 246, 242), 1.8)
    paper.dot((0.0, 0.51), 0.22, stage.light.on(named("brown"), 0, near=True), 1.4)
    paper.dot((0.0, 0.51), 0.105, (24, 24, 28), 0)
    paper.dot((0.07, 0.43), 0.04, (250, 250, 250), 0)
    paper.stroke(lid, 4.0)
    for k in range(6):  # lashes
        x = -0.5 + 0.2 * k
        y = 0.26 + 0.9 * (x * x) * 0.9
        paper.stroke([(x, y), (x * 1.15, y - 0.09)], 1.6)
    paper.stroke([(-0.66, 0.42), (-0.36, 0.2), (0.0, 0.13), (0.36, 0.2)], 1.0, 0.8)
    paper.stroke([(-0.7, 0.16), (-0.3, 0.0), (0.3, -0.01), (0.74, 0.14)], 7.0)


def draw_ear(stage: Stage, skin: Colour) -> None:
    """An ear at the side of a head, with hair above it."""
    paper = stage.paper
    paper.pale = 0.0
    paper.shape([_BESIDE], skin, 0)
    hair = stage.light.on(named("dark brown"), 0, near=True)
    paper.shape(
        [[(-4, -1), (4, -1), (4, 0.2), (0.5, 0.16), (0.1, 0.08), (-0.4, 0.24), (-4, 0.5)]], hair
    )
    shell = [*ring((0.04, 0.40), 0.25)]
    paper.shape([shell, tapered((0.06, 0.46), (-0.08, 0.78), 0.21, 0.10)], skin, 1.8)
    paper.stroke(
        [(-0.06, 0.74), (-0.02, 0.62), (0.1, 0.5), (0.14, 0.36), (0.04, 0.27), (-0.08, 0.34)], 1.3
    )
    paper.stroke([(-0.12, 0.48), (-0.04, 0.46), (-0.02, 0.54), (-0.08, 0.6)], 1.3)


def draw_feet(stage: Stage) -> None:
    paper = stage.paper
    floor = stage.light.on(mix(named("wood"), (255, 255, 255), 0.2), 0, near=True)
    paper.pale = 0.1
    paper.shape([[(-3, 0.4), (3, 0.4), (3, 1.2), (-3, 1.2)]], floor)
    if any(one.kind == "door" for one in stage.scene.things):
        doorway(stage)
    trousers, shoe = (
        stage.light.on(named("dark grey"), 0, near=True),
        stage.light.on((70, 52, 44), 0, near=True),
    )
    for x, y in ((0.24, 0.68), (-0.2, 0.8)):
        paper.shape([oval((x + 0.06, y + 0.05), 0.26, 0.05)], stage.light.on((120, 96, 78)), 0)
        paper.shape([tapered((x, y), (x + 0.2, y + 0.02), 0.085, 0.06)], shoe, 1.3)
        paper.shape([tapered((x - 0.02, y - 0.04), (x - 0.06, -0.2), 0.10, 0.13)], trousers, 1.3)


def draw_lips(stage: Stage) -> None:
    paper = stage.paper
    paper.shape([[(-4, -1), (4, -1), (4, 2), (-4, 2)]], skin_tone(stage), 0)
    red = stage.light.on((178, 84, 80), 0, near=True)
    paper.shape(
        [[(-0.34, 0.54), (-0.1, 0.44), (0, 0.47), (0.1, 0.44), (0.34, 0.54), (0, 0.56)]], red, 1.3
    )
    paper.shape([[(-0.34, 0.54), (0, 0.57), (0.34, 0.54), (0.14, 0.68), (-0.14, 0.68)]], red, 1.3)
    paper.stroke([(-0.1, 0.14), (-0.14, 0.22), (0, 0.27), (0.14, 0.22), (0.1, 0.14)], 1.3)


def draw_open_mouth(stage: Stage) -> None:
    """A mouth wide open, with teeth above."""
    paper = stage.paper
    paper.shape([[(-4, -1), (4, -1), (4, 2), (-4, 2)]], skin_tone(stage), 0)
    red = stage.light.on((178, 84, 80), 0, near=True)
    paper.shape([oval((0.0, 0.6), 0.38, 0.27)], red, 1.6)
    paper.shape([oval((0.0, 0.6), 0.31, 0.21)], (40, 26, 28), 1.0)
    paper.shape([[(-0.2, 0.445), (0.2, 0.445), (0.17, 0.5), (-0.17, 0.5)]], (248, 246, 242), 0.8)
    paper.stroke([(-0.1, 0.06), (-0.14, 0.14), (0, 0.19), (0.14, 0.14), (0.1, 0.06)], 1.3)


def draw_closed_eyes(stage: Stage, many: int = 2) -> None:
    """Lids that are shut, with their lashes."""
    paper, large = stage.paper, 1.0 if many > 1 else 2.2
    paper.pale = 0.0
    paper.shape([[(-4, -1), (4, -1), (4, 2), (-4, 2)]], skin_tone(stage), 0)
    for sign in (-1, 1)[:many]:
        x = sign * min(0.46, stage.half * 0.5) if many > 1 else 0.0
        lid = [(x + large * a, 0.5 + large * b) for a, b in
               ((-0.25, 0.0), (-0.13, 0.07), (0.0, 0.09), (0.13, 0.07), (0.25, 0.0))]  # fmt: skip
        paper.stroke(lid, 4.0)
        for a, b in lid:
            paper.stroke([(a, b), (a + (a - x) * 0.12, b + 0.07 * large)], 1.5)
        paper.stroke([(x - 0.27 * large, 0.27), (x, 0.20), (x + 0.27 * large, 0.25)], 5.0)
    if many > 1:
        paper.stroke([(0.02, 0.5), (0.07, 0.86), (-0.03, 0.9)], 1.2, 0.7)

"""Inserts: one thing large, on a table or in a hand."""

from __future__ import annotations

from daemon.thumbs.objects import draw_object
from daemon.thumbs.outlines import outlines
from daemon.thumbs.palette import SKINS, mix, named
from daemon.thumbs.paper import Point, oval
from daemon.thumbs.puppet import ring, tapered
from daemon.thumbs.stage import Stage


def draw_insert(stage: Stage) -> None:
    """The thing of the scene's insert."""
    scene, paper = stage.scene, stage.paper
    if scene.insert in PARTS:
        PARTS[scene.insert](stage)
        return
    thing = outlines()[scene.insert]
    colour = next((one.colour for one in scene.things if one.kind == scene.insert), "")
    left, low, right, high = thing.box
    room = 0.62 if scene.by_hand else 0.66
    unit = min(room * min(1.5, paper.aspect) / (right - left), room / (high - low))
    size = unit * 175
    middle = ((left + right) / 2 * unit, (low + high) / 2 * unit)
    if scene.by_hand:
        grip = (0.0, 0.56)
        at = (grip[0] - thing.grip[0] * unit, grip[1] + thing.grip[1] * unit)
        at = (at[0], min(at[1], 0.94 + low * unit))
        _palm(stage, grip)
        paper.pale = 0.0
        draw_object(stage, scene.insert, at, size, colour, 0.0, 1)
        _fingers(stage, grip)
        return
    if thing.where == "table" or thing.wide < 0.5:
        top = 0.44
        paper.pale = 0.1
        paper.shape(
            [[(-3, top), (3, top), (3, 1.2), (-3, 1.2)]],
            stage.light.on(named("wood"), 0, near=True),
        )
        for k in range(3):
            y = top + 0.12 + 0.17 * k
            paper.pale = 0.5
            paper.stroke([(-stage.half - 0.1, y), (stage.half + 0.1, y + 0.01)], 0.6, 0.7)
    at = (-middle[0], 0.52 + middle[1])
    wide = (right - left) * unit / 2
    paper.pale = 0.0
    paper.shape(
        [oval((0.02, at[1] - low * unit - 0.005), wide * 1.06, max(0.02, wide * 0.13))],
        stage.light.on((112, 92, 76), 0, near=True),
        0,
    )
    draw_object(stage, scene.insert, at, size, colour, 0.0, 1)


def _skin(stage: Stage) -> tuple[int, int, int]:
    figures = stage.scene.figures
    skin = figures[0].look.skin if figures else stage.scene.seed % 5
    return stage.light.on(SKINS[skin % len(SKINS)], 0, near=True)


def _palm(stage: Stage, at: Point) -> None:
    x, y = at
    cuff = stage.light.on(named("navy"), 0, near=True)
    end = (x + 0.52, y + 0.62)
    stage.paper.shape([tapered((x + 0.26, y + 0.30), end, 0.13, 0.18)], cuff, 1.4)
    stage.paper.shape(
        [tapered((x + 0.06, y + 0.06), (x + 0.25, y + 0.29), 0.125, 0.105)], _skin(stage), 1.3
    )


def _fingers(stage: Stage, at: Point) -> None:
    x, y = at
    skin = _skin(stage)
    for k in range(4):
        root = (x + 0.15 - 0.015 * k, y - 0.05 + 0.062 * k)
        tip = (x - 0.085 + 0.02 * k, y - 0.028 + 0.056 * k)
        stage.paper.shape([tapered(root, tip, 0.038, 0.031)], skin, 1.2)
        stage.paper.pale = 0.4
        stage.paper.stroke(
            [(tip[0] - 0.012, tip[1] - 0.018), (tip[0] - 0.016, tip[1] + 0.014)], 0.6
        )
        stage.paper.pale = 0.0
    stage.paper.shape([tapered((x + 0.13, y - 0.06), (x - 0.03, y - 0.13), 0.042, 0.03)], skin, 1.2)


# --- parts of a body: hands, eyes, feet -----------------------------------------------------------


def _hand(stage: Stage) -> None:
    _palm(stage, (0.0, 0.5))
    skin = _skin(stage)
    for dx, dy in ((-0.20, -0.12), (-0.19, -0.21), (-0.12, -0.28), (-0.02, -0.30)):
        stage.paper.shape([tapered((0.06, 0.52), (dx, 0.5 + dy), 0.06, 0.034)], skin, 1.2)
    stage.paper.shape([ring((0.07, 0.54), 0.12)], skin, 0)
    stage.paper.shape([tapered((0.12, 0.46), (0.17, 0.22), 0.05, 0.034)], skin, 1.2)


def _two_hands(stage: Stage) -> None:
    skin = _skin(stage)
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
    paper, skin = stage.paper, _skin(stage)
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


def _feet(stage: Stage) -> None:
    paper = stage.paper
    floor = stage.light.on(mix(named("wood"), (255, 255, 255), 0.2), 0, near=True)
    paper.pale = 0.1
    paper.shape([[(-3, 0.4), (3, 0.4), (3, 1.2), (-3, 1.2)]], floor)
    trousers, shoe = (
        stage.light.on(named("dark grey"), 0, near=True),
        stage.light.on((70, 52, 44), 0, near=True),
    )
    for x, y in ((0.24, 0.68), (-0.2, 0.8)):
        paper.shape([oval((x + 0.06, y + 0.05), 0.26, 0.05)], stage.light.on((120, 96, 78)), 0)
        paper.shape([tapered((x, y), (x + 0.2, y + 0.02), 0.085, 0.06)], shoe, 1.3)
        paper.shape([tapered((x - 0.02, y - 0.04), (x - 0.06, -0.2), 0.10, 0.13)], trousers, 1.3)


def _lips(stage: Stage) -> None:
    paper = stage.paper
    paper.shape([[(-4, -1), (4, -1), (4, 2), (-4, 2)]], _skin(stage), 0)
    red = stage.light.on((178, 84, 80), 0, near=True)
    paper.shape(
        [[(-0.34, 0.54), (-0.1, 0.44), (0, 0.47), (0.1, 0.44), (0.34, 0.54), (0, 0.56)]], red, 1.3
    )
    paper.shape([[(-0.34, 0.54), (0, 0.57), (0.34, 0.54), (0.14, 0.68), (-0.14, 0.68)]], red, 1.3)
    paper.stroke([(-0.1, 0.14), (-0.14, 0.22), (0, 0.27), (0.14, 0.22), (0.1, 0.14)], 1.3)


PARTS = {"hand": _hand, "hands": _two_hands, "eyes": _eye, "feet": _feet, "mouth": _lips}

"""Inserts in which something happens: a key in a lock, a lipstick at a mouth, a foot in a door."""

from __future__ import annotations

import math

from daemon.thumbs.grips import fingers, palm
from daemon.thumbs.objects import draw_object
from daemon.thumbs.outlines import outlines
from daemon.thumbs.palette import named
from daemon.thumbs.paper import Point, box
from daemon.thumbs.stage import Stage

FACED = {"lipstick": "mouth", "toothbrush": "mouth", "cigarette": "mouth", "spoon": "mouth",
         "harmonica": "mouth", "whistle": "mouth", "syringe": "", "comb": ""}  # fmt: skip
"""What is at a part of the face when it is used."""
TILTED = {"key": 90.0, "lipstick": -62.0, "toothbrush": -80.0, "cigarette": -70.0, "spoon": -60.0,
          "knife": -50.0, "screwdriver": -70.0, "syringe": -60.0, "match": -40.0}  # fmt: skip
"""How a thing leans in the hand that uses it, in degrees; its other end is towards the left."""
PENS = ("pen", "brush", "paintbrush", "pencil")
"""What stands on its tip, leaning, as it is outlined."""
FLAT = 0.4
"""Height by width of what things lie in."""


def container(stage: Stage, kind: str) -> Point:
    """What the thing of an insert is in or goes into, large at the left; where it goes in."""
    outline = outlines()[kind]
    left, low, right, high = outline.box
    wide, tall = right - left, high - low
    stage.paper.pale = 0.15
    if tall < FLAT * wide:
        unit = 1.9 * min(1.0, stage.half / 0.85) / wide
        at = (-(left + right) / 2 * unit, 0.80 + low * unit)
        draw_object(stage, kind, at, unit * 175, "", 0.0, 1)
        return (0.0, at[1] - (low + tall * 0.6) * unit)
    unit = min(0.84 / tall, 1.0 / wide)
    at = (-0.3 - (left + right) / 2 * unit, 0.52 + (low + high) / 2 * unit)
    draw_object(stage, kind, at, unit * 175, "", 0.0, 1)
    for piece in outline.pieces:
        what, spots = piece.parts[0]
        if piece.colour == "black" and what == "o":  # a hole
            return (at[0] + spots[0][0] * unit, at[1] - spots[0][1] * unit)
    return (-0.3, 0.55)


def at_handle(stage: Stage) -> None:
    """A hand on the handle of a door."""
    stage.paper.pale = 0.0
    draw_object(stage, "door handle", (-0.3, 0.60), 0.0125 * 175, "", 0.0, 1)
    palm(stage, (0.02, 0.44))
    fingers(stage, (0.02, 0.44))


def doorway(stage: Stage) -> None:
    """What somebody steps through, seen at the height of feet."""
    stage.paper.pale = 0.1
    tone = stage.light.on(named("wood"), 0, near=True)
    for sign in (-1, 1):
        x = sign * min(0.62, stage.half * 0.8)
        stage.paper.shape([box(x - 0.06, -0.1, x + 0.06, 0.62)], tone, 1.3)
    stage.paper.pale = 0.0


def turned(stage: Stage, at: Point, radius: float) -> None:
    """Two arcs round what turns."""
    for first in (200, 20):
        arc = [
            (at[0] + radius * math.cos(math.radians(a)), at[1] + radius * math.sin(math.radians(a)))
            for a in range(first, first + 80, 10)
        ]
        stage.paper.stroke(arc, 1.6, 0.8)
        (x, y), (px, py) = arc[-1], arc[-2]
        dx, dy = x - px, y - py
        head = [(x - dx - dy, y - dy + dx), (x, y), (x - dx + dy, y - dy - dx)]
        stage.paper.stroke(head, 1.6, 0.8)

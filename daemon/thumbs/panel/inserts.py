"""Inserts: one thing large, on a table or in a hand."""

from __future__ import annotations

from daemon.thumbs.events import FACED, PENS, TILTED, at_handle, container, turned
from daemon.thumbs.grips import at_work, fingers, other_hand, palm, skin_tone
from daemon.thumbs.objects import draw_object
from daemon.thumbs.outlines import Outline, outlines
from daemon.thumbs.palette import named
from daemon.thumbs.panel.body_parts import PARTS
from daemon.thumbs.panel.closer import draw_pointing
from daemon.thumbs.panel.writing import told
from daemon.thumbs.paper import Point, oval
from daemon.thumbs.stage import Stage
from daemon.thumbs.uses import ANIMALS, UPRIGHT_BEASTS

_FAR = ("fence", "table", "desk", "worktop", "window", "bed", "tree", "house")
"""What an insert is too near to show."""
MOST = 5
"""So many of a thing are drawn."""
_OFFERS = ("giving", "holding", "raising", "showing")
"""Poses of who has at no mouth what could be there."""
_NEAR = {
    "piano": "piano keys",
    "violin": "fiddle neck",
    "fiddle": "fiddle neck",
    "guitar": "fiddle neck",
    "cello": "fiddle neck",
}
"""What is seen of a thing from so near."""


def draw_insert(stage: Stage) -> None:
    """The thing of the scene's insert."""
    scene, paper = stage.scene, stage.paper
    if scene.insert in PARTS:
        PARTS[scene.insert](stage)
        return
    name = _NEAR.get(scene.insert, scene.insert) if _near(stage) else scene.insert
    if scene.by_hand and name == "door":
        at_handle(stage)
        return
    thing = outlines()[name]
    colour = next((one.colour for one in scene.things if one.kind == scene.insert), "")
    left, low, right, high = box = _shown(name)
    offered = any(one.held == name and one.pose in _OFFERS for one in scene.figures)
    if scene.into or (name in FACED and not scene.things[1:] and not offered):
        _event(stage, name, colour)
        return
    beyond = _beyond(stage)
    if scene.finger:
        _touched(stage, name, colour)
        return
    large = thing.where in ("ground", "water", "wall") or name != scene.insert
    room = (0.62 if scene.by_hand and not large else 0.66) * (0.8 if beyond else 1.0)
    unit = min(room * min(1.5, paper.aspect) / (right - left), room / (high - low))
    middle = ((left + right) / 2 * unit, (low + high) / 2 * unit)
    if scene.by_hand and not large:
        _gripped(stage, name, colour, unit, 0.16 if beyond else 0.0)
        return
    at = (-middle[0], 0.52 + middle[1])
    if _count(stage) > 1 and not scene.by_hand:
        _several(stage, name, colour)
        return
    if box == thing.box:
        _lying(stage, thing, at, unit)
    paper.pale = 0.0
    draw_object(stage, name, at, unit * 175, colour, 0.0, 1)
    _in_mouth(stage, name, at, unit)
    told(stage, name, at, unit)
    if scene.by_hand:
        at_work(stage)


def _count(stage: Stage) -> int:
    """How many of the thing of an insert there are."""
    found = (one.count for one in stage.scene.things if one.kind == stage.scene.insert)
    return min(MOST, next(found, 1))


def _several(stage: Stage, name: str, colour: str) -> None:
    """A row of them."""
    count = _count(stage)
    left, low, right, high = outlines()[name].box
    wide = (right - left) * 1.15
    unit = min(0.56 / (high - low), 1.6 * min(1.0, stage.half / 0.85) / (count * wide))
    if outlines()[name].where in ("table", "hand", "floor"):
        _table(stage)
    stage.paper.pale = 0.0
    for number in range(count):
        x = (number - (count - 1) / 2) * wide * unit - (left + right) / 2 * unit
        y = 0.58 + (low + high) / 2 * unit + 0.05 * (number % 2)
        draw_object(stage, name, (x, y), unit * 175, colour, 0.0, 1)
        told(stage, name, (x, y), unit)


def _in_mouth(stage: Stage, name: str, at: Point, unit: float) -> None:
    """What an animal has there, half as large as its head."""
    held = next((one.held for one in stage.scene.things if one.kind == name), "")
    if not held:
        return
    _, _, right, high = outlines()[name].box
    left, low, end, top = outlines()[held].box
    grow = 0.4 * high * unit / max(end - left, top - low)
    x, y = at[0] + right * 0.93 * unit, at[1] - high * 0.70 * unit
    draw_object(stage, held, (x, y + (top - low) * grow / 2), grow * 175, "", 0.0, 1)


def _lying(stage: Stage, thing: Outline, at: Point, unit: float) -> None:
    """What a thing stands or lies on, with its shadow."""
    left, low, right, _ = thing.box
    if thing.where == "table" or (thing.wide < 0.5 and thing.where != "wall"):
        _table(stage)
    stage.paper.pale = 0.0
    wide = (right - left) * unit / 2
    shade = oval((0.02, at[1] - low * unit - 0.005), wide * 1.06, max(0.02, wide * 0.13))
    stage.paper.shape([shade], stage.light.on((112, 92, 76), 0, near=True), 0)


def _near(stage: Stage) -> bool:
    """Whether it is seen from so near that hands are at it."""
    return stage.scene.by_hand or stage.scene.insert == "piano"


def _shown(name: str) -> tuple[float, float, float, float]:
    """The box of what is in the picture, in centimetres: of an animal its head."""
    thing = outlines()[name]
    left, low, right, high = thing.box
    if name == "watch":
        return (-8.0, -7.0, 8.0, 11.0)
    if name in ANIMALS and thing.high > 0.35 and name not in UPRIGHT_BEASTS:
        return (right * 0.25, high * 0.42, right, high)
    return left, low, right, high


def _event(stage: Stage, name: str, colour: str) -> None:
    """The thing where it is used: in what it goes into, or at the face."""
    scene, thing = stage.scene, outlines()[name]
    left, low, right, high = thing.box
    if scene.into:
        goal = container(stage, scene.into)
    else:
        PARTS[FACED[name] or "hand"](stage)
        goal = (0.0, 0.60)
    tilt = TILTED.get(name, 0.0)
    unit = 0.44 / max(high - low, (right - left) * 0.8)
    in_hand = scene.by_hand or bool(tilt) or name in PENS or thing.where == "hand"
    if not in_hand:
        at = (goal[0] - (left + right) / 2 * unit, goal[1] + (low + high) / 2 * unit)
        stage.paper.pale = 0.0
        draw_object(stage, name, at, unit * 175, colour, 0.0, 1)
        return
    reach = 0.30 if tilt else 0.12
    grip = (goal[0] + reach, goal[1] + 0.02)
    at = grip if tilt else (grip[0] - thing.grip[0] * unit, grip[1] + thing.grip[1] * unit)
    if name in PENS:  # its tip is at work
        at, grip = goal, (goal[0] + 8 * unit, goal[1] - 7 * unit)
    if tilt > 0:  # its lower end is at work
        at = (goal[0] + 4 * unit, goal[1])
        grip = (at[0] + 9 * unit, goal[1] + 0.02)
    palm(stage, grip)
    stage.paper.pale = 0.0
    draw_object(stage, name, at, unit * 175, colour, 0.0, 1, tilt=tilt)
    fingers(stage, grip)
    if name == "key":
        turned(stage, grip, 0.3)


def _gripped(stage: Stage, name: str, colour: str, unit: float, x: float) -> None:
    """The thing in a hand, or in two."""
    thing, scene, paper = outlines()[name], stage.scene, stage.paper
    left, low, right, _ = thing.box
    size = unit * 175
    grip = (x, 0.56)
    at = (grip[0] - thing.grip[0] * unit, grip[1] + thing.grip[1] * unit)
    at = (at[0], min(at[1], 0.94 + low * unit))
    palm(stage, grip)
    paper.pale = 0.0
    draw_object(stage, name, at, size, colour, 0.0, 1)
    _in_mouth(stage, name, at, unit)
    told(stage, name, at, unit)
    fingers(stage, grip)
    if scene.hands > 1:
        other_hand(stage, (at[0] + (left + right) / 2 * unit - 0.3, 0.5))


def _touched(stage: Stage, name: str, colour: str) -> None:
    """A finger at the thing."""
    left, low, right, high = outlines()[name].box
    if outlines()[name].where == "table":
        _table(stage)
    unit = min(0.9 / (right - left), 0.62 / (high - low))
    at = (-0.22 - (left + right) / 2 * unit, 0.46 + (low + high) / 2 * unit)
    stage.paper.pale = 0.0
    draw_object(stage, name, at, unit * 175, colour, 0.0, 1)
    draw_pointing(stage, (-0.2, 0.47), skin_tone(stage))


def _beyond(stage: Stage) -> bool:
    """What the thing is in, or goes into, behind it; whether there is such."""
    scene = stage.scene
    for one in scene.things:
        outline = outlines()[one.kind]
        if one.kind == scene.insert or outline.where not in ("ground", "wall") or one.kind in _FAR:
            continue
        left, low, right, high = outline.box
        unit = min(0.9 / (high - low), 1.2 / (right - left))
        stage.paper.pale = 0.25
        at = (-0.42 - (left + right) / 2 * unit, 0.96 + low * unit)
        draw_object(stage, one.kind, at, unit * 175, one.colour, 0.0, 1)
        stage.paper.pale = 0.0
        return True
    return False


def _table(stage: Stage) -> None:
    """What a small thing lies on."""
    paper, top = stage.paper, 0.44
    paper.pale = 0.1
    board = [(-3.0, top), (3.0, top), (3.0, 1.2), (-3.0, 1.2)]
    paper.shape([board], stage.light.on(named("wood"), 0, near=True))
    for k in range(3):
        y = top + 0.12 + 0.17 * k
        paper.pale = 0.5
        paper.stroke([(-stage.half - 0.1, y), (stage.half + 0.1, y + 0.01)], 0.6, 0.7)

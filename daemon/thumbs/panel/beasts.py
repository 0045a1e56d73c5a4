"""Animals at what they do: lying, sitting, running, rearing, with something in the mouth.

An outline stands; what an animal does bends it: a map of its points, in centimetres.
"""

from __future__ import annotations

from collections.abc import Callable

from daemon.thumbs.objects import draw_object
from daemon.thumbs.outlines import Outline, outlines
from daemon.thumbs.panel.spots import Spot
from daemon.thumbs.paper import Point
from daemon.thumbs.stage import Stage
from daemon.thumbs.uses import UPRIGHT_BEASTS

Warp = Callable[[float, float], tuple[float, float]]
LEGS = 0.44
"""How much of an animal's height is legs."""
TILTS = {"rearing": -34.0, "pulling": -9.0, "falling": 38.0, "jumping": -14.0}
"""How far forwards the whole animal leans, in degrees."""


def draw_beast(stage: Stage, spot: Spot) -> None:
    """An animal that does something, with what it holds."""
    thing = spot.thing
    outline = outlines()[thing.kind]
    scale = stage.camera.scale(spot.z)
    air = 0.9 * outline.high if thing.does in ("jumping", "flying") and not spot.up else 0.0
    up = spot.up + min(air, 1.1)
    if not spot.up:
        stage.shadow(spot.x, spot.z, outline.wide * 0.5 * spot.grow)
    stage.pale(spot.z)
    stage.paper.pale *= 0.7
    x, y = stage.at(spot.x, up, spot.z)
    size, tilt = scale * 1.75 * spot.grow, TILTS.get(thing.does, 0.0)
    unit = size / 175
    if thing.does == "rearing":  # on its hind legs
        x += outline.box[0] * 0.5 * unit * spot.turn
    warp = _warp(outline, thing.does)
    draw_object(
        stage, thing.kind, (x, y), size, thing.colour, spot.z, spot.turn, tilt=tilt, warp=warp
    )
    if thing.does == "asleep":
        _sleeps(stage, (x, y - outline.high * 0.75 * unit * 100), size)
    if thing.does in ("running", "pulling"):
        _rushes(stage, outline, (x, y), unit, spot.turn)
    if thing.held:
        _in_mouth(stage, spot, (x, y), unit, warp)


def _warp(outline: Outline, does: str) -> Warp | None:
    """How what it does bends the outline."""
    left, _, right, high = outline.box
    upright = outline.name in UPRIGHT_BEASTS
    legs = high * LEGS
    if does in ("lying", "asleep"):
        if upright:
            return lambda x, y: (y - high / 2, max(0.0, x - left))
        low = 0.30 * high if does == "asleep" else 0.0
        return lambda x, y: (x, _sunk(y, legs) - low * _ahead(x, right) * (y > legs))
    if upright:
        return None
    if does == "sitting":
        span = right * 0.6 - left
        return lambda x, y: (x, y * (1 - 0.52 * min(1.0, max(0.0, (right * 0.6 - x) / span))))
    if does == "eating":
        return lambda x, y: (x, y - max(0.0, y - 0.12 * high) * 0.72 * _ahead(x, right))
    if does == "howling":
        return lambda x, y: (x, y + 0.3 * (y - legs) * _ahead(x, right) * (y > legs))
    if does in ("running", "jumping"):
        return lambda x, y: (x + (0.62 if x > 0 else -0.62) * max(0.0, legs - y), y)
    if does == "walking":
        return lambda x, y: (x + _step(x, legs) * max(0.0, legs - y), y)
    return None


def _ahead(x: float, right: float) -> float:
    """0 at the shoulder, towards 1 at the nose."""
    return min(1.0, max(0.0, (x - 0.38 * right) / (0.4 * right)))


def _sunk(y: float, legs: float) -> float:
    """On its belly: legs are folded under it."""
    return y * 0.16 if y < legs else y - legs * 0.84


def _step(x: float, legs: float) -> float:
    """One leg of each pair forwards, the other backwards."""
    return 0.28 if int(abs(x) / (0.2 * legs)) % 2 else -0.2


def _in_mouth(stage: Stage, spot: Spot, at: Point, unit: float, warp: Warp | None) -> None:
    """What it holds or drags; what it eats lies before it."""
    thing = spot.thing
    outline, held = outlines()[thing.kind], outlines()[thing.held]
    left, low, right, high = outline.box
    mouth = (right * 0.95, high * 0.72)
    if thing.kind in UPRIGHT_BEASTS:
        mouth = (right * 0.8, high * 0.45)
    elif warp is not None:
        mouth = warp(*mouth)
    wide, tall = held.box[2] - held.box[0], held.box[3] - held.box[1]
    most = 0.75 * max(right - left, high - low)
    size = 175 * unit * min(2.2, max(0.6, 0.3 * most / max(wide, tall)))
    size = min(size, 175 * unit * most / max(wide, tall))
    on_ground = thing.does == "eating" or tall * size / 175 > mouth[1] * unit
    x, y = at[0] + mouth[0] * unit * spot.turn, at[1] - mouth[1] * unit
    if on_ground:
        x += spot.turn * wide * size / 175 * (0.1 if thing.does == "eating" else 0.42)
        draw_object(stage, thing.held, (x, at[1]), size, "", spot.z, spot.turn)
    else:
        y += tall * size / 175 * 0.5
        draw_object(stage, thing.held, (x, y), size, "", spot.z, spot.turn)


def _sleeps(stage: Stage, at: Point, size: float) -> None:
    """Three letters z, rising."""
    x, y = at
    for k in range(3):
        s = size * (0.022 + 0.010 * k)
        px, py = x + size * 0.075 * k, y - size * 0.085 * k
        stage.paper.stroke([(px - s, py - s), (px + s, py - s), (px - s, py + s), (px + s, py + s)])


def _rushes(stage: Stage, outline: Outline, at: Point, unit: float, turn: int) -> None:
    """Lines of speed behind it."""
    left, _, right, high = outline.box
    for k in range(3):
        y = at[1] - high * unit * (0.35 + 0.22 * k)
        x = at[0] + (left - 6 - 7 * (k % 2)) * unit * turn
        stage.paper.stroke([(x, y), (x - 0.22 * (right - left) * unit * turn, y)], 0.8, 0.8)

"""Draws things, animals and vehicles at any size, turn and light."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

from daemon.thumbs.outlines import Spots, outlines
from daemon.thumbs.palette import COLOURS, Colour, mix, named
from daemon.thumbs.paper import Point, oval
from daemon.thumbs.puppet import tapered
from daemon.thumbs.stage import Stage

Warp = Callable[[float, float], Point]


def draw_object(
    stage: Stage,
    name: str,
    at: Point,
    size: float,
    colour: str,
    z: float,
    turn: int,
    *,
    in_hand: bool = False,
    tilt: float = 0.0,
    warp: Warp | None = None,
) -> None:
    """Draw a thing with its base (or its grip) at a point of the paper; `size` is how high a grown
    person is there, `turn` 1 where it faces right and -1 left; `tilt`: its top leans forwards, in
    degrees; `warp` bends the outline, in centimetres."""
    if (thing := outlines().get(name)) is None:
        return
    unit = size / 175
    own = named(colour or thing.colour)
    weight = max(0.9, min(1.4, 0.6 + size * 0.5))
    place = _placing(at, thing.grip if in_hand else (0.0, 0.0), unit, turn, tilt, warp)
    for piece in thing.pieces:
        if piece.parts[0][0] == "l":
            spots = [place(s[0], s[1]) for s in piece.parts[0][1]]
            stage.paper.stroke(spots, max(0.35, piece.weight * weight))
            continue
        tone = stage.tint(_tone(piece.colour, own), z, near=True)
        parts = [
            made for kind, spots in piece.parts for made in _outline(kind, spots, place, unit, tilt)
        ]
        stage.paper.shape(parts, tone, weight)


def _placing(
    at: Point, base: Point, unit: float, turn: int, tilt: float, warp: Warp | None
) -> Warp:
    """Centimetres of an outline to the paper."""
    sine, cosine = math.sin(math.radians(tilt)), math.cos(math.radians(tilt))

    def place(x: float, y: float) -> Point:
        x, y = warp(x, y) if warp else (x, y)
        x, y = (x - base[0]) * unit, (y - base[1]) * unit
        if tilt:
            x, y = x * cosine + y * sine, y * cosine - x * sine
        return (at[0] + x * turn, at[1] - y)

    return place


def _outline(
    kind: str, spots: Spots, place: Callable[[float, float], Point], unit: float, tilt: float
) -> list[list[Point]]:
    if kind == "o" and tilt:
        (x, y), (wide, high) = spots
        return [[place(*spot) for spot in oval((x, y), wide, high, 20)]]
    if kind == "o":
        return [oval(place(*spots[0]), spots[1][0] * unit, spots[1][1] * unit, 20)]
    if kind == "b":
        return [
            tapered(place(a[0], a[1]), place(b[0], b[1]), a[2] * unit, b[2] * unit)
            for a, b in itertools.pairwise(spots)
        ]
    return [[place(s[0], s[1]) for s in spots]]


def _tone(colour: str, own: Colour) -> Colour:
    if colour == "-":
        return mix(own, (20, 20, 30), 0.28)
    if colour == "+":
        return mix(own, (255, 255, 255), 0.4)
    return own if colour == "*" else COLOURS[colour]

"""Places: sky, ground, walls and what stands about, drawn from far to near."""

from __future__ import annotations

import random

from daemon.thumbs.objects import draw_object
from daemon.thumbs.outlines import outlines
from daemon.thumbs.palette import named
from daemon.thumbs.panel.backdrops import BACKDROPS
from daemon.thumbs.panel.buildings import BUILDINGS
from daemon.thumbs.panel.fittings import FITTINGS
from daemon.thumbs.panel.grounds import GROUNDS
from daemon.thumbs.panel.hangings import HANGINGS
from daemon.thumbs.panel.rooms import AT, draw_room
from daemon.thumbs.panel.signs import draw_sign
from daemon.thumbs.panel.sky import sky
from daemon.thumbs.panel.walls import ON_WALL
from daemon.thumbs.panel.wilds import WILDS
from daemon.thumbs.panel.yards import YARDS
from daemon.thumbs.paper import box
from daemon.thumbs.place_table import Piece, Place
from daemon.thumbs.stage import Stage

LAYERS = {**BACKDROPS, **GROUNDS, **BUILDINGS, **YARDS, **WILDS}
ON_FLOOR = {**AT, **FITTINGS}
ON_THE_WALL = {**ON_WALL, **HANGINGS}
GLOWING = {"street lamp": 3.55, "floor lamp": 1.3, "lamp": 0.35, "fire": 0.4, "candle": 0.2,
           "lantern": 0.2, "fireplace": 0.4, "candles on a cake": 0.3}  # fmt: skip
"""What gives light at night, and how high, in metres."""


def draw_place(stage: Stage, place: Place, skip: frozenset[str] = frozenset()) -> None:
    """Everything of a place but people and props; `skip` names things that the scene has itself."""
    distance = stage.camera.distance
    if place.indoors:
        draw_room(stage, place.ground, place.wall, *place.size)
    else:
        if place.name != "nowhere" or stage.scene.weather != "clear":
            sky(stage)
        snowy = stage.scene.weather == "snow" and place.ground not in ("sea", "black")
        stage.floor(named("snow" if snowy else place.ground))
        for name, numbers in place.layers:
            LAYERS[name](stage, *numbers)
    wall = distance + (place.size[1] if place.indoors else 20.0) - 0.02
    for piece in sorted(
        _scattered(stage, place), key=lambda one: -one.numbers[-1 if one.how == "@" else 0]
    ):
        if piece.name in skip:
            continue
        if piece.how == "^":
            _on_wall(stage, piece, wall)
        elif piece.how == "~":
            x, y, z = piece.numbers
            if piece.name.startswith('"'):
                draw_sign(stage, piece.name.strip('"'), x, y, z + distance)
                continue
            at = stage.at(x, y, z)
            draw_object(stage, piece.name, at, stage.camera.scale(z) * 1.75, "", z, 1)
    ground = [one for one in _scattered(stage, place) if one.how == "@" and one.name not in skip]
    for piece in sorted(ground, key=lambda one: -one.numbers[1]):
        x, z = piece.numbers
        if piece.name in ON_FLOOR:
            ON_FLOOR[piece.name](stage, x, z + distance)
        elif piece.name == "trunk":
            _trunk(stage, x, z + distance)
        else:
            stand(stage, piece.name, x, z + distance, turn=-1 if x > 0 else 1)


def stand(
    stage: Stage,
    name: str,
    x: float,
    z: float,
    colour: str = "",
    turn: int = 1,
    size: float = 1.0,
    up: float = 0.0,
) -> None:
    """A thing on the ground with its shadow, or `up` metres above it."""
    if z < 0.5:
        return
    stage.pale(z)
    thing = outlines()[name]
    if thing.where != "sky" and not up:
        stage.shadow(x, z, thing.wide * 0.5 * size)
        stage.pale(z)
    stage.paper.pale *= 0.7
    at = stage.at(x, up, z)
    lift = 0.0 if thing.where != "sky" else 0.3
    draw_object(
        stage, name, (at[0], at[1] - lift), stage.camera.scale(z) * 1.75 * size, colour, z, turn
    )
    if thing.name in GLOWING and stage.scene.time in ("night", "dusk"):
        high = GLOWING[thing.name] + up
        stage.paper.glow(stage.at(x, high, z), 1.6 * stage.camera.scale(z), named("lamp"), 0.55)


def _scattered(stage: Stage, place: Place) -> list[Piece]:
    """The pieces with scattered ones at their places, the middle kept free."""
    chance, found = random.Random(stage.scene.seed * 7 + 3), []
    for piece in place.pieces:
        if piece.how != "*":
            found.append(piece)
            continue
        count, left, right, near, far = piece.numbers
        for _ in range(int(count)):
            x, z = chance.uniform(left, right), chance.uniform(near, far)
            x += (1.4 if x > 0 else -1.4) * (1 if abs(x) < 1.4 else 0)
            found.append(Piece(piece.name, "@", (x, z)))
    return found


def _on_wall(stage: Stage, piece: Piece, z: float) -> None:
    x, y = piece.numbers
    if piece.name.startswith('"'):
        draw_sign(stage, piece.name.strip('"'), x, y, z)
        return
    if piece.name in ON_THE_WALL:
        ON_THE_WALL[piece.name](stage, x, y, z)
        return
    stage.pale(z)
    draw_object(stage, piece.name, stage.at(x, y, z), stage.camera.scale(z) * 1.75, "", z, 1)


def _trunk(stage: Stage, x: float, z: float) -> None:
    """A tree so tall that only its trunk is seen."""
    stage.pale(z)
    stage.paper.pale *= 0.7
    scale, (px, py) = stage.camera.scale(z), stage.at(x, 0, z)
    wide = (0.2 + 0.12 * ((x * 7) % 1)) * scale
    tone = stage.tint(named("brown"), z)
    stage.paper.shape([box(px - wide, -0.1, px + wide, py)], tone)
    stage.paper.stroke(
        [(px - wide * 0.3, py - scale), (px - wide * 0.2, py - 2.4 * scale)], 0.5, 0.7
    )
    stage.paper.stroke(
        [(px + wide * 0.4, py - 1.6 * scale), (px + wide * 0.3, py - 3 * scale)], 0.5, 0.7
    )

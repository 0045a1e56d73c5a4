"""Patterned grounds to words, by drawing what they might be: plain, striped, dotted, gradient.

Every pattern in every two colours is compared with the picture; the one that lies nearest, with
every pixel's distance bounded so that the object counts little, is what the ground is.  What is
then far from it is the object.  Like `judge` it never sees a caption or the model.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from daemon.sketch.score import judge
from daemon.sketch.world import world
from daemon.sketch.world.draw import draw
from daemon.sketch.world.scenes import shrunk
from daemon.sketch.world.world import Picture

Pixels = NDArray[np.float32]
EDGE = 64  # pixels a side at which drawings are compared
#: The most that one pixel's distance counts: beyond it something else stands there.
MOST = 0.25
#: A pixel at least this far from the ground is part of something.
DIFFERENT = 0.2


@dataclass(frozen=True)
class Ground:
    """A ground as seen, and the object on it (an empty colour and place: none)."""

    pattern: str
    one: str
    two: str
    colour: str
    place: str


@cache
def _candidates() -> tuple[tuple[Picture, ...], Pixels]:
    """Every ground, and its drawing as a row of values."""
    pairs = list(itertools.permutations(world.COLOURS, 2))
    plain = [Picture("single", ground=one) for one in world.COLOURS]
    patterned = [
        Picture("single", pattern=pattern, ground=one, ground2=two)
        for pattern in world.PATTERNS[1:]
        for one, two in pairs
    ]
    chosen = (*plain, *patterned)
    return chosen, np.stack([draw(p, EDGE, EDGE).permute(1, 2, 0).numpy() for p in chosen])


def see(image: Pixels) -> Ground:
    """What a picture of one object stands on; `image` is (h, w, 3) in 0..1, square."""
    small = shrunk(image, EDGE)
    chosen, drawn = _candidates()
    gaps = np.minimum(np.abs(drawn - small).mean(-1), MOST).mean((1, 2))
    best = int(gaps.argmin())
    mask = np.sqrt(((small - drawn[best]) ** 2).mean(-1)) > DIFFERENT
    parts = judge.components(mask)
    colour = place = ""
    if parts:
        colour, place = judge.colour_and_place(small, parts[0])
    found = chosen[best]
    return Ground(found.pattern, found.ground, found.ground2, colour, place)


def mark(picture: Picture, image: Pixels) -> dict[str, bool]:
    """What is right in a picture of one object on any ground."""
    seen, thing = see(image), picture.things[0]
    return {
        "pattern": seen.pattern == picture.pattern,
        "colours": (seen.one, seen.two) == (picture.ground, picture.ground2),
        "object's colour": seen.colour == thing.colour,
        "object's place": seen.place == thing.place,
    }

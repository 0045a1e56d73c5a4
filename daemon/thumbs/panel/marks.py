"""Marks beside a head that say from far what a face says from near, as roughs have them.

Rays of a shout, tears, drops of fear. A model that is given a drawing would take them for things.
"""

from __future__ import annotations

import math

from daemon.thumbs.panel.skull import Head
from daemon.thumbs.paper import Point, oval

LEAST = 0.016
"""A head smaller than this, in panel heights, has none."""


def draw_marks(head: Head) -> None:
    """What belongs to how somebody feels."""
    made = _MARKS.get(head.body.puppet.figure.expression)
    if made is not None and head.r > LEAST and head.body.stage.scene.lettered:
        made(head)


def _shout(head: Head) -> None:
    """Rays before the mouth, or on both sides of a face that looks at us."""
    aside = 1.0 if head.sine >= 0 else -1.0
    for way in (aside,) if abs(head.sine) > 0.4 else (-1.0, 1.0):
        for turn in (-26, 0, 26):
            _ray(head, (way * 0.55, -0.5), math.radians(turn), way, 0.95, 1.6)


def _start(head: Head) -> None:
    """Rays above the head."""
    for turn in (-48, -16, 16, 48):
        angle = math.radians(turn)
        spots = [(math.sin(angle) * far, 0.25 + math.cos(angle) * far) for far in (1.35, 1.75)]
        head.body.line([head.spot(*spot) for spot in spots], 1.3)


def _anger(head: Head) -> None:
    """A scribble above the head."""
    zigzag = [(-0.6 + 0.24 * k, 1.6 + (0.34 if k % 2 else 0.0)) for k in range(6)]
    head.body.line([head.spot(*spot) for spot in zigzag], 1.5)


def _tears(head: Head) -> None:
    """Down the cheeks that are seen."""
    if head.cosine < -0.35:
        return
    for lon in (-27, 27):
        if not head.seen(lon):
            continue
        for down in (-0.2, -0.52):
            x, y = head.on(lon, down)
            drop = oval((x, y), head.r * 0.05, head.r * 0.11, 10)
            head.body.shape([drop], head.body.lit("light blue"), 0.7)


def _sweat(head: Head) -> None:
    """Drops that fly off."""
    for x, y, lean in (
        (-1.25, 0.75, -0.16),
        (1.25, 0.75, 0.16),
        (-1.4, 0.2, -0.2),
        (1.4, 0.2, 0.2),
    ):
        head.body.line([head.spot(x, y), head.spot(x + lean, y + 0.24)], 1.4)


def _sleep(head: Head) -> None:
    """Two Z, the farther the larger."""
    x, y = head.spot(0, 0)
    for k, size in enumerate((0.42, 0.62)):
        left, top = x + head.r * (0.9 + 0.75 * k), y - head.r * (1.5 + 0.8 * k)
        wide = head.r * size
        spots: list[Point] = [(left, top), (left + wide, top), (left, top + wide),
                              (left + wide, top + wide)]  # fmt: skip
        head.body.line(spots, 1.3)


def _ray(head: Head, at: Point, turn: float, way: float, near: float, far: float) -> None:
    ends = [
        head.spot(at[0] + way * math.cos(turn) * r, at[1] + math.sin(turn) * r) for r in (near, far)
    ]
    head.body.line(ends, 1.4)


_MARKS = {
    "shouting": _shout,
    "surprised": _start,
    "angry": _anger,
    "sad": _tears,
    "afraid": _sweat,
    "asleep": _sleep,
}

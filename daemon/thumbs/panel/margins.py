"""Where in a panel there is room for a note: over no face, no hand and no letters.

Looks at who and what stands there; how a note is lettered `lettering` knows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from daemon.thumbs.outlines import outlines
from daemon.thumbs.panel.spots import Spot
from daemon.thumbs.panel.standing import Standing
from daemon.thumbs.paper import Box, Point, box
from daemon.thumbs.puppet import Puppet, puppet
from daemon.thumbs.scene import Note
from daemon.thumbs.stage import Stage

WIDEST = 0.92
"""The share of the panel's width that a line may have."""
EDGE = 0.016
ROWS, COLUMNS = 12, 9
NEAREST = 0.07
"""How near to a heart an arrow comes, in panel heights."""
SHORTEST = 0.05
"""An arrow shorter than this is hardly seen."""
HIDDEN = 0.0004
"""How much of faces, hands and letters a note may hide, in square panel heights."""
OWN, BODY, THING = 0.8, 1.2, 0.7
"""What it costs to be wholly over whom it is about, over others, over a thing."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody on the paper: what of them must be seen, all of them, and where an arrow ends."""

    parts: tuple[Box, ...]
    whole: Box
    head: Point
    heart: Point
    size: float

    def is_seen(self, half: float) -> bool:
        """Whether their head is in a panel so wide to each side."""
        return abs(self.head[0]) < half and 0 < self.head[1] < 1


# --- what is there --------------------------------------------------------------------------------


def seen_of(stage: Stage, one: Standing) -> Seen:
    """Somebody who stands on the stage, on the paper."""
    made = puppet(
        one.figure, stage.at(one.x, one.up, one.z), stage.camera.scale(one.z) * 1.75, one.yaw
    )
    (hx, hy), r = made.head, made.head_size
    head = _lands(
        stage, (hx - r, hy - (1.8 if one.figure.look.hat else 1.3) * r, hx + r, hy + 1.1 * r)
    )
    held = 0.1 if one.figure.held else 0.045
    hands = [
        _round(stage, made.at(joint), size * made.size)
        for joint, size in ((made.pose.right_hand, held), (made.pose.left_hand, 0.045))
    ]
    middle, heart = stage.paper.seen([made.head, _heart(made)])
    return Seen((head, *hands), _body(stage, made), middle, heart, made.size)


def _heart(made: Puppet) -> Point:
    (x, y), (nx, ny) = made.head, made.middle(*made.pose.neck)
    return (nx + 0.9 * (nx - x), ny + 0.9 * (ny - y))


def _body(stage: Stage, made: Puppet) -> Box:
    """All of somebody, arms and legs."""
    pose = made.pose
    spots = [made.head, made.feet, made.at(pose.left_hand), made.at(pose.right_hand)]
    wide = 0.13 * made.size
    xs, ys = [x for x, _ in spots], [y for _, y in spots]
    tall = min(ys) - made.head_size
    return _lands(stage, (min(xs) - wide * 0.6, tall, max(xs) + wide * 0.6, max(ys)))


def box_of(stage: Stage, one: Spot) -> Box:
    """A thing on the paper."""
    outline = outlines()[one.thing.kind]
    left, low, right, high = outline.box
    unit = stage.camera.scale(one.z) * 0.01 * one.grow
    x, y = stage.at(one.x, one.up, one.z)
    sides = sorted((x + left * unit * one.turn, x + right * unit * one.turn))
    return _lands(stage, (sides[0], y - high * unit, sides[1], y - low * unit))


def _round(stage: Stage, at: Point, r: float) -> Box:
    return _lands(stage, (at[0] - r, at[1] - r, at[0] + r, at[1] + r))


def _lands(stage: Stage, around: Box) -> Box:
    """Where a box of the drawing is on the paper, however that leans."""
    spots = stage.paper.seen(box(*around))
    xs, ys = [x for x, _ in spots], [y for _, y in spots]
    return (min(xs), min(ys), max(xs), max(ys))


# --- where there is room --------------------------------------------------------------------------


def room_for(
    stage: Stage,
    note: Note,
    about: Seen | None,
    near: Box | None,
    people: Sequence[Seen],
    things: Sequence[Box],
    taken: Sequence[Box],
    step: float,
) -> tuple[Box, list[str]] | None:
    """The best box for a note and its lines, right at what it is `near`; None where it would hide
    what must be seen."""
    lines = _lines(note.text, 2 * stage.half * WIDEST, step)
    wide = max(len(line) for line in lines) * 5 * step + 3 * step
    tall = len(lines) * 9 * step + 1.5 * step
    hard = [part for one in people for part in one.parts] + [_grown(one, step) for one in taken]
    best, chosen = None, math.inf
    at = near or (about.parts[0] if note.kind == "role" and about is not None else None)
    for spot in _spots(stage, note, at, wide, tall):
        hidden = sum(_overlap(spot, one) for one in hard)
        if hidden > HIDDEN:
            continue
        cost = _cost(note, spot, about, near, people)
        cost += sum((OWN if one is about else BODY) * _share(spot, one.whole) for one in people)
        cost += THING * sum(_share(spot, one) for one in things)
        if cost < chosen:
            best, chosen = spot, cost
    return (best, lines) if best is not None else None


def _lines(text: str, wide: float, step: float) -> list[str]:
    """One line for a deed, or two where the panel is too narrow for it."""
    if "\n" in text:
        return [line for part in text.split("\n") for line in _lines(part, wide, step)]
    if len(text) * 5 * step + 3 * step <= wide or " " not in text:
        return [text]
    words = text.split()
    best = min(range(1, len(words)), key=lambda k: abs(len(" ".join(words[:k])) * 2 - len(text)))
    return [" ".join(words[:best]), " ".join(words[best:])]


def _spots(stage: Stage, note: Note, at: Box | None, wide: float, tall: float) -> Iterator[Box]:
    """Everywhere it could stand: a place in the upper corners, all others on a grid."""
    room, high = 2 * stage.half - wide - 2 * EDGE, 1 - tall - 2 * EDGE
    if room < 0 or high < 0:
        return
    if at is not None:
        yield from _around(stage, at, wide, tall)
    columns = (0, COLUMNS - 1) if note.kind == "place" else range(COLUMNS)
    rows = (0,) if note.kind == "place" else range(ROWS)
    for column in columns:
        for row in rows:
            left = -stage.half + EDGE + room * column / (COLUMNS - 1)
            top = EDGE + high * row / (ROWS - 1)
            yield (left, top, left + wide, top + tall)


def _around(stage: Stage, at: Box, wide: float, tall: float) -> Iterator[Box]:
    """Right above a head or a thing, and beside it."""
    left, top, right, low = at
    middle, off = (left + right) / 2, 0.012
    for x in (
        middle - wide / 2,
        left - wide - off,
        right + off,
        left - wide * 0.8,
        right - wide * 0.2,
    ):
        for y in (top - tall - off, top + (low - top) * 0.2, top, low - tall):
            inside = -stage.half + EDGE <= x <= stage.half - EDGE - wide
            if inside and EDGE <= y <= 1 - EDGE - tall:
                yield (x, y, x + wide, y + tall)


def _cost(
    note: Note, spot: Box, about: Seen | None, near: Box | None, people: Sequence[Seen]
) -> float:
    """How far it is from where such a note belongs."""
    middle = ((spot[0] + spot[2]) / 2, (spot[1] + spot[3]) / 2)
    if note.kind == "place":
        return 0.02 * (middle[0] > 0)
    below = 1 - spot[3]
    if near is not None:
        return 2.0 * gap(spot, near) + 0.2 * abs(middle[0] - (near[0] + near[2]) / 2)
    if about is None:
        return below + 0.3 * abs(middle[0])
    start, end = arrow(spot, about)
    way = math.hypot(end[0] - start[0], end[1] - start[1])
    if note.kind == "role":
        return 2.0 * gap(spot, about.parts[0]) + 0.2 * abs(middle[0] - about.head[0])
    crossed = sum(_crosses(start, end, one.parts[0]) for one in people)
    alone = len(people) < 2 or _share(spot, about.whole) > 0.5
    short = (0.1 if alone else 0.4) * (way < SHORTEST)
    return 0.9 * way + 0.2 * below + 0.25 * (spot[1] < 0.12) + 3.0 * crossed + short


def _overlap(one: Box, other: Box) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    return wide * tall if wide > 0 and tall > 0 else 0.0


def _share(one: Box, other: Box) -> float:
    """How much of the first is on the second."""
    return _overlap(one, other) / max(1e-6, (one[2] - one[0]) * (one[3] - one[1]))


def gap(one: Box, other: Box) -> float:
    """How far two boxes are apart."""
    wide = max(one[0] - other[2], other[0] - one[2], 0.0)
    return math.hypot(wide, max(one[1] - other[3], other[1] - one[3], 0.0))


def _grown(one: Box, by: float) -> Box:
    return (one[0] - by, one[1] - by, one[2] + by, one[3] + by)


def arrow(spot: Box, about: Seen) -> tuple[Point, Point]:
    """From the nearest edge of a note to just before whoever it is about."""
    x, y = about.heart
    y = min(max(y, (spot[1] + spot[3]) / 2), y + 0.16 * about.size)
    start = (min(max(x, spot[0] + 0.02), spot[2] - 0.02), spot[1] if y < spot[1] else spot[3])
    if spot[1] <= y <= spot[3]:
        start = (spot[0] if x < spot[0] else spot[2], (spot[1] + spot[3]) / 2)
    way = math.hypot(x - start[0], y - start[1])
    stop = min(0.9, min(0.11 * about.size, NEAREST) / max(way, 1e-6))
    return start, (x + (start[0] - x) * stop, y + (start[1] - y) * stop)


def _crosses(start: Point, end: Point, head: Box) -> bool:
    """Whether an arrow goes over a face."""
    return any(
        head[0] < start[0] + (end[0] - start[0]) * k / 8 < head[2]
        and head[1] < start[1] + (end[1] - start[1]) * k / 8 < head[3]
        for k in range(1, 9)
    )

"""Notes lettered into a panel, as roughs have them: where there is room for one, and its arrow.

A note hides no face, no hand and no letters; where it would, it stands elsewhere or is left out.
Knows no words and no scenes but the notes of one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from daemon.thumbs.outlines import outlines
from daemon.thumbs.palette import Colour
from daemon.thumbs.paper import Point, box
from daemon.thumbs.puppet import Puppet, puppet
from daemon.thumbs.scene import Note
from daemon.thumbs.spots import Spot
from daemon.thumbs.stage import Stage
from daemon.thumbs.standing import Standing
from daemon.thumbs.writing import write_line

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in panel heights."""

STEP = 0.0068
"""A step of the letters' grid, in panel heights."""
LEAST_STEP = 1.5
"""The same in pixels: smaller letters can't be read."""
ROOM = {100: 0, 150: 1, 220: 2}
"""Below so many pixels in height there are so many notes at most."""
WIDEST = 0.92
"""The share of the panel's width that a line may have."""
EDGE = 0.016
PAPER: Colour = (252, 251, 247)
ROWS, COLUMNS = 12, 9
FORBIDDEN = 60.0
"""What a face or a hand under a note costs, against 1 for a panel height of distance."""
BODY, THING = 1.6, 0.9


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody on the paper: what of them must be seen, all of them, and where an arrow ends."""

    parts: tuple[Box, ...]
    whole: Box
    head: Point
    heart: Point
    size: float


def draw_notes(stage: Stage, standing: Sequence[Standing] = (), spots: Sequence[Spot] = ()) -> None:
    """The notes of the scene, each where it hides least; the most telling first."""
    notes = stage.scene.notes if stage.scene.lettered else ()
    height = stage.paper.size[1]
    most = next((count for least, count in ROOM.items() if height < least), len(notes))
    if not notes or not most:
        return
    people = [_seen(stage, one) for one in standing]
    things = [_box_of(stage, one) for one in spots if not one.sky]
    step = max(STEP, LEAST_STEP / height)
    taken = [*stage.lettered]
    kept = stage.paper.roll, stage.paper.lean
    for note in notes[:most]:
        who = _who(stage, note, standing)
        about = people[who] if who >= 0 else None
        if (found := _place(stage, note, about, people, things, taken, step)) is not None:
            stage.paper.roll = stage.paper.lean = 0.0
            _letter(stage, note, about, *found, step)
            stage.paper.roll, stage.paper.lean = kept
            taken.append(found[0])


def _who(stage: Stage, note: Note, standing: Sequence[Standing]) -> int:
    """The number of whoever it is about among those who stand there; -1 for nobody."""
    figures = stage.scene.figures
    if not 0 <= note.who < len(figures):
        return -1
    look, name = figures[note.who].look, figures[note.who].name
    same = (k for k, one in enumerate(standing) if (one.figure.look, one.figure.name) == (look, name))
    return next(same, -1)


# --- what is there --------------------------------------------------------------------------------


def _seen(stage: Stage, one: Standing) -> Seen:
    made = puppet(one.figure, stage.at(one.x, one.up, one.z), stage.camera.scale(one.z) * 1.75, one.yaw)
    (hx, hy), r = made.head, made.head_size
    head = _lands(stage, (hx - r, hy - 1.35 * r, hx + r, hy + 1.1 * r))
    held = 0.1 if one.figure.held else 0.045
    hands = [
        _round(stage, made.at(joint), size * made.size)
        for joint, size in ((made.pose.right_hand, held), (made.pose.left_hand, 0.045))
    ]
    return Seen(
        (head, *hands), _body(stage, made), *stage.paper.seen([made.head, _heart(made)]), made.size
    )


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


def _box_of(stage: Stage, one: Spot) -> Box:
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


def _place(
    stage: Stage,
    note: Note,
    about: Seen | None,
    people: Sequence[Seen],
    things: Sequence[Box],
    taken: Sequence[Box],
    step: float,
) -> tuple[Box, list[str]] | None:
    """The best box for a note and its lines; None where it would hide what must be seen."""
    lines = _lines(note.text, 2 * stage.half * WIDEST, step)
    wide = max(len(line) for line in lines) * 5 * step + 3 * step
    tall = len(lines) * 9 * step + 1.5 * step
    hard = [part for one in people for part in one.parts] + [_grown(one, step) for one in taken]
    best, least = None, FORBIDDEN * 0.0004
    chosen = math.inf
    for spot in _spots(stage, note, wide, tall):
        hidden = sum(_overlap(spot, one) for one in hard)
        if hidden * FORBIDDEN > least:
            continue
        cost = _cost(stage, note, spot, about, people)
        cost += BODY * sum(_share(spot, one.whole) for one in people)
        cost += THING * sum(_share(spot, one) for one in things)
        if cost < chosen:
            best, chosen = spot, cost
    return (best, lines) if best is not None else None


def _lines(text: str, wide: float, step: float) -> list[str]:
    """One line, or two where the panel is too narrow for it."""
    if len(text) * 5 * step + 3 * step <= wide or " " not in text:
        return [text]
    words = text.split()
    best = min(range(1, len(words)), key=lambda k: abs(len(" ".join(words[:k])) * 2 - len(text)))
    return [" ".join(words[:best]), " ".join(words[best:])]


def _spots(stage: Stage, note: Note, wide: float, tall: float) -> Iterator[Box]:
    """Everywhere it could stand: a place in the upper corners, all others on a grid."""
    room, high = 2 * stage.half - wide - 2 * EDGE, 1 - tall - 2 * EDGE
    if room < 0 or high < 0:
        return
    columns = (0, COLUMNS - 1) if note.kind == "place" else range(COLUMNS)
    rows = (0,) if note.kind == "place" else range(ROWS)
    for column in columns:
        for row in rows:
            left = -stage.half + EDGE + room * column / (COLUMNS - 1)
            top = EDGE + high * row / (ROWS - 1)
            yield (left, top, left + wide, top + tall)


def _cost(
    stage: Stage, note: Note, spot: Box, about: Seen | None, people: Sequence[Seen]
) -> float:
    """How far it is from where such a note belongs."""
    middle = ((spot[0] + spot[2]) / 2, (spot[1] + spot[3]) / 2)
    if note.kind == "place":
        return 0.02 * (middle[0] > 0)
    below = 1 - spot[3]
    if about is None:
        return below + 0.3 * abs(middle[0])
    start, end = _arrow(spot, about)
    way = math.hypot(end[0] - start[0], end[1] - start[1])
    if note.kind == "role":
        return 1.6 * math.hypot(middle[0] - about.head[0], middle[1] - about.head[1])
    crossed = sum(_crosses(start, end, one.parts[0]) for one in people)
    return 0.9 * way + 0.35 * below + 0.25 * (spot[1] < 0.12) + 3.0 * crossed


def _overlap(one: Box, other: Box) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    return wide * tall if wide > 0 and tall > 0 else 0.0


def _share(one: Box, other: Box) -> float:
    """How much of the first is on the second."""
    return _overlap(one, other) / max(1e-6, (one[2] - one[0]) * (one[3] - one[1]))


def _grown(one: Box, by: float) -> Box:
    return (one[0] - by, one[1] - by, one[2] + by, one[3] + by)


def _arrow(spot: Box, about: Seen) -> tuple[Point, Point]:
    """From the nearest edge of a note to just before whoever it is about."""
    x, y = about.heart
    start = (min(max(x, spot[0] + 0.02), spot[2] - 0.02), spot[1] if y < spot[1] else spot[3])
    if spot[1] <= y <= spot[3]:
        start = (spot[0] if x < spot[0] else spot[2], (spot[1] + spot[3]) / 2)
    way = math.hypot(x - start[0], y - start[1])
    stop = min(0.9, 0.11 * about.size / max(way, 1e-6))
    return start, (x + (start[0] - x) * stop, y + (start[1] - y) * stop)


def _crosses(start: Point, end: Point, head: Box) -> bool:
    """Whether an arrow goes over a face."""
    return any(
        head[0] < start[0] + (end[0] - start[0]) * k / 8 < head[2]
        and head[1] < start[1] + (end[1] - start[1]) * k / 8 < head[3]
        for k in range(1, 9)
    )


# --- drawing --------------------------------------------------------------------------------------


def _letter(
    stage: Stage, note: Note, about: Seen | None, spot: Box, lines: list[str], step: float
) -> None:
    """The note on a strip of bare paper, and its arrow."""
    paper = stage.paper
    paper.pale = 0.0
    paper.shape([box(*spot)], PAPER, 0)
    x = (spot[0] + spot[2]) / 2
    for number, line in enumerate(lines):
        write_line(stage, line, (x, spot[1] + (5.25 + 9 * number) * step), step)
    if note.kind == "place":
        paper.stroke([(spot[0], spot[3]), (spot[2], spot[3])], 0.8)
    if note.kind == "deed" and about is not None:
        _point(stage, *_arrow(spot, about))


def _point(stage: Stage, start: Point, end: Point) -> None:
    """A thin arrow."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    way = math.hypot(dx, dy)
    if way < 0.03:
        return
    dx, dy = dx / way, dy / way
    long = min(0.022, way * 0.5)
    barbs = [(end[0] - long * (dx * 0.9 - side * dy * 0.5), end[1] - long * (dy * 0.9 + side * dx * 0.5))
             for side in (-1, 1)]  # fmt: skip
    bow = (start[0] + dx * way / 2 - dy * way * 0.07, start[1] + dy * way / 2 + dx * way * 0.07)
    stage.paper.stroke([start, bow, end], 0.9)
    stage.paper.stroke([barbs[0], end, barbs[1]], 0.9)

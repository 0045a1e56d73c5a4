"""Notes lettered into a panel, as roughs have them: on bare paper, with an arrow to whom they are
about.

Where there is room for one `margins` finds; which notes there are `notes` says.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from daemon.thumbs.palette import Colour
from daemon.thumbs.panel.margins import Seen, arrow, box_of, gap, room_for, seen_of
from daemon.thumbs.panel.spots import Spot
from daemon.thumbs.panel.standing import Standing
from daemon.thumbs.panel.writing import write_line
from daemon.thumbs.paper import Box, Point, box
from daemon.thumbs.scene import Note
from daemon.thumbs.stage import Stage

STEP = 0.0068
"""A step of the letters' grid, in panel heights."""
LEAST_STEP = 1.5
"""The same in pixels: smaller letters can't be read."""
ROOM = {100: 0, 150: 1, 220: 2}
"""Below so many pixels in height there are so many notes at most."""
PAPER: Colour = (252, 251, 247)
FAR = 0.1
"""A word farther from its head than this has a line to it, in panel heights."""


def draw_notes(stage: Stage, standing: Sequence[Standing] = (), spots: Sequence[Spot] = ()) -> None:
    """The notes of the scene, each where it hides least; the most telling first."""
    notes = stage.scene.notes if stage.scene.lettered else ()
    height = stage.paper.size[1]
    most = next((count for least, count in ROOM.items() if height < least), len(notes))
    if not notes or not most:
        return
    people = [seen_of(stage, one) for one in standing]
    things = [box_of(stage, one) for one in spots if not one.sky]
    step = max(STEP, LEAST_STEP / height)
    taken = [*stage.lettered]
    kept = stage.paper.roll, stage.paper.lean
    for note in _joined(notes[:most]):
        who = _who(stage, note, standing)
        about = people[who] if who >= 0 else None
        if about is not None and len(people) > 1 and not about.is_seen(stage.half):
            continue  # nobody could tell whose deed it is
        near = _instead(stage, note, standing, spots)
        if (found := room_for(stage, note, about, near, people, things, taken, step)) is not None:
            stage.paper.roll = stage.paper.lean = 0.0
            _letter(stage, note, about, near, *found, step)
            stage.paper.roll, stage.paper.lean = kept
            taken.append(found[0])


def _joined(notes: Sequence[Note]) -> list[Note]:
    """Two deeds of one figure stand under each other, in their order."""
    made: list[Note] = []
    for one in notes:
        same = next((k for k, each in enumerate(made) if one.kind == "deed" == each.kind
                     and each.who == one.who), -1)  # fmt: skip
        if same >= 0:
            made[same] = replace(made[same], text=f"{made[same].text}\n{one.text}")
        else:
            made.append(one)
    return made


def _who(stage: Stage, note: Note, standing: Sequence[Standing]) -> int:
    """The number of whoever it is about among those who stand there; -1 for nobody."""
    figures = stage.scene.figures
    if not 0 <= note.who < len(figures):
        return -1
    look, name = figures[note.who].look, figures[note.who].name
    looks = [(one.figure.look, one.figure.name) for one in standing]
    return looks.index((look, name)) if (look, name) in looks else -1


def _instead(
    stage: Stage, note: Note, standing: Sequence[Standing], spots: Sequence[Spot]
) -> Box | None:
    """Where that is which is drawn instead of what a note names."""
    for one in spots:
        if note.what and one.thing.kind == note.what and not one.sky:
            return box_of(stage, one)
    for each in standing:
        if note.what and note.what in (each.figure.held, each.figure.also):
            return seen_of(stage, each).parts[1 if each.figure.held == note.what else 2]
    return None


def _letter(
    stage: Stage,
    note: Note,
    about: Seen | None,
    near: Box | None,
    spot: Box,
    lines: list[str],
    step: float,
) -> None:
    """The note on a strip of bare paper, and its arrow."""
    paper = stage.paper
    paper.pale = 0.0
    paper.shape([box(*spot)], PAPER, 0)
    x = (spot[0] + spot[2]) / 2
    for number, line in enumerate(lines):
        write_line(stage, line, (x, spot[1] + (5.25 + 9 * number) * step), step)
    if note.kind == "role" and about is not None and gap(spot, about.parts[0]) > FAR:
        _tie(stage, spot, about.parts[0])
    if near is not None and gap(spot, near) > FAR:
        _tie(stage, spot, near)
    if note.kind == "place":
        paper.stroke([(spot[0], spot[3]), (spot[2], spot[3])], 0.8)
    if note.kind == "deed" and about is not None:
        _point(stage, *arrow(spot, about))


def _tie(stage: Stage, spot: Box, to: Box) -> None:
    """A line to a head or a thing that is not right beside its word."""
    left, top, right, low = to
    x, y = (left + right) / 2, (top + low) / 2
    start = (min(max(x, spot[0]), spot[2]), min(max(y, spot[1]), spot[3]))
    end = (min(max(start[0], left), right), min(max(start[1], top), low))
    stage.paper.stroke([start, end], 0.8)


def _point(stage: Stage, start: Point, end: Point) -> None:
    """A thin arrow."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    way = math.hypot(dx, dy)
    if way < 0.025:
        return
    dx, dy = dx / way, dy / way
    long = min(0.028, way * 0.5)
    (x, y), ax, ay = end, 0.9 * long * dx, 0.9 * long * dy
    barbs = [(x - ax + side * ay * 0.55, y - ay - side * ax * 0.55) for side in (-1, 1)]
    bent = [
        (start[0] + dx * way * k - dy * way * k * (1 - k) * 0.24,
         start[1] + dy * way * k + dx * way * k * (1 - k) * 0.24)
        for k in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    ]  # fmt: skip
    stage.paper.stroke(bent, 0.9)
    stage.paper.stroke([barbs[0], end, barbs[1]], 0.9)

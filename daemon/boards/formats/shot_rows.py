"""The rows of a shot list as shots, one after the other, under headings that are known.

Knows nothing of how a file is cut into rows and cells.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from daemon.boards.formats import characters as cast
from daemon.boards.formats import columns
from daemon.boards.formats.columns import (
    ACTION,
    CAMERA,
    CHARACTERS,
    NOTES,
    PROMPT,
    SCENE,
    SHOT,
)
from daemon.errors import JobError
from daemon.jobfile import tree

MAX_ROWS = 10_000
_TOTAL = re.compile(
    r"(?:(?:grand |sub-?)?total\b|sum\b|summe\b|gesamt|somme\b|итого)(?!e)", re.IGNORECASE
)
"""How a row begins that counts the others up."""


LONG_SHOT = 60
"""Seconds; a timecode that says more was perhaps meant otherwise."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, and the line of the file in which it begins."""

    line: int
    cells: tuple[str, ...]


class ShotRows:
    """Gathers the shots of rows below the row `header`; `known` are the names in `cast/`, `first`
    some of the rows. Raises JobError for headings that can't stand together."""

    def __init__(self, header: Row, known: Collection[str], first: Sequence[Row] = ()) -> None:
        self.warnings: list[str] = []
        self._line = header.line
        self._headings = header.cells
        self._keys = columns.meant(header.cells, [row.cells for row in first])
        self._known = known
        self._scene: tree.Scalar | None = None
        self._shots: list[tree.Table] = []
        self._panels: list[str] = []
        self._strangers: dict[str, int] = {}
        self._timecode = ""
        self._check_headings()

    def take(self, row: Row) -> None:
        """A row as a shot, or as the heading of a scene. Raises JobError."""
        if len(self._shots) >= MAX_ROWS:
            raise JobError(
                f"The table has more than {MAX_ROWS:,} shots.",
                line=row.line,
                remedy="Make several boards of it.",
            )
        if row.cells == self._headings:  # again, as on each page of a print
            return
        said = self._said(row)
        panel = said.pop(columns.PANEL, [""])[0]
        notes, camera = said.pop(NOTES), said.pop(CAMERA)
        cells = {key: texts[0] for key, texts in said.items()}
        if set(cells) == {SCENE} and not notes and not camera:
            self._scene = tree.Scalar(cells[SCENE], row.line, cells[SCENE])
            return
        if PROMPT not in cells and ACTION in cells:
            cells[PROMPT] = cells.pop(ACTION)
        if PROMPT not in cells:
            if _TOTAL.match(next(filter(None, map(str.strip, row.cells)))):
                self.warnings.append(f"The total in line {row.line} was left aside.")
                return
            raise _no_prompt(cells.get(SHOT), row)
        cells[PROMPT] = ", ".join([*camera, cells[PROMPT]])
        if notes:
            cells[NOTES] = "\n".join(notes)
        items = {key: columns.value(key, text, row.line) for key, text in cells.items()}
        self._look_at_length(cells.get(columns.SECONDS, ""), items.get(columns.SECONDS), row.line)
        if isinstance(scene := items.get(SCENE, self._scene), tree.Scalar):
            items[SCENE] = self._scene = scene  # a cell merged over several rows is in its first
        if CHARACTERS in items:
            names = columns.names(cells[CHARACTERS], self._known)
            who = cast.known(names, self._known, self._strangers, row.line)
            items = {key: node for key, node in items.items() if key != CHARACTERS}
            items |= {CHARACTERS: who} if who else {}
        self._shots.append(tree.Table(items, row.line, dict.fromkeys(items, row.line)))
        self._panels.append(panel)

    def board(self) -> tree.Table:
        """All of them. Raises JobError for ids that clash, and where there is no shot."""
        if not self._shots:
            raise JobError(
                "The table holds headings and no shot.",
                line=self._line,
                remedy="Write a row for each shot below the headings.",
            )
        told = (*self.warnings, *cast.warnings(self._strangers))
        shots = _identified(self._with_panels_noted(), self._panels)
        return tree.Table({"shots": shots}, self._line, {"shots": self._line}, warnings=told)

    def _with_panels_noted(self) -> list[tree.Table]:
        """The shots; a panel that no id needs is a note, as `Frame: 120` may be a time."""
        ids = [_text_of(shot, SHOT) for shot in self._shots]
        if columns.PANEL not in self._keys or (_clash(ids) and _clash(_by_scene(self._shots, ids))):
            return self._shots
        heading = self._headings[self._keys.index(columns.PANEL)].strip()
        return [
            _with_note(shot, f"{heading}: {panel}") if panel else shot
            for shot, panel in zip(self._shots, self._panels, strict=True)
        ]

    def _look_at_length(self, text: str, length: tree.Node | None, line: int) -> None:
        """A timecode may end in frames; read in hours it makes a shot of a minute and more."""
        seconds = length.value if isinstance(length, tree.Scalar) else None
        if self._timecode or text.count(":") != 2 or not isinstance(seconds, int | float):
            return
        if seconds > LONG_SHOT:
            self._timecode = (
                f"`{tree.shown(text)}` in line {line} was read as hours, minutes and seconds: "
                f"{seconds:g} s. If it is minutes, seconds and frames, write seconds, such as 2.5."
            )
            self.warnings.append(self._timecode)

    def _check_headings(self) -> None:
        seen: dict[str, str] = {}
        for heading, key in zip(self._headings, self._keys, strict=True):
            if key is None or key in (CAMERA, NOTES):
                continue
            if key in seen:
                first, second = tree.shown(seen[key]), tree.shown(heading)
                raise JobError(
                    f"Two columns mean `{key}`: `{first}` and `{second}`.",
                    line=self._line,
                    remedy="Take one of them out, or give one the heading `notes`.",
                )
            seen[key] = heading
        self._tell_of_unknown(None, "Columns nobody knows went to `notes`")
        self._tell_of_unknown(CAMERA, "Columns nobody knows, of sizes, went before the prompt")

    def _tell_of_unknown(self, became: str | None, said: str) -> None:
        named = [
            f"`{tree.shown(heading)}`"
            for heading, key in zip(self._headings, self._keys, strict=True)
            if key == became and heading.strip()
            if became is None or columns.column(heading) is None
        ]
        if named:
            self.warnings.append(f"{said}: {', '.join(named[:8])}.")

    def _said(self, row: Row) -> dict[str, list[str]]:
        """What the row's cells say, by key. Unknown columns are notes, after their headings."""
        said: dict[str, list[str]] = {NOTES: [], CAMERA: []}
        for index, text in enumerate(map(str.strip, row.cells)):
            if not text:
                continue
            if index >= len(self._keys):
                raise _too_many(row, len(self._keys))
            key, heading = self._keys[index], self._headings[index].strip()
            if key is None:
                said[NOTES].append(f"{heading}: {text}" if heading else text)
            else:
                said.setdefault(key, []).append(text)
        return said


def _with_note(shot: tree.Table, note: str) -> tree.Table:
    text = "\n".join(filter(None, (_text_of(shot, NOTES), note)))
    items = {**shot.items, NOTES: tree.Scalar(text, shot.line, text)}
    return tree.Table(items, shot.line, {**shot.key_lines, NOTES: shot.line})


def _no_prompt(shot: str | None, row: Row) -> JobError:
    return JobError(
        f"{f'Shot {tree.shown(shot)}' if shot else 'This row'} has no prompt.",
        line=row.line,
        key=PROMPT,
        why="Nothing says what its picture shall show.",
        remedy="Write it into the column `prompt` (or `action`), or take the row out.",
    )


def _too_many(row: Row, headings: int) -> JobError:
    return JobError(
        f"This row has {len(row.cells)} cells, and there are {headings} headings.",
        line=row.line,
        why="A text with the sign in it that stands between cells must be in quotes.",
        remedy='Write it as "Anna, on the pier".',
    )


# --- ids ------------------------------------------------------------------------------------------


def _identified(shots: Sequence[tree.Table], panels: Sequence[str]) -> tree.Listing:
    """Shots under the ids they have. Numbers that begin anew in each scene are told apart by it,
    and several panels of one shot by theirs."""
    ids = [_text_of(shot, SHOT) for shot in shots]
    for apart in (list, lambda found: _by_panel(found, panels)):
        found = apart(ids)
        by_scene = _by_scene(shots, found)
        if not _clash(found) or not _clash(by_scene):
            ids = by_scene if _clash(found) else found
            break
    items: list[tree.Node] = []
    seen: dict[str, int] = {}
    for shot, name in zip(shots, ids, strict=True):
        if name and name in seen:
            raise tree.duplicate(name, seen[name], shot.line)
        own = {SHOT: tree.Scalar(name, shot.line, name)} if name else {}
        seen[name] = shot.line
        items.append(tree.Table({**shot.items, **own}, shot.line, shot.key_lines))
    return tree.Listing(tuple(items), shots[0].line)


def _clash(ids: Sequence[str]) -> bool:
    given = [name for name in ids if name]
    return len(set(given)) < len(given)


def _by_scene(shots: Sequence[tree.Table], ids: Sequence[str]) -> list[str]:
    """Ids with their scene before them, or its number where it is more than a word."""
    numbers: dict[str, str] = {}
    found = []
    for shot, name in zip(shots, ids, strict=True):
        scene = _text_of(shot, SCENE)
        short = scene if re.fullmatch(r"[\w-]{1,8}", scene) else ""
        prefix = numbers.setdefault(scene, short or str(len(numbers) + 1))
        found.append(f"{prefix}-{name}" if name else "")
    return found


def _by_panel(ids: Sequence[str], panels: Sequence[str]) -> list[str]:
    both = zip(ids, panels, strict=True)
    return [f"{name}-{panel}" if name and panel else name for name, panel in both]


def _text_of(shot: tree.Table, key: str) -> str:
    node = shot.items.get(key)
    return node.text if isinstance(node, tree.Scalar) else ""

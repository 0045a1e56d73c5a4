"""A shot list as CSV: a row for each panel, under headings that the reader of boards knows.

What is written here and dropped as a board asks for the same shots again, in the same words; `lost`
says why their pictures are others.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from daemon.boards.board import Shot, Take
from daemon.boards.formats import columns
from daemon.boards.keys import FROM, LIKE, PICK, TOLD
from daemon.boards.shot_list import MAX_ID
from daemon.export.reel import Panel, Reel
from daemon.fs.naming import fit

COLUMNS = (
    *(columns.SHOT, columns.SCENE, "title", columns.PROMPT, columns.CHARACTERS, columns.ACTION),
    *("dialogue", columns.SECONDS, "takes", PICK, LIKE, FROM, "seed", columns.NOTES),
)
_BOM = "\ufeff"
"""Without it Excel takes UTF-8 for something else."""


def table(reel: Reel) -> bytes:
    """The whole file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_of_board(reel.board.shots) if reel.board else _of_pictures(reel.panels))
    return (_BOM + text.getvalue()).encode("utf-8", "backslashreplace")


def lost(reel: Reel) -> list[str]:
    """What a table has no place for, in sentences."""
    shots = reel.board.shots if reel.board else ()
    varied = [shot.id for shot in shots if len({take.label for take in shot.takes}) > 1]
    said = []
    if varied:
        said.append(f"`vary` of shot {', '.join(varied[:8])} has no column; its first row stands")
    if reel.board:
        said.append(
            "style, the looks and words of the cast, aspect, presets and other keys of the board "
            "have no columns: the list, dropped as a board, makes other pictures. To hand on the "
            "board itself, copy its folder in boards/"
        )
    return said


def _of_board(shots: tuple[Shot, ...]) -> Iterator[Mapping[str, object]]:
    for shot in shots:
        row: dict[str, object] = {
            columns.SHOT: shot.id,
            columns.PROMPT: shot.written,
            columns.CHARACTERS: ", ".join(shot.who),
            "takes": len(first_row := _first_row(shot)),
            PICK: shot.pick if shot.pick and shot.pick <= len(first_row) else "",
        }
        if shot.follows:
            row[FROM if shot.follows.paints_over else LIKE] = shot.follows.shot
        yield row | {key: shot.told[key] for key in TOLD if key in shot.told}


def _first_row(shot: Shot) -> list[Take]:
    return [take for take in shot.takes if take.label == shot.takes[0].label]


def _of_pictures(panels: tuple[Panel, ...]) -> Iterator[Mapping[str, object]]:
    """Each as a shot of one take with the seed it had; one without a prompt says what it is
    called."""
    taken: set[str] = set()
    for panel in panels:
        name, number = _short(panel.name, ""), 1
        while name.casefold() in taken:
            number += 1
            name = _short(panel.name, f"-{number}")
        taken.add(name.casefold())
        yield {
            columns.SHOT: name,
            columns.PROMPT: panel.prompt or panel.name,
            columns.SECONDS: f"{panel.seconds:g}",
            "seed": "" if panel.seed is None else panel.seed,
            columns.NOTES: panel.told.get("notes", ""),
        }


def _short(name: str, tail: str) -> str:
    return fit(name[: MAX_ID - len(tail)], tail, limit=4 * MAX_ID)

"""Any file that may be a board, as the mapping with `shots` that a board.yaml is.

Chooses the reader by the name's ending; what a file is when it is no board, others say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import PurePath

from daemon.boards.formats import documents, fountain, shot_lines, spreadsheet, storyboarder
from daemon.boards.layers import Layers
from daemon.jobfile import tree
from daemon.jobfile.document import SPREADSHEETS, a_spreadsheet

Reader = Callable[[bytes, Collection[str]], tree.Table | None]

SCENE = ".storyboarder"

_READERS: dict[str, Reader] = {
    ".yaml": lambda data, _: documents.from_yaml(data),
    ".yml": lambda data, _: documents.from_yaml(data),
    ".json": lambda data, _: documents.from_json(data),
    ".txt": shot_lines.board_of_lines,
    ".csv": spreadsheet.board_of_rows,
    ".tsv": spreadsheet.board_of_rows,
    SCENE: lambda data, _: storyboarder.board_of_scene(data),
    ".fountain": fountain.board_of_screenplay,
    ".spmd": fountain.board_of_screenplay,
}

BOARD_SUFFIXES = tuple(_READERS)
"""Endings of files that may be boards."""


def board_table(
    data: bytes,
    file: str,
    characters: Collection[str] = (),
    *,
    sure: bool = False,
    layers: Layers | None = None,
) -> tree.Table | None:
    """The board in `data`, which came from a file named `file`; None for what may be a job, but is
    no board. `characters` are the names in the root's `cast/`: of the characters that a shot list
    or a screenplay names, those go with a shot. `sure`: by its place it can only be a board, so
    that a text of one line is a shot too; `layers` are those of a scene whose drawings are to be
    followed. Raises JobError and its kinds."""
    suffix = PurePath(file).suffix.lower()
    if suffix in SPREADSHEETS:
        raise a_spreadsheet(file)
    if sure and suffix == ".txt":
        return shot_lines.board_of_lines(data, characters, least=1)
    if suffix == SCENE:
        return storyboarder.board_of_scene(data, layers)
    reader = _READERS.get(suffix)
    return reader(data, characters) if reader else None

"""What a name on the command line means that is to be handed over or put away: a board, or a folder
of the outbox.

Opens a board only where its folder's name does not say who it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from daemon.boards.account import read_account
from daemon.boards.board import Board
from daemon.boards.board_file import BoardReader
from daemon.boards.folder import places
from daemon.errors import JobError, UsageError
from daemon.fs.naming import name_key
from daemon.plan.output_names import output_name
from daemon.plan.prepare import Preparer
from daemon.root.layout import Layout
from daemon.settings import Settings
from daemon.text.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class Subject:
    """`folder` of the outbox has its pictures; `board` and the file it was read from, if it is
    one."""

    name: str
    folder: Path
    board: Board | None = None
    file: Path | None = None


def find_subject(layout: Layout, reader: BoardReader, word: str, file: Path | None) -> Subject:
    """The board in `file`, if that is what `word` was found to name; else a board that calls itself
    so, else a project of the outbox. Raises UsageError, and JobError for a board that can't be
    read."""
    if file is not None:
        return _of_board(layout, reader, file)
    text = normalize("NFC", word).strip("/")
    for each in _boards(layout):
        if (found := _called(layout, reader, each, text)) is not None:
            return found
    folder = _project(layout, word, text)
    if folder is None:
        known = [*(each.parent.name for each in _boards(layout)), *_projects(layout)]
        guess = did_you_mean(text, list(dict.fromkeys(known)))
        raise UsageError(
            f"There is no board and no folder of the outbox called {word}. {guess}".strip()
        )
    return Subject(folder.relative_to(layout.outbox).as_posix(), folder)


def preparer_as_last(layout: Layout, settings: Settings) -> Preparer:
    """One that knows a board's pictures again: with the engine and the model that the last daemon
    was started with, which decide what a board asks for."""
    accounts = (read_account(layout, file.parent.name) for file in _boards(layout))
    last = next(filter(None, accounts), None)
    engine = (last.engine if last else "") or settings.engine
    return Preparer(layout, settings, engine=engine, model=(last.model if last else "") or None)


def boards(layout: Layout, reader: BoardReader) -> Iterator[Subject]:
    """Every board that can be read now."""
    for file in _boards(layout):
        try:
            yield _of_board(layout, reader, file)
        except (JobError, OSError):
            continue


def _of_board(layout: Layout, reader: BoardReader, file: Path) -> Subject:
    shown = file.relative_to(layout.root).as_posix() if _is_in(file, layout.root) else str(file)
    try:
        board = reader.board(file)
    except JobError as error:
        raise error if error.file else error.relocated(JobError, shown) from None
    return Subject(board.name, layout.outbox / output_name(board.name), board, file)


def _called(layout: Layout, reader: BoardReader, file: Path, text: str) -> Subject | None:
    """The board in `file`, if it calls itself so."""
    try:
        found = _of_board(layout, reader, file)
    except (JobError, OSError):
        return None
    names = (found.name, found.folder.name)
    return found if name_key(text) in map(name_key, names) else None


def _boards(layout: Layout) -> list[Path]:
    return [place.file for place in places(layout) or () if place.file is not None]


def _project(layout: Layout, word: str, text: str) -> Path | None:
    """A folder of the outbox, as it is spelt there."""
    typed = Path(os.path.abspath(word))  # noqa: PTH100
    if typed.is_dir() and _is_in(typed, layout.outbox) and typed != layout.outbox:
        return typed if not _is_hidden(typed.relative_to(layout.outbox)) else None
    parts = Path(text.removeprefix("outbox/")).parts
    if not parts or ".." in parts or Path(text).is_absolute():
        return None
    place = layout.outbox
    for part in parts:
        names = _folders(place)
        same = [name for name in names if name == part]
        alike = [name for name in names if name_key(name) == name_key(part)]
        if not (same or alike):
            return None
        place = place / (same or alike)[0]
    return place


def _projects(layout: Layout) -> list[str]:
    return _folders(layout.outbox)


def _folders(place: Path) -> list[str]:
    try:
        with os.scandir(place) as found:
            return sorted(e.name for e in found if e.is_dir() and not e.name.startswith("."))
    except OSError:
        return []


def _is_hidden(place: Path) -> bool:
    return any(part.startswith(".") for part in place.parts)


def _is_in(path: Path, folder: Path) -> bool:
    return path.is_relative_to(folder) or Path(os.path.realpath(path)).is_relative_to(
        os.path.realpath(folder)
    )

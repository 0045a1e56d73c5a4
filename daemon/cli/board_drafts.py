"""Boards among what `submit` is given: each checked as a whole, and dropped as a folder with the
pictures and lists that it names.

The folder appears in the inbox by one rename, complete; the daemon moves it on to boards/NAME/.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from daemon.boards.belongings import belongings
from daemon.boards.board_file import BoardReader
from daemon.boards.called import board_name
from daemon.boards.formats.board_table import BOARD_SUFFIXES
from daemon.boards.names import refused_name
from daemon.cli.check_board import BoardChecker, SeenShot
from daemon.cli.drafts import STANDARD_INPUT, from_input, read_input
from daemon.cli.printing import say_aside
from daemon.cli.running import engine_now
from daemon.errors import HotfolderError, JobError, SetupError, UsageError, unreadable
from daemon.fs import atomic, naming
from daemon.fs.read import read_regular
from daemon.jobfile import tree
from daemon.jobfile.document import SPREADSHEETS, a_spreadsheet, is_board_file
from daemon.plan.output_names import output_name
from daemon.plan.prepare import Preparer
from daemon.protocol.engines import DRY_RUN
from daemon.root.create import make_folder
from daemon.root.layout import Layout
from daemon.settings import Settings


@dataclass(frozen=True, slots=True)
class BoardDraft:
    """A board to be dropped under `name`, `data`, with what it needs of the `folder` in which it
    lies. `origin` is what the person called it."""

    origin: str
    name: str
    data: bytes
    folder: Path
    own: tuple[Path, ...]


def board_drafts(
    arguments: argparse.Namespace, layout: Layout, settings: Settings, options: Mapping[str, object]
) -> tuple[list[BoardDraft], list[str]]:
    """The boards among the files given, and the other words. Raises UsageError for a board that
    can't be made, or that is given with what is for jobs."""
    checker = _Checker(layout, settings)
    boards, others = [], []
    for word in arguments.file:
        file = Path(word)
        may_be = file.is_file() and file.suffix.lower() in (*BOARD_SUFFIXES, *SPREADSHEETS)
        if word == STANDARD_INPUT:
            draft = checker.piped(options.get("name"))
            given: Mapping[str, object] = {**options, "name": None}
        else:
            draft, given = checker.draft(word, file) if may_be else None, options
        if draft is None:
            others.append(word)
        else:
            _refuse_options(draft, arguments, given)
            boards.append(draft)
    return boards, others


def drop_board(layout: Layout, draft: BoardDraft) -> Path:
    """Put a board into the inbox, whole; returns where it lies. Raises OSError."""
    hidden = atomic.draft_beside(layout.inbox / draft.name)
    make_folder(layout, hidden)
    try:
        for path in draft.own:
            _copy(path, hidden / path.relative_to(draft.folder))
        atomic.write_new(hidden / draft.name, draft.data)
        while True:
            folder = naming.free_name(layout.inbox, Path(draft.name).stem)
            try:
                atomic.move_new(hidden, folder)
            except FileExistsError:
                continue
            return folder / draft.name
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        for each in sorted(source.iterdir()):
            if each.is_file() and not each.name.startswith("."):
                _copy(each, target / each.name)
        return
    atomic.copy_new(source.resolve(), target)


def _refuse_options(
    board: BoardDraft, arguments: argparse.Namespace, options: Mapping[str, object]
) -> None:
    shown = board.origin
    said = [key for key, value in options.items() if value is not None]
    if said:
        raise UsageError(
            f"{shown} is a board; options are for single jobs. Write {said[0]}: at its top, where "
            "it holds for every shot."
        )
    if arguments.project:
        raise UsageError(f"{shown} is a board, and a project of its own: leave --project out.")
    if arguments.wait:
        raise UsageError(
            f"{shown} is a board, which stays alive: leave --wait out, then `hotfolder wait "
            f"{board.name.rpartition('.')[0]}` waits for its pictures."
        )


class _Checker:
    """Reads boards as a daemon of one root would."""

    def __init__(self, layout: Layout, settings: Settings) -> None:
        self._any_model = Preparer(layout, settings, engine=DRY_RUN.name, model=None)
        engine = engine_now(layout, settings)
        self._own_model = Preparer(layout, settings, engine=engine, model=None)
        self._reader = BoardReader(layout, settings, self._any_model.models)

    def draft(self, word: str, file: Path) -> BoardDraft | None:
        """None for a job. Raises UsageError."""
        return self._judged(word, file, file.absolute().parent, board_name(file))

    def piped(self, name: object) -> BoardDraft | None:
        """What comes from standard input, to be called `name`, if it is a board. Raises
        UsageError."""
        draft = from_input(read_input())
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / draft.name
            file.write_bytes(draft.data)
            return self._judged(draft.origin, file, draft.folder, str(name or ""))

    def _judged(self, word: str, file: Path, folder: Path, name: str) -> BoardDraft | None:
        try:
            data = read_regular(file.resolve(), limit=tree.BOARD_BYTES + 1)
            if file.suffix.lower() in SPREADSHEETS:
                raise a_spreadsheet(file.name)
            is_board = self._reader.is_home(file) or is_board_file(data, file.name)
            return self._draft(word, file, data, folder, name) if is_board else None
        except (JobError, OSError) as error:
            raise UsageError(f"{word} was not dropped: {error}") from error
        except HotfolderError:
            raise
        except Exception as error:  # a file's content may not end a verb, as it ends no daemon
            raise UsageError(f"{word} was not dropped: {unreadable(error)}") from error

    def _draft(self, word: str, file: Path, data: bytes, folder: Path, name: str) -> BoardDraft:
        board = self._reader.board(file, folder=folder)
        for shot in BoardChecker(board, self._any_model, folder).seen().problems:
            assert shot.problem is not None
            raise shot.problem
        problems: Sequence[SeenShot] = ()
        with contextlib.suppress(SetupError):  # no model yet: not this file's fault
            problems = BoardChecker(board, self._own_model, folder).seen().problems
        for shot in problems[:1]:
            say_aside(f"{word} will fail with the model of the settings: {shot.problem}")
        called = output_name(name or board.name)
        for project in (called, output_name(board.name)):
            if (refused := refused_name(project)) is not None:
                raise refused
        called += file.suffix.lower()
        return BoardDraft(word, called, data, folder, tuple(belongings(file.absolute(), folder)))

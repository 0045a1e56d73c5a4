"""The files after `hotfolder render`, read and checked before anything is rendered.

Told apart as a drop would; what is wrong with one has the letter that `check` shows.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from daemon.boards.board_file import BoardReader
from daemon.cli.check_board import BoardChecker
from daemon.cli.checked_files import CheckedFile
from daemon.errors import HotfolderError, IsABoardError, JobError, UsageError, unreadable
from daemon.farm.shot_range import chosen_shots
from daemon.farm.wanted import Ask, ask_of_board, ask_of_job
from daemon.fs.read import read_file
from daemon.inbox.remedies import never_a_job
from daemon.plan.prepare import Preparer
from daemon.root.layout import AGAIN_SUFFIXES
from daemon.text.failure_letter import explain


class RenderFiles:
    """Reads as `home` reads, which knows the defaults and characters of somebody's root; pictures
    are looked for, and kept, by `preparer`. `shots` is what --shots says."""

    def __init__(
        self, home: Preparer, preparer: Preparer, boards: BoardReader, shots: str | None
    ) -> None:
        self._home = home
        self._preparer = preparer
        self._boards = boards
        self._shots = shots

    def ask(self, file: CheckedFile) -> Ask | str:
        """What a file asks for, or the letter that says why it can't be rendered. Raises UsageError
        for shots that are not there, SetupError."""
        try:
            return self._ask(file)
        except JobError as error:
            return _letter(file, error)
        except HotfolderError:
            raise
        except OSError as error:
            return f"{file.shown}: {error.strerror or error}\n"
        except Exception as error:  # whatever a file holds, it is told so
            return _letter(file, unreadable(error))

    def _ask(self, file: CheckedFile) -> Ask | str:
        if file.problem is not None:
            raise file.problem
        if file.is_drawing:
            return self._job(file)
        if not self._boards.is_home(file.path):
            remedy = never_a_job(file.path)
            if remedy is not None and file.path.suffix.lower() not in AGAIN_SUFFIXES:
                raise JobError(f"It is no job: {remedy.reason}.", remedy=remedy.remedy)
            with suppress(IsABoardError):
                return self._job(file)
        return self._board(file)

    def _board(self, file: CheckedFile) -> Ask | str:
        board = self._boards.board(file.path, folder=file.folder, beyond=file.above)
        ids = [shot.id for shot in board.shots]
        chosen = chosen_shots(self._shots, ids, board.name) if self._shots else frozenset(ids)
        ask = ask_of_board(board, chosen, file.folder)
        seen = BoardChecker(
            replace(board, shots=ask.board.shots), self._preparer, file.folder
        ).seen()
        problems = [_letter(file, shot.problem) for shot in seen.shots if shot.problem]
        return "\n".join(problems) if problems else ask

    def _job(self, file: CheckedFile) -> Ask:
        job = self._home.reader.job(
            file.path,
            name=file.path.name,
            project="",
            lists=self._home.lists(None, file.folder),
            beyond=file.above,
        )
        if self._shots:
            raise UsageError(f"{file.shown} is a job; --shots names the shots of boards.")
        stem = Path(file.shown).stem
        plan = self._preparer.foresee_job(job, name=stem, project="", folder=file.folder)
        return ask_of_job(job, [one.output for one in plan.pictures], stem, file.folder)


def _letter(file: CheckedFile, error: JobError) -> str:
    if file.is_drawing and not error.file:
        error.line = None  # of a job that nobody wrote
    source = None if file.is_drawing else _source(file.path)
    return explain(error, file=file.shown, source=source, dropped=False)


def _source(file: Path) -> bytes | None:
    try:
        return read_file(file)
    except OSError:
        return None

"""`hotfolder check`: what job files and boards would make, without rendering anything.

Reads what a drop would read: the defaults of the folders above, the pictures a job names, the card
of its model. What the words on the command line stand for, `checked_files` says.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from daemon.boards.board_file import BoardReader
from daemon.boards.homes import Homes
from daemon.boards.names import refused_name
from daemon.cli import check_board, check_job
from daemon.cli.check_board import BoardChecker, SeenBoard, count
from daemon.cli.checked_drawings import CheckedDrawings
from daemon.cli.checked_files import CheckedFile, checked_files
from daemon.cli.printing import say, say_json
from daemon.cli.running import engine_now
from daemon.cli.strange_words import strange_words
from daemon.cli.wake import named_root
from daemon.errors import ExitCode, HotfolderError, IsABoardError, JobError, UsageError, unreadable
from daemon.fs.read import read_file
from daemon.inbox.remedies import never_a_job
from daemon.plan.output_names import output_name
from daemon.plan.plan import Plan
from daemon.plan.prepare import Preparer
from daemon.root.layout import AGAIN_SUFFIXES
from daemon.root.status_file import read_status
from daemon.settings import read_settings
from daemon.text.duration import duration
from daemon.text.failure_letter import explain
from daemon.worker.pace import Pace

Answer = Plan | SeenBoard | HotfolderError | OSError


def check(arguments: argparse.Namespace) -> int:
    """Validate and plan every file; 1 if one of them would fail, 2 if there is no such file."""
    layout = named_root(arguments)
    settings = read_settings(layout.settings_file)
    engine = settings.engine if arguments.model else engine_now(layout, settings)
    preparer = Preparer(layout, settings, engine=engine, model=arguments.model)
    if arguments.show_drawing:
        preparer.show_drawings(Path.cwd())
    boards = BoardReader(layout, settings, preparer.models)
    homes = Homes(layout, boards)
    pace = Pace.from_json((read_status(layout) or {}).get("pace") or {})
    with ExitStack() as stack:
        drawings = CheckedDrawings(layout, preparer.reader, stack)
        files = checked_files(arguments.file, stack, drawings.of, layout)
        seen = []
        for file in files:
            answer = homes.left_lying(file.path) or foreseen(preparer, boards, file)
            if isinstance(answer, SeenBoard):
                answer = homes.twin(file.path, answer.board.name) or answer
            seen.append((file, answer))
            if not arguments.json:
                _tell(file, answer, pace)
                if shown := preparer.drawings_shown():
                    say(*(f"wrote {each.name}" for each in shown), "")
    if arguments.json:
        say_json([{"file": file.shown, **_found(answer, pace)} for file, answer in seen])
        return _code(seen)
    plans = [plan for _, answer in seen for plan in _plans(answer)]
    for text in strange_words(plans, preparer.models):
        say(f"warning: {text}", "")
    if len(seen) > 1:
        say(_total([answer for _, answer in seen], pace))
    return _code(seen)


def _code(seen: Sequence[tuple[CheckedFile, Answer]]) -> ExitCode:
    good = all(_is_good(answer) for _, answer in seen)
    return ExitCode.OK if good else ExitCode.FAILED


def _plans(answer: Answer) -> Iterator[Plan]:
    if isinstance(answer, Plan):
        yield answer
    elif isinstance(answer, SeenBoard):
        yield from (row.plan for shot in answer.told for row in shot.rows)


def _is_good(answer: Answer) -> bool:
    return isinstance(answer, Plan) or (isinstance(answer, SeenBoard) and not answer.problems)


def foreseen(preparer: Preparer, boards: BoardReader, file: CheckedFile) -> Answer:
    """The plan or the board, or what keeps it from being one: told apart as a drop would be. Raises
    UsageError for a part of a board that it doesn't have."""
    if file.problem is not None:
        return file.problem
    try:
        if file.is_drawing:
            return _foreseen_drawing(preparer, file)
        if not boards.is_home(file.path):
            if (ignored := _ignored(file.path)) is not None:
                return ignored
            with suppress(IsABoardError):
                return preparer.foresee(file.path, folder=file.folder, beyond=file.above)
        board = boards.board(file.path, folder=file.folder, beyond=file.above)
        if (refused := refused_name(output_name(board.name))) is not None:
            return refused
        seen = BoardChecker(board, preparer, file.folder).seen()
        return seen.only(file.part) if file.part else seen
    except UsageError:
        raise
    except (HotfolderError, OSError) as error:
        return error
    except Exception as error:  # a file's content may not end a check, as it ends no daemon
        return unreadable(error)


def _foreseen_drawing(preparer: Preparer, file: CheckedFile) -> Answer:
    try:
        return preparer.foresee(file.path, folder=file.folder, beyond=file.above)
    except JobError as error:
        if not error.file:
            error.line = None  # of a job that nobody wrote
        return error


def _ignored(file: Path) -> JobError | None:
    """What is said of a file that a drop would leave lying; a picture is meant to be made again."""
    remedy = None if file.suffix.lower() in AGAIN_SUFFIXES else never_a_job(file)
    if remedy is None:
        return None
    return JobError(f"It is ignored where it is dropped: {remedy.reason}.", remedy=remedy.remedy)


def _total(answers: Sequence[Answer], pace: Pace) -> str:
    """One line over all of them."""
    good = [answer for answer in answers if isinstance(answer, Plan | SeenBoard)]
    pictures = sum(_how_many(answer) for answer in good)
    bad = sum(1 for answer in answers if not _is_good(answer))
    warned = sum(1 for answer in good if _has_warnings(answer))
    parts = [f"{count(len(answers), 'file')}, {count(pictures, 'picture')}"]
    seconds = [_seconds(answer, pace) for answer in good]
    known = [each for each in seconds if each is not None]
    if known and len(known) == len(seconds):
        parts.append(f"about {duration(sum(known))} at the pace measured so far")
    parts.append(f"{count(bad, 'problem')}" + (f", {count(warned, 'warning')}" if warned else ""))
    return "; ".join(parts)


def _seconds(answer: Plan | SeenBoard, pace: Pace) -> float | None:
    return check_job.estimate(answer, pace) if isinstance(answer, Plan) else answer.seconds(pace)


def _how_many(answer: Plan | SeenBoard) -> int:
    return len(answer.pictures) if isinstance(answer, Plan) else answer.pictures


def _has_warnings(answer: Plan | SeenBoard) -> bool:
    return bool(answer.warnings) if isinstance(answer, Plan) else answer.has_warnings


def _found(answer: Answer, pace: Pace) -> dict[str, object]:
    if isinstance(answer, Plan):
        return {"ok": True, **check_job.facts(answer, pace)}
    if isinstance(answer, SeenBoard):
        return {"ok": _is_good(answer), **check_board.facts(answer, pace)}
    return {"ok": False, "why": str(answer)}


def _tell(file: CheckedFile, answer: Answer, pace: Pace) -> None:
    if isinstance(answer, Plan):
        say(*check_job.describe(file.shown, answer, pace), "")
    elif isinstance(answer, SeenBoard):
        say(*check_board.describe(file.shown, answer, pace), "")
    elif isinstance(answer, JobError):
        source = None if file.is_drawing else _source(file.path)
        letter = explain(answer, file=file.shown, source=source, dropped=False)
        say(*letter.rstrip("\n").split("\n"), "")
    else:
        why = answer.strerror if isinstance(answer, OSError) else str(answer)
        say(f"{file.shown}: {why}", "")


def _source(file: Path) -> bytes | None:
    try:
        return read_file(file)
    except OSError:
        return None

"""`hotfolder render`: boards and jobs once, into a folder, for a farm or a script; no inbox.

The whole daemon serves a root of its own for that time, or one that runs elsewhere is asked. A
signal ends it at the next step of a picture; what is in the folder by then is left out next time.
"""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from daemon.boards.board_file import BoardReader
from daemon.boards.key import TakeId
from daemon.cli.check_board import count
from daemon.cli.checked_drawings import CheckedDrawings
from daemon.cli.checked_files import checked_files
from daemon.cli.follow import served_within
from daemon.cli.printing import say, say_aside, say_error
from daemon.cli.render_files import RenderFiles
from daemon.cli.render_work import Place, Signals, see_through
from daemon.cli.running import engine_now
from daemon.cli.wake import arrived
from daemon.errors import ExitCode, JobError, NoDaemonError, UsageError
from daemon.farm.progress import FarmProgress
from daemon.farm.results import Named, Results
from daemon.farm.session import Session
from daemon.farm.wanted import Ask, WantedPicture, wanted_pictures
from daemon.farm.work_root import work_root, work_settings
from daemon.plan.prepare import Preparer
from daemon.root.layout import Layout, find_root
from daemon.settings import Settings, read_settings

STARTING = 3.0
"""Seconds in which a daemon that a farm has just started may come up."""


def render(arguments: argparse.Namespace) -> int:
    """Render what is missing; see the exit codes in the help."""
    signals = Signals()
    signals.catch()
    with ExitStack() as stack:
        home = _home(arguments)
        place = stack.enter_context(_place(arguments, home))
        preparer = Preparer(
            place.layout, place.settings, engine=place.engine, model=place.model,
            drafts=f"render{os.getpid()}",
        )  # fmt: skip
        asks = _asks(arguments, stack, home, place, preparer)
        if asks is None:
            return ExitCode.USAGE
        wanted = _wanted(asks, preparer)
        results = stack.enter_context(contextlib.closing(Results(Path(arguments.out).absolute())))
        chosen = [each for each in wanted.values() if each.is_chosen]
        results.claim(chosen)
        named = results.names(wanted)
        _check_followed(wanted, named)
        there = sum(named[each.id].is_there for each in chosen)
        progress = FarmProgress(arguments.progress, len(chosen), there, _say, say_aside)
        session = Session(
            place.layout, results, wanted, named, preparer, progress,
            partial(arrived, place.layout), say_error,
        )  # fmt: skip
        if not results.can_lock:
            say_aside(f"{results.folder} knows no locks: let no other render make the same shots.")
        if there < len(chosen):
            see_through(place, session, signals, progress)
        return _end(progress, session, len(chosen))


def _end(progress: FarmProgress, session: Session, total: int) -> int:
    if session.failed:
        progress.ended(f"not made: {session.failed} of {count(total, 'picture')}", good=False)
        return ExitCode.FAILED
    made = f"all there: {count(total, 'picture')}, {session.made} of them new"
    progress.ended(made, good=True)
    return ExitCode.OK


def _say(line: str) -> None:
    say(line, flush=True)


# --- what is asked for ----------------------------------------------------------------------------


def _home(arguments: argparse.Namespace) -> Layout:
    """The root whose settings, models and characters hold: that of the daemon, --root if it is one,
    else the usual one, if it is there."""
    if arguments.daemon:
        return Layout(find_root(arguments.daemon))
    given = Layout(find_root(arguments.root))
    return given if given.id_file.is_file() else Layout(find_root())


def _settings(arguments: argparse.Namespace, home: Layout) -> tuple[Settings, Path]:
    """The settings, and the folder that their relative ones are meant from."""
    if not arguments.settings:
        return read_settings(home.settings_file), home.root
    file = Path(arguments.settings).absolute()
    if not file.is_file():
        raise UsageError(f"--settings {arguments.settings}: there is no such file.")
    return read_settings(file), file.parent


@contextlib.contextmanager
def _place(arguments: argparse.Namespace, home: Layout) -> Iterator[Place]:
    """Where the work is done. Raises UsageError, SetupError, NoDaemonError."""
    if arguments.daemon:
        if arguments.settings or arguments.model:
            raise UsageError("--daemon: settings and model are those of the daemon.")
        if not home.id_file.is_file() or not served_within(home, STARTING):
            raise NoDaemonError(f"No daemon serves {home.root}.")
        settings = read_settings(home.settings_file)
        yield Place(home, settings, engine_now(home, settings), None, None)
        return
    settings, relative = _settings(arguments, home)
    settings = work_settings(settings, relative, home.inbox)
    below = Path(find_root(arguments.root)) if arguments.root else None
    with work_root(below, home) as (layout, lock):
        yield Place(layout, settings, settings.engine, arguments.model, lock)


def _asks(
    arguments: argparse.Namespace, stack: ExitStack, home: Layout, place: Place, preparer: Preparer
) -> list[Ask] | None:
    """What every file asks for; None where one is no good, after saying why of each."""
    reader = Preparer(home, place.settings, engine=place.engine, model=place.model)
    boards = BoardReader(home, place.settings, reader.models)
    files = RenderFiles(reader, preparer, boards, arguments.shots)
    drawings = CheckedDrawings(home, reader.reader, stack)
    answers = [files.ask(each) for each in checked_files(arguments.file, stack, drawings.of)]
    wrong = [each for each in answers if isinstance(each, str)]
    for letter in wrong:
        say_error(letter.rstrip("\n"))
    return None if wrong else [each for each in answers if isinstance(each, Ask)]


def _wanted(asks: list[Ask], preparer: Preparer) -> dict[TakeId, WantedPicture]:
    try:
        return wanted_pictures(asks, preparer)
    except JobError as error:
        raise UsageError(str(error)) from error


def _check_followed(wanted: Mapping[TakeId, WantedPicture], named: Mapping[TakeId, Named]) -> None:
    """Raises UsageError for a picture that follows one which nobody makes here."""
    for each in wanted.values():
        needed = each.picture.follows
        if not each.is_chosen or named[each.id].is_there or needed is None:
            continue
        if not wanted[needed].is_chosen and not named[needed].is_there:
            raise UsageError(
                f"{each.label} follows {wanted[needed].label}, which is neither there nor among "
                "--shots. Render that one first, or with it."
            )

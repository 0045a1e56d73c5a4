"""`hotfolder submit`: drop job files into the inbox, whole and never over a waiting one.

Everything is read and checked before anything is dropped. Pictures go along by content, into the
store of the root, so that the inbox holds job files only. Works with no daemon running (the files
then wait). `--wait` follows the jobs through the stream of events.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from daemon.boards.arrival import home_called
from daemon.boards.replaced import replacing
from daemon.cli.board_drafts import BoardDraft, board_drafts, drop_board
from daemon.cli.carried import Carrier
from daemon.cli.drafts import Draft, drafts, scalar_options
from daemon.cli.follow import (
    Dropped,
    Followed,
    StreamFollower,
    last_job,
    leaving,
    served_within,
    trouble,
)
from daemon.cli.printing import say, say_aside, say_error, say_json
from daemon.cli.progress import Progress
from daemon.cli.wake import arrived, prepared_root
from daemon.errors import ExitCode, HotfolderError, NoDaemonError, UsageError
from daemon.fs import atomic
from daemon.inbox.candidates import is_project
from daemon.root import drop_notes
from daemon.root.inbox_places import special_of
from daemon.root.layout import Layout
from daemon.root.lock import is_held
from daemon.root.own_command import command_here
from daemon.settings import read_settings

STARTING = 3.0
"""Seconds in which a daemon that a script has just started may come up."""


def submit(arguments: argparse.Namespace) -> int:
    """Drop every file (or the prompt), print its name in the inbox; with --wait, see it through
    and print its pictures instead. 2 and nothing dropped if one of them is no job."""
    layout = prepared_root(arguments)
    project, settings = _project(layout, arguments.project), read_settings(layout.settings_file)
    carrier = Carrier(layout, settings, project)
    options = {**scalar_options(arguments), **carrier.picture_options(arguments)}
    boards, arguments.file = board_drafts(arguments, layout, settings, options)
    is_all = bool(boards) and not arguments.file
    checked = _checked(carrier, [] if is_all else drafts(arguments, options))
    if checked is None:
        return ExitCode.USAGE
    follower = StreamFollower(layout) if arguments.wait else None
    dropped = [_drop(layout, layout.inbox / project, draft) for draft in checked]
    dropped += [_drop_board(layout, board) for board in boards]
    if follower is None:
        _tell_dropped(layout, dropped, as_json=arguments.json)
        return ExitCode.OK
    return _see_through(layout, follower, dropped, as_json=arguments.json)


def _checked(carrier: Carrier, wanted: Sequence[Draft]) -> list[Draft] | None:
    """All of them ready to be dropped; None if one is not, after saying why of each."""
    ready = []
    for draft in wanted:
        try:
            ready.append(carrier.checked(draft))
        except UsageError as error:
            say_error(error)
    return ready if len(ready) == len(wanted) else None


def _project(layout: Layout, name: str) -> str:
    """The folder of the inbox to drop into, as a/b; "" for the inbox itself. Raises UsageError."""
    folder = (layout.inbox / name).resolve()
    if not folder.is_relative_to(layout.inbox.resolve()):
        raise UsageError(f"--project {name} leads out of the inbox.")
    project = folder.relative_to(layout.inbox.resolve()).as_posix()
    unseen = next((part for part in folder.relative_to(layout.inbox.resolve()).parts
                   if not is_project(part)), None)  # fmt: skip
    if unseen is not None:
        raise UsageError(
            f"--project {name}: a folder called {unseen} is never looked into. Choose another name."
        )
    special = special_of(project)
    if special and project.partition("/")[0] != special:
        raise UsageError(
            f"--project {name}: many disks don't tell capitals apart, and {special}/ in the inbox "
            f"has a meaning of its own. Write {special} if you mean that, or choose another name."
        )
    return "" if project == "." else project


def _drop(layout: Layout, folder: Path, draft: Draft) -> Dropped:
    """Put one file into the inbox."""
    folder.mkdir(parents=True, exist_ok=True)
    after = last_job(layout)
    hidden = atomic.draft_beside(folder / draft.name)
    atomic.write_new(hidden, draft.data)
    try:
        file = drop_notes.drop(layout, hidden, folder, draft.name, None)
    finally:
        hidden.unlink(missing_ok=True)
    arrived(layout, file)
    return Dropped(file, after)


def _drop_board(layout: Layout, draft: BoardDraft) -> Dropped:
    after = last_job(layout)
    said = replacing(home_called(layout, Path(draft.name).stem), draft.data)
    file = drop_board(layout, draft)
    arrived(layout, file)
    say_aside(f"{draft.name} moves to boards/, where saving it renders what it lacks.")
    if said:
        say_aside(f"warning: {said}")
    return Dropped(file, after)


def _tell_dropped(layout: Layout, dropped: Sequence[Dropped], *, as_json: bool) -> None:
    if as_json:
        say_json([_found(layout, Followed(each.file)) for each in dropped])
    else:
        say(*(_place(layout, each.file) for each in dropped), flush=True)
    if not is_held(layout.lock_file):
        say_aside(_unserved(layout))
    elif (why := trouble(layout)) is not None:
        say_aside(str(why))


def _unserved(layout: Layout) -> str:
    return f"No daemon runs; it waits in the inbox until `{command_here(layout, 'run')}`."


def _see_through(
    layout: Layout, follower: StreamFollower, dropped: Sequence[Dropped], *, as_json: bool
) -> int:
    """Show what becomes of them, and print their pictures."""
    say_aside(*(_place(layout, each.file) for each in dropped))
    ended: list[Followed] = []
    code: int = ExitCode.OK
    try:
        if not served_within(layout, STARTING):
            raise NoDaemonError(_unserved(layout))
        with leaving(layout, [_place(layout, one.file) for one in dropped]), Progress() as progress:
            for end in follower.see_through(dropped, progress):
                ended.append(end)
                if not as_json:
                    say(*end.pictures, flush=True)
                if not end.job:
                    progress.say(f"{_place(layout, end.file)}: {end.reason}")
    except HotfolderError as error:
        say_error(error)
        code = error.code
    if as_json:
        rest = [Followed(each.file) for each in dropped[len(ended) :]]
        say_json([_found(layout, end) for end in [*ended, *rest]])
    return code or (ExitCode.OK if all(end.is_good for end in ended) else ExitCode.FAILED)


def _place(layout: Layout, file: Path) -> str:
    return file.relative_to(layout.inbox).as_posix()


def _found(layout: Layout, end: Followed) -> dict[str, object]:
    """What --json says of a file."""
    return {
        "file": _place(layout, end.file),
        "path": str(end.file),
        "job": end.job,
        "outcome": end.outcome or None,
        "reason": end.reason,
        "pictures": list(end.pictures),
    }

"""`hotfolder tidy`: what takes how much, and, asked for, into the Trash or an archive with it.

Asks at the terminal before anything is moved; where there is none, and no `--yes`, nothing is.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from daemon.boards.board_file import BoardReader
from daemon.cli.handed import subject
from daemon.cli.printing import Row, say, say_aside, say_json, say_rows
from daemon.cli.tidy_answers import answer, files_said, may, refused, size_said
from daemon.cli.tidy_archive import archive_subject
from daemon.cli.wake import existing_root
from daemon.errors import ExitCode, LockHeldError, UsageError
from daemon.export.subject import Subject, boards, preparer_as_last
from daemon.root.layout import Layout
from daemon.root.lock import RootLock, is_held
from daemon.sandbox.client import Sandbox
from daemon.settings import Settings, read_settings
from daemon.tidy import chores
from daemon.tidy.survey import Heap, heap_of, survey
from daemon.tidy.trash import Moved, to_trash

OPTIONS = {
    "rejected": "rejected takes",
    "references": "references that nothing names",
    "caches": "caches",
    "logs": "old logs",
    "done": "done job files",
    "failed": "failed job files",
}
"""What can be asked for, as it is told."""

AT_REST = ("references", "caches")
"""What a running daemon may be about to use."""


class Tidier:
    """What `tidy` knows of one root."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.settings: Settings = read_settings(layout.settings_file)
        self.preparer = preparer_as_last(layout, self.settings)
        self.reader = BoardReader(layout, self.settings, self.preparer.models)
        self.sandbox = Sandbox(patience=None)

    def files(self, word: str, of: Subject | None) -> list[Path]:
        """What one option puts away, of one board or project if there is one."""
        layout = self.layout
        if word == "rejected":
            there = list(boards(layout, self.reader))
            return chores.rejected(layout, there, self.preparer, of)
        if word == "references":
            return chores.unused_references(layout, self.sandbox)
        if word == "caches":
            return chores.caches(layout)
        if word == "logs":
            return chores.old_logs(layout)
        return chores.ended(layout.done if word == "done" else layout.failed)


def tidy(arguments: argparse.Namespace) -> int:
    """Say what takes how much, or put away what was asked for. 2 if nobody could be asked."""
    layout = existing_root(arguments)
    words = [word for word in OPTIONS if getattr(arguments, word)]
    _check(arguments, words)
    tidier = Tidier(layout)
    if not words and not arguments.archive:
        return _tell(tidier, as_json=arguments.json)
    named = subject(layout, tidier.reader, arguments.name) if arguments.name else None
    if arguments.archive and named is not None:
        return archive_subject(layout, tidier.preparer, named, arguments)
    return _put_away(tidier, words, named, arguments)


def _check(arguments: argparse.Namespace, words: Sequence[str]) -> None:
    """Raises UsageError for words that make no sense together."""
    if arguments.archive and not arguments.name:
        raise UsageError("Name what is to be archived: `hotfolder tidy ep03 --archive`.")
    if arguments.archive and words:
        raise UsageError(f"Say --archive or --{words[0]}, not both at once.")
    if arguments.output and not arguments.archive:
        raise UsageError("-o says where an archive goes; say --archive too.")
    if arguments.name and not arguments.archive and words != ["rejected"]:
        raise UsageError("A name goes with --archive or --rejected; all else is the whole root's.")


# --- what takes how much --------------------------------------------------------------------------


def _tell(tidier: Tidier, *, as_json: bool) -> int:
    layout = tidier.layout
    if not as_json:
        say_aside("looking …")
    heaps = survey(layout, [layout.root / place for place in tidier.settings.models])
    inside = [heap_of("of these, rejected takes", tidier.files("rejected", None), "--rejected")]
    if not is_held(layout.lock_file):  # or what looks unused may be wanted in a moment
        with contextlib.suppress(OSError):  # what can't be read may name any of them
            unused = tidier.files("references", None)
            what = "of these, references that nothing names"
            inside.append(heap_of(what, unused, "--references"))
    heaps += [heap for heap in inside if heap.files]
    if as_json:
        say_json({"heaps": [asdict(heap) for heap in heaps]})
        return ExitCode.OK
    say_rows(Row(f"{size_said(heap.size):>8}", _described(heap)) for heap in heaps)
    say("", "Nothing was moved. An option moves what stands before it into the Trash.")
    return ExitCode.OK


def _described(heap: Heap) -> str:
    option = f"  ({heap.option})" if heap.option else ""
    return f"{heap.what}: {files_said(heap.files)}{option}"


# --- into the Trash -------------------------------------------------------------------------------


def _put_away(
    tidier: Tidier, words: list[str], of: Subject | None, arguments: argparse.Namespace
) -> int:
    with _at_rest(tidier.layout, words):
        plan = {word: tidier.files(word, of) for word in words}
    lines = [
        f"{OPTIONS[word]}: {files_said(heap.files)}, {size_said(heap.size)}"
        for word, paths in plan.items()
        if (heap := heap_of(word, paths)).files
    ]
    if not lines:
        return answer(arguments, Moved(()), "there is nothing to put away")
    if not may(arguments, [*lines, "They go into the Trash of this machine."]):
        return refused()
    with _at_rest(tidier.layout, words):  # what has come to be needed meanwhile stays
        still = {path for word in words for path in tidier.files(word, of)}
        moved = to_trash([path for paths in plan.values() for path in paths if path in still])
    return answer(arguments, moved, "")


@contextlib.contextmanager
def _at_rest(layout: Layout, words: Sequence[str]) -> Iterator[None]:
    """With no daemon running, and none starting, where that matters. Raises LockHeldError."""
    wanted = [f"--{word}" for word in words if word in AT_REST]
    if not wanted:
        yield
        return
    lock = RootLock(layout.lock_file, briefly=True)
    try:
        lock.take()
    except LockHeldError:
        raise LockHeldError(
            f"A daemon is running, which may be about to use them: {' and '.join(wanted)} can wait "
            "until it has stopped (hotfolder service stop, or Ctrl-C where it runs)."
        ) from None
    try:
        yield
    finally:
        lock.release()

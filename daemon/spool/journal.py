"""The journal: one line a finished job, oldest first, for ever.

A crash may tear the last line or write one twice; readers skip the first and keep the last of the
second. Lines of older versions lack some keys, and what is spoiled in a line is as good as absent:
no path in it leads out of the root.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from daemon.errors import SpoiledError
from daemon.fs import atomic
from daemon.protocol.outcome import Outcome
from daemon.root import state_files
from daemon.root.layout import Layout
from daemon.spool.ticket import in_inbox


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """How a job ended; the fields are the keys of its line, in their order.

    `file` is the name it was dropped under, in `project` (a/b or ""); `finished_unix` seconds
    since 1970; `id` as the job file had it; `images` its published pictures, below the outbox;
    `parent` the job it retried; `kept` where its file lies now, below the root, "" if unknown;
    `folder` where it lay in the inbox (None in lines of version 0.1)."""

    job: int
    file: str
    project: str
    again: bool
    outcome: Outcome
    finished_unix: float
    name: str
    id: str | None
    reason: str
    images: tuple[str, ...]
    parent: int | None
    kept: str = ""
    folder: str | None = None

    @property
    def place(self) -> str:
        """Where the file lay, relative to the inbox."""
        return in_inbox(self.file, self.project, self.folder, again=self.again)

    @classmethod
    def from_json(cls, line: object) -> JournalEntry | None:
        """What a line says, as far as it does; None if it names no job."""
        number = _job(line.get("job")) if isinstance(line, dict) else None
        if number is None or not isinstance(line, dict):
            return None
        file = _place(line.get("file"))
        images = line.get("images")
        return cls(
            job=number,
            file=file,
            project=_place(line.get("project")),
            again=bool(line.get("again")),
            outcome=_outcome(line.get("outcome")),
            finished_unix=_number(line.get("finished_unix")),
            name=_text(line.get("name")) or file,
            id=_text(line.get("id")) or None,
            reason=_text(line.get("reason")),
            images=tuple(filter(None, map(_place, images if isinstance(images, list) else ()))),
            parent=_job(line.get("parent")),
            kept=_place(line.get("kept")),
            folder=_place(line["folder"]) if isinstance(line.get("folder"), str) else None,
        )

    def to_json(self) -> dict[str, object]:
        return {each.name: getattr(self, each.name) for each in fields(self)}


def read(layout: Layout) -> Iterator[JournalEntry]:
    """Every finished job, oldest first; lines that a crash tore, or anything else has spoiled, are
    skipped, and a journal that is no file of ours has none. Raises OSError."""
    with contextlib.suppress(SpoiledError):
        yield from read_closely(layout, [])


def read_closely(layout: Layout, spoiled: list[int]) -> Iterator[JournalEntry]:
    """As `read`; adds to `spoiled` the numbers (from 1) of lines that say nothing, but for what a
    crash leaves. Raises SpoiledError for a journal that is no file of ours, OSError."""
    for at, line in enumerate(state_files.lines(layout.journal_file), start=1):
        entry = _entry(layout, line)
        if entry is not None:
            yield entry
        elif not _is_torn(line):
            spoiled.append(at)


def append(layout: Layout, entry: JournalEntry) -> None:
    """Add a line, durably; what is no file and stands in the journal's place is put aside. Raises
    OSError with nothing added."""
    if os.path.lexists(layout.journal_file) and not _is_file(layout.journal_file):
        state_files.set_aside(layout.journal_file)
    line = json.dumps(entry.to_json(), ensure_ascii=True)
    atomic.append_line(layout.journal_file, line, mode=0o600)


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _entry(layout: Layout, line: bytes) -> JournalEntry | None:
    try:
        return JournalEntry.from_json(state_files.parse(line, layout.journal_file))
    except SpoiledError:
        return None


def _is_torn(line: bytes) -> bool:
    """Whether it is the beginning of a line of ours, or none: what a crash leaves."""
    return not line.strip() or (line.startswith(b'{"job": ') and not line.rstrip().endswith(b"}"))


def _job(value: object) -> int | None:
    is_number = type(value) is int and 0 <= value < state_files.HIGHEST
    return value if isinstance(value, int) and is_number else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _place(value: object) -> str:
    """A path that stays below what it is relative to, "" for any other."""
    return value if isinstance(value, str) and state_files.is_inside(value) else ""


def _outcome(word: object) -> Outcome:
    """A word of another version stands for something a person should look at."""
    try:
        return Outcome(str(word))
    except ValueError:
        return Outcome.FAILED


def _number(value: object) -> float:
    """Seconds since 1970, 0 for what is no moment."""
    is_moment = isinstance(value, int | float) and 0 <= value < 1e11
    return float(value) if isinstance(value, int | float) and is_moment else 0.0

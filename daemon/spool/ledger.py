"""What the journal says of today, and of failures that nobody has mended yet.

Reads on where it stopped, so that asking often costs little; a journal that was replaced is read
anew. A failure is mended once its file has left failed/, once a retry of it has ended, or once a
file of its name has gone well since. Standard library only, for `status`.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from typing import BinaryIO

from daemon.errors import SpoiledError
from daemon.protocol.json_object import JsonObject
from daemon.protocol.outcome import Outcome, is_failure
from daemon.root.layout import Layout
from daemon.root.state_files import opened
from daemon.spool.journal import JournalEntry

MOST = 1000
"""Failures remembered, the newest; a person who has more than these looks into failed/."""

MOST_LISTED = 20
"""Failures that are listed, the newest; how many there are is told with the totals."""

_GONE_WELL = re.compile(rb'\{"job": (\d+), .*"outcome": "done", "finished_unix": ([0-9.e+]+)')
"""As the journal writes it; quotes inside a name have a backslash before them."""


class Ledger:
    """The journal of one root, read as far as it goes. `last_done` is the last job that went
    well."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._place, self._inode, self._job = 0, -1, -1
        self._forget()

    def read_on(self) -> None:
        """Read what has come since. A journal that can't be read says nothing new."""
        if self._has_all():
            return
        with contextlib.suppress(OSError, SpoiledError), opened(self._layout.journal_file) as lines:
            status = os.fstat(lines.fileno())
            if status.st_ino != self._inode or status.st_size < self._place:
                self._forget()
                self._inode = status.st_ino
            if status.st_size > self._place:
                lines.seek(self._place)
                self._read(lines)

    def done_on(self, day: str) -> int:
        """How many jobs went well on the last day on which any ended, if it is `day` (see
        `day_of`), else 0."""
        return self._done if self._day == day else 0

    def unmended(self) -> list[JournalEntry]:
        """Jobs that failed or were cancelled, oldest first, and whose files still lie there."""
        for number, entry in list(self._bad.items()):
            if not entry.kept or not os.path.lexists(self._layout.root / entry.kept):
                del self._bad[number]
        return list(self._bad.values())

    def to_json(self, wall: float, *, waiting: int, in_hand: int) -> JsonObject:
        """How jobs ended, as the status says it, and the totals; `wall` is now, in seconds since
        1970. Reads on first."""
        self.read_on()
        bad = self.unmended()
        failed = [entry for entry in bad if entry.outcome is Outcome.FAILED]
        return {
            "totals": {
                "waiting": waiting,
                "in_hand": in_hand,
                "done_today": self.done_on(day_of(wall)),
                "failed": len(failed),
            },
            "last_done": _told(self.last_done) if self.last_done else None,
            "last_failed": _told(bad[-1]) if bad else None,
            "failed": [_told(entry) for entry in reversed(failed[-MOST_LISTED:])],
        }

    # --- inside -------------------------------------------------------------------------------

    def _has_all(self) -> bool:
        """Whether the journal ends where reading did."""
        try:
            status = os.lstat(self._layout.journal_file)
        except OSError:
            return False
        return (status.st_ino, status.st_size) == (self._inode, self._place)

    def _forget(self) -> None:
        self._place, self._inode, self._job = 0, -1, -1
        self._day, self._span, self._done = "", (0.0, 0.0), 0
        self._bad: dict[int, JournalEntry] = {}
        self.last_done: JournalEntry | None = None

    def _read(self, lines: BinaryIO) -> None:
        last_good = b""
        for line in lines:
            if not line.endswith(b"\n"):  # it is being written, or torn
                break
            self._place += len(line)
            good = _GONE_WELL.match(line)
            if good:
                self._count(int(good[1]), float(good[2]))
                last_good = line
            if not good or self._bad:  # nothing else hangs on it, and there may be many
                self._learn(_entry(line))
        self.last_done = _entry(last_good) or self.last_done

    def _learn(self, entry: JournalEntry | None) -> None:
        """What this end means for the failures before it."""
        if entry is None:
            return
        if entry.parent is not None:
            self._bad.pop(entry.parent, None)  # its outcome is now that of its retry
        if entry.outcome.is_good:
            self._mend(entry)
        if not is_failure(entry.outcome, entry.reason):
            return
        self._bad[entry.job] = entry
        if len(self._bad) > MOST:
            del self._bad[next(iter(self._bad))]

    def _mend(self, good: JournalEntry) -> None:
        for number, bad in list(self._bad.items()):
            if (bad.file, bad.project) == (good.file, good.project):
                del self._bad[number]

    def _count(self, job: int, finished: float) -> None:
        if job == self._job:  # a crash has written its line twice
            return
        self._job = job
        if not self._span[0] <= finished < self._span[1]:
            self._day, self._done = day_of(finished), 0
            self._span = _span_of(finished)
        self._done += 1


def _told(entry: JournalEntry) -> JsonObject:
    return {
        "job": entry.job,
        "name": entry.name,
        "file": entry.file,
        "project": entry.project,
        "outcome": entry.outcome,
        "reason": entry.reason,
        "kept": entry.kept.rpartition("/")[0],
        "path": entry.kept,
        "images": list(entry.images),
        "finished_unix": entry.finished_unix,
    }


def day_of(wall: float) -> str:
    """The local day of a moment (seconds since 1970)."""
    try:
        return time.strftime("%Y-%m-%d", time.localtime(wall))
    except (OverflowError, ValueError, OSError):
        return ""


def _span_of(wall: float) -> tuple[float, float]:
    """When the local day of a moment began and ends; an hour of it that a clock change takes or
    gives is let go."""
    try:
        day = time.localtime(wall)
        began = time.mktime((day.tm_year, day.tm_mon, day.tm_mday, 0, 0, 0, 0, 0, -1))
    except (OverflowError, ValueError, OSError):
        return wall, wall
    return began, began + 86400


def _entry(line: bytes) -> JournalEntry | None:
    """What a line says; None for one that is torn or spoilt."""
    try:
        return JournalEntry.from_json(json.loads(line))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None

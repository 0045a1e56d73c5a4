"""Whether anything has happened since a board was compared: an end of one of its jobs, something in
its folders of the inbox, its pause.

A look costs some calls of the system, where comparing costs milliseconds. Opens no file but the
journal, of which it reads what has come.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path

from daemon.boards.drops import LOOKED_AT
from daemon.boards.ends import id_parts
from daemon.boards.journal_lines import JournalLines
from daemon.boards.key import board_in_ids
from daemon.boards.living_board import Living
from daemon.root.layout import Layout

SLOW = 300.0
"""Seconds after which a board with something under way is compared anyway: not every disk tells
that something has changed."""

CLAIMED = 10.0
"""The same where all that is under way of it is claimed."""

TICK = 50_000_000
"""Nanoseconds within which two changes of a folder may bear one time."""

_Signs = tuple[object, ...]


class SignReader:
    """Of the boards of one root."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        inode, size = _of(layout.journal_file)
        self._journal = JournalLines(layout, inode, size, replaced=self._renew)
        self._ends: Counter[str] = Counter()
        self._renewed = 0
        self._seen: dict[Path, tuple[_Signs, float]] = {}

    def begin(self) -> None:
        """See whose jobs have ended."""
        for entry in self._journal.entries():
            if (parts := id_parts(entry.id)) is not None:
                self._ends[parts[0]] += 1

    def have_changed(self, living: Living, now: float) -> bool:
        """Whether it is to be compared again; `now` is monotonic, in seconds."""
        before = self._seen.get(living.place.folder)
        if before is None or before[0] != self._now(living):
            return True
        # the end of a job that said no id any more is told by nothing else
        slow = CLAIMED if living.under_way and not living.waiting else SLOW
        return _is_open(living) and now >= before[1] + slow

    def take(self, living: Living, now: float) -> None:
        """It is being compared. What changes from here on is another sign."""
        signs = self._now(living)
        if any(isinstance(one, int) and abs(time.time_ns() - one) < TICK for one in signs):
            signs = ()  # a second change might leave the same time
        self._seen[living.place.folder] = signs, now

    def forget(self, living: Living | None = None) -> None:
        """Compare it again in any case, or all of them."""
        if living is None:
            self._seen.clear()
        else:
            self._seen.pop(living.place.folder, None)

    def _now(self, living: Living) -> _Signs:
        inbox = self._layout.inbox
        folders = (_changed(inbox / turn / living.project) for turn in LOOKED_AT)
        ends = self._ends[board_in_ids(living.name)]
        return (str(self._renewed), str(ends), living.place.is_paused, *folders)

    def _renew(self) -> None:
        """The journal is another one."""
        self._renewed += 1


def _is_open(living: Living) -> bool:
    """Whether the end of a job may change what is to be done."""
    return bool(living.under_way or living.held or living.missing or not living.is_planned)


def _of(file: Path) -> tuple[int, int]:
    try:
        facts = os.stat(file)  # noqa: PTH116 (for all boards, each look)
    except OSError:
        return -1, 0
    return facts.st_ino, facts.st_size


def _changed(folder: Path) -> int:
    try:
        return os.stat(folder).st_mtime_ns  # noqa: PTH116 (for each board, each look)
    except OSError:
        return 0

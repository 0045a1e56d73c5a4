"""What has been made for boards: the journal's lines of their jobs, by the `id` each bears.

Reads on where it stopped; a journal that was replaced is read anew.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import PurePosixPath

from daemon.boards.key import TakeId, id_read
from daemon.boards.reconcile import Known
from daemon.errors import SpoiledError
from daemon.protocol.outcome import WITHDRAWN, Outcome
from daemon.root.layout import Layout
from daemon.root.state_files import opened
from daemon.spool.journal import JournalEntry


@dataclass(frozen=True, slots=True)
class Made:
    """How a board's job ended: `name` is what it was called, `image` its picture below the outbox,
    "" if there is none."""

    state: Known
    name: str
    image: str = ""


class MadeBefore:
    """Every ended job of a board in the journal of `layout`, by id."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._place, self._inode = 0, -1
        self.jobs: dict[TakeId, Made] = {}

    def read_on(self) -> None:
        """Read what has come since. A journal that can't be read says nothing new."""
        journal = self._layout.journal_file
        with contextlib.suppress(FileNotFoundError, SpoiledError), opened(journal) as lines:
            status = os.fstat(lines.fileno())
            if status.st_ino != self._inode or status.st_size < self._place:
                self.jobs.clear()
                self._place, self._inode = 0, status.st_ino
            lines.seek(self._place)
            for line in lines:
                if not line.endswith(b"\n"):  # it is being written, or torn
                    break
                self._place += len(line)
                if b"@" in line:
                    self._learn(line)

    def _learn(self, line: bytes) -> None:
        with contextlib.suppress(ValueError, RecursionError):
            entry = JournalEntry.from_json(json.loads(line))
            one = id_read(entry.id) if entry is not None else None
            if entry is None or one is None or entry.outcome is Outcome.DUPLICATE:
                return
            before = self.jobs.get(one)
            made = _made(entry)
            if before is None or before.state is not Known.DONE or made.state is Known.DONE:
                name = before.name if before else made.name
                self.jobs[one] = Made(made.state, name, made.image)


def _made(entry: JournalEntry) -> Made:
    if entry.outcome is Outcome.DONE:
        image = entry.images[0] if entry.images else ""
        return Made(Known.DONE, PurePosixPath(image).stem or entry.name, image)
    if entry.outcome is Outcome.CANCELLED:
        ours = entry.reason == WITHDRAWN
        return Made(Known.WITHDRAWN if ours else Known.CANCELLED, entry.name)
    return Made(Known.FAILED, entry.name)

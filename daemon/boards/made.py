"""What has been made for boards: the journal's lines of their jobs, by the `id` each bears.

Reads on where it stopped; a journal that was replaced is read anew.
"""

from __future__ import annotations

import contextlib
import json
import os

from daemon.boards.ends import Made, later, made_of
from daemon.boards.key import TakeId, id_read
from daemon.errors import SpoiledError
from daemon.root.layout import Layout
from daemon.root.state_files import opened
from daemon.spool.journal import JournalEntry


class MadeBefore:
    """Every ended job of a board in the journal of `layout`, by id."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.place, self.inode = 0, -1
        """Of the journal, up to where it was read, and of which file."""
        self.jobs: dict[TakeId, Made] = {}

    def read_on(self) -> None:
        """Read what has come since. A journal that can't be read says nothing new."""
        journal = self._layout.journal_file
        with contextlib.suppress(FileNotFoundError, SpoiledError), opened(journal) as lines:
            status = os.fstat(lines.fileno())
            if status.st_ino != self.inode or status.st_size < self.place:
                self.jobs.clear()
                self.place, self.inode = 0, status.st_ino
            lines.seek(self.place)
            for line in lines:
                if not line.endswith(b"\n"):  # it is being written, or torn
                    break
                self.place += len(line)
                if b"@" in line:
                    self._learn(line)

    def _learn(self, line: bytes) -> None:
        with contextlib.suppress(ValueError, RecursionError):
            entry = JournalEntry.from_json(json.loads(line))
            one = id_read(entry.id) if entry is not None else None
            made = made_of(entry) if entry is not None else None
            if one is not None and made is not None:
                self.jobs[one] = later(self.jobs.get(one), made)

"""The journal's lines that may be of boards, read on where it stopped. Standard library only.

What they mean, `ends` knows.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator

from daemon.errors import SpoiledError
from daemon.root.layout import Layout
from daemon.root.state_files import opened
from daemon.spool.journal import JournalEntry


class JournalLines:
    """Those of `layout`'s journal, each once: from `place` in the file `inode` on, if it still is
    that file; else `replaced` is called, and it is read from its beginning."""

    def __init__(
        self,
        layout: Layout,
        inode: int = -1,
        place: int = 0,
        *,
        replaced: Callable[[], None] = lambda: None,
    ) -> None:
        self._file = layout.journal_file
        self._replaced = replaced
        self.inode, self.place = inode, place
        """Of which file, and up to where it was read."""

    def entries(self) -> Iterator[JournalEntry]:
        """What has come since. A journal that can't be read says nothing new."""
        with contextlib.suppress(FileNotFoundError, SpoiledError), opened(self._file) as lines:
            status = os.fstat(lines.fileno())
            if status.st_ino != self.inode or status.st_size < self.place:
                self.inode, self.place = status.st_ino, 0
                self._replaced()
            lines.seek(self.place)
            for line in lines:
                if not line.endswith(b"\n"):  # it is being written, or torn
                    break
                self.place += len(line)
                if b"@" in line and (entry := _entry(line)) is not None:
                    yield entry


def _entry(line: bytes) -> JournalEntry | None:
    with contextlib.suppress(ValueError, RecursionError):
        return JournalEntry.from_json(json.loads(line))
    return None

"""A file that grows by whole lines, and is put aside under its date when it is full.

Safe to `tail -F`: rotated by renaming, and begun anew wherever a cleaner deletes it. What the disk
does not take is written before the next line. Knows nothing of what the lines say. Standard library
only: the logging libraries bring asyncio and ssl along, a sixth of the supervisor's memory.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from daemon.notify.stream_files import rotated

MOST_OWED = 1 << 16
"""Bytes that wait for a disk that takes nothing; lines that come after them are lost."""


class RotatedFile:
    """`limit` is its size at the most, `kept` how many are kept of those put aside; without the
    `marker`, a file, it is not made. Not touched before its first line."""

    def __init__(self, file: Path, *, limit: int, kept: int, marker: Path) -> None:
        self._file, self._path, self._marker = file, str(file), marker
        self._limit, self._kept = limit, kept
        self._opened: tuple[int, os.stat_result] | None = None
        self._owed = b""

    def write(self, line: bytes) -> None:
        """Append `line`, which ends in a newline. Raises OSError."""
        if len(self._owed) + len(line) <= MOST_OWED or not self._owed:
            self._owed += line
        opened, size = self._place()
        if size and size + len(self._owed) > self._limit:
            self._put_aside()
            opened, _ = self._place()
        while self._owed:
            self._owed = self._owed[os.write(opened, self._owed) :]

    def close(self) -> None:
        """Let go of the file; the next line opens it anew."""
        if self._opened is not None:
            os.close(self._opened[0])
        self._opened = None

    def _place(self) -> tuple[int, int]:
        """The file that bears the name now, open, and its size."""
        if self._opened is not None:
            opened, ours = self._opened
            try:
                there = os.stat(self._path)  # noqa: PTH116 (at every event)
            except FileNotFoundError:
                there = None
            if there and os.path.samestat(there, ours):
                return opened, there.st_size
            self.close()
        os.stat(self._marker)  # noqa: PTH116 (raises)
        os.makedirs(self._file.parent, exist_ok=True)  # noqa: PTH103
        opened = _open(self._path)
        facts = os.fstat(opened)
        self._opened = opened, facts
        return opened, facts.st_size

    def _put_aside(self) -> None:
        """Its name from now on is the moment."""
        self.close()
        at = datetime.now().strftime("%Y-%m-%d_%H-%M-%S_%f")
        os.rename(self._file, self._file.with_suffix(f".{at}{self._file.suffix}"))
        for old in rotated(self._file)[: -self._kept]:
            os.unlink(old)


def _open(path: str) -> int:
    """A log holds prompts: others may read it as far as the umask says, and never write it. A pipe
    in its place is not waited for: until somebody reads from it, it can't be written."""
    return os.open(
        path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK, 0o644
    )

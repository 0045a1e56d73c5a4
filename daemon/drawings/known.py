"""Which versions of drawings have a job already: one that has ended, or one that still waits.

Reads the journal on where it stopped, and each waiting file once.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from daemon.drawings.version import is_id
from daemon.errors import SpoiledError
from daemon.fs.read import read_regular
from daemon.root import drop_notes
from daemon.root.inbox_places import TURNS
from daemon.root.layout import Layout
from daemon.root.state_files import opened
from daemon.spool.journal import JournalEntry

SUFFIX = ".json"
MOST = 100_000
"""Bytes of a job file that is looked into."""

_Stamp = tuple[int, int, int]


class Ended:
    """The ids of all jobs of drawings in the journal of `layout`, however they ended."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._place, self._inode = 0, -1
        self.ids: set[str] = set()

    def read_on(self) -> None:
        """Read what has come since. A journal that can't be read says nothing new."""
        journal = self._layout.journal_file
        with contextlib.suppress(FileNotFoundError, SpoiledError), opened(journal) as lines:
            status = os.fstat(lines.fileno())
            if status.st_ino != self._inode or status.st_size < self._place:
                self.ids.clear()
                self._place, self._inode = 0, status.st_ino
            lines.seek(self._place)
            for line in lines:
                if not line.endswith(b"\n"):  # it is being written, or torn
                    break
                self._place += len(line)
                if b'"drawing:' in line:
                    self._learn(line)

    def _learn(self, line: bytes) -> None:
        with contextlib.suppress(ValueError, RecursionError):
            entry = JournalEntry.from_json(json.loads(line))
            if entry is not None and entry.id and is_id(entry.id):
                self.ids.add(entry.id)


class Dropped:
    """The job files of drawings that wait in the inbox of `layout`."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._read: dict[Path, tuple[_Stamp, str]] = {}

    def waiting(self, project: str) -> Iterator[tuple[str, Path, bool]]:
        """(id, file, whether a person retries it) of each of a project, which may have been let go
        first. Raises OSError where a folder can't be listed."""
        for turn in ("", *TURNS):
            folder = self._layout.inbox / turn / project
            try:
                names = sorted(os.listdir(folder))
            except (FileNotFoundError, NotADirectoryError):
                continue
            for name in names:
                path = folder / name
                if name.endswith(SUFFIX) and name[0] != "." and (one := self._id(path)):
                    yield one, path, self._is_retried(path)

    def _is_retried(self, path: Path) -> bool:
        relative = path.relative_to(self._layout.inbox).as_posix()
        with contextlib.suppress(FileNotFoundError):
            note = drop_notes.find(self._layout, relative, os.lstat(path).st_ino)
            return note is not None and note.parent is not None
        return False

    def _id(self, path: Path) -> str:
        try:
            facts = os.lstat(path)
            stamp = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
            if path not in self._read or self._read[path][0] != stamp:
                self._read[path] = stamp, id_in(path)
        except FileNotFoundError:
            self._read.pop(path, None)
            return ""
        return self._read[path][1]


def id_in(path: Path) -> str:
    """The version whose job a file is; "" of any other file. Raises FileNotFoundError."""
    try:
        content = json.loads(read_regular(path, limit=MOST))
    except FileNotFoundError:
        raise
    except (OSError, ValueError, RecursionError):
        return ""
    said = content.get("id") if isinstance(content, Mapping) else None
    return said if isinstance(said, str) and is_id(said) else ""

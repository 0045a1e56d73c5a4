"""Marks that were dropped into the inbox, for the page: what was kept and rejected, and the notes.

Read from the files in `done/`, of which the one saved last counts for a picture. Changes none.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

from daemon.errors import JobError
from daemon.fs import atomic
from daemon.fs.read import read_file
from daemon.outbox.marks import MOST, Mark, marks_in
from daemon.page.data_files import make_below
from daemon.page.folders import FRESH
from daemon.page.places import MARKED
from daemon.root.layout import Layout

File = tuple[int, str]
"""When it was saved, and its name."""


class SavedMarks:
    """Those of one root. `told` names what the page was told last, "" for nothing."""

    def __init__(self, layout: Layout) -> None:
        self._done, self._outbox = layout.done, layout.outbox
        self._changed = -1
        self._files: tuple[File, ...] = ()
        self.told = ""

    def look(self) -> None:
        """Tell the page what has changed, if anything has. Raises OSError."""
        changed = self._done.stat().st_mtime_ns
        if changed == self._changed:
            return
        files = tuple(sorted(_files(self._done)))
        if files != self._files:
            self._tell(files)
            self._files = files
        is_fresh = time.time() - changed / 1e9 < FRESH
        self._changed = -1 if is_fresh else changed

    def _tell(self, files: tuple[File, ...]) -> None:
        found: dict[str, dict[str, str]] = {}
        for _, name in files:
            for mark in _marks(self._done / name):
                found[mark.picture] = {"mark": mark.word, "note": mark.note}
        text = f"hotfolder.marked({json.dumps(found)});\n".encode("ascii")
        make_below(self._outbox, (self._outbox / MARKED).parent)
        atomic.replace(self._outbox / MARKED, text, sync=False)
        self.told = hashlib.sha256(text).hexdigest()[:12]


def _files(done: Path) -> Iterator[File]:
    with os.scandir(done) as entries:
        for entry in entries:
            name = entry.name.lower()
            if name.startswith("marks") and name.endswith(".json"):
                with contextlib.suppress(OSError):
                    yield entry.stat().st_mtime_ns, entry.name


def _marks(file: Path) -> list[Mark]:
    """What a file says that may be a job of that name."""
    with contextlib.suppress(OSError, ValueError, RecursionError, JobError):
        content = json.loads(read_file(file, MOST))
        if isinstance(content, dict) and content.get("hotfolder") == "marks":
            return marks_in(content)
    return []

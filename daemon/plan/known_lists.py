"""Which texts of the inbox are lists that jobs name, and no jobs: those of earlier runs included.

A text of one line is always a job. Of the others, the job files beside them tell, and those above;
what a job of this or an earlier run has read is known by its content in the store.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from daemon.errors import JobError
from daemon.fs import atomic
from daemon.jobfile import tree
from daemon.jobfile.vary import LIST_SUFFIX
from daemon.plan.list_files import ListFiles
from daemon.sandbox.descriptor import open_regular

MOST_FILES = 1_000
"""Job files of one folder that are looked into."""

MOST_BYTES = 100_000
"""Of one of them."""

_NAMING = (".yaml", ".yml", ".json")


class KnownLists:
    """Of the inbox at `inbox`; what was read is kept in `store`, each as a file named by its
    sha256."""

    def __init__(self, inbox: Path, store: Path) -> None:
        self._inbox = inbox
        self._store = store

    def keep(self, lists: ListFiles) -> None:
        """A job was planned by these. Raises OSError."""
        inbox = os.path.realpath(self._inbox) if lists.read else ""
        for path, data in lists.read.items():
            if path.is_relative_to(inbox) and not self._stored(data).exists():
                self._store.mkdir(exist_ok=True)
                atomic.replace(self._stored(data), data)

    def has(self, file: Path) -> bool:
        """Whether a text of the inbox is a list."""
        if file.suffix.lower() != LIST_SUFFIX:
            return False
        data = _beginning(file, tree.MAX_BYTES + 1)
        return _lines(data) > 1 and (self._stored(data).is_file() or self._is_named(file))

    def _stored(self, data: bytes) -> Path:
        return self._store / hashlib.sha256(data).hexdigest()

    def _is_named(self, file: Path) -> bool:
        wanted = [
            part.encode()
            for form in ("NFC", "NFD")
            for name in (unicodedata.normalize(form, file.name),)
            for part in (name, f"__{name[: -len(LIST_SUFFIX)]}__")
        ]
        for folder in self._folders(file):
            for other in _job_files(folder):
                data = _beginning(other, MOST_BYTES)
                if any(part in data for part in wanted):
                    return True
        return False

    def _folders(self, file: Path) -> Iterator[Path]:
        """Where the job files lie that may name it: its own folder, and those above."""
        for folder in file.parents:
            yield folder
            if folder in (self._inbox, Path(os.path.realpath(self._inbox))):
                return
            if not folder.is_relative_to(os.path.realpath(self._inbox)):
                return


def _lines(data: bytes) -> int:
    """How many lines say something; none of what is no text."""
    try:
        text = tree.unicode_text(data)
    except JobError:
        return 0
    return sum(1 for line in text.splitlines() if line.strip() and not line.strip().startswith("#"))


def _job_files(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            found = [Path(each.path) for each in entries if each.name.lower().endswith(_NAMING)]
    except OSError:
        return []
    return found[:MOST_FILES]


def _beginning(file: Path, limit: int) -> bytes:
    """The first bytes of a file; nothing of what can't be read."""
    try:
        with os.fdopen(open_regular(file, shown=file.name), "rb") as opened:
            return opened.read(limit)
    except (JobError, OSError):
        return b""

"""The folders of an outbox as they were listed last: which pictures lie in those that have changed.

A folder that looks as it did is not listed again, however many pictures are in it.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import NamedTuple

from daemon.page.places import changed_at, listing

FRESH = 2.0
"""Seconds within which another change of a folder may leave its time as it is."""


class _Seen(NamedTuple):
    """What a folder looked like: its time of change (0: look again), folders and pictures in it."""

    changed: int
    folders: tuple[str, ...]


class Folders:
    """Those of one outbox."""

    def __init__(self, outbox: Path) -> None:
        self._outbox = outbox
        self._seen: dict[str, _Seen] = {}

    def look(self) -> dict[str, dict[str, int]]:
        """Of each folder that has changed since the last look ("" or a/b), or is gone, the paths of
        its pictures below the outbox and when each was changed. Raises OSError if the outbox itself
        can't be listed."""
        found: dict[str, dict[str, int]] = {}
        seen: dict[str, _Seen] = {}
        stack = [""]
        while stack:
            folder = stack.pop()
            try:
                seen[folder] = self._looked_at(folder, found)
            except OSError:
                if not folder:
                    raise
                continue
            stack += seen[folder].folders
        found |= {gone: {} for gone in self._seen.keys() - seen.keys()}
        self._seen = seen
        return found

    def _looked_at(self, folder: str, found: dict[str, dict[str, int]]) -> _Seen:
        changed = (self._outbox / folder).stat().st_mtime_ns
        before = self._seen.get(folder)
        if before is not None and before.changed == changed:
            return before
        folders, pictures = listing(self._outbox, folder)
        found[folder] = {}
        for path, entry in pictures:
            with contextlib.suppress(OSError):  # gone since
                found[folder][path] = changed_at(entry.stat(follow_symlinks=False))
        is_fresh = time.time() - changed / 1e9 < FRESH
        return _Seen(0 if is_fresh else changed, tuple(folders))

"""Folders of the inbox that finished jobs have left empty: taken away, so that the inbox shows what
is still to be done.

Only folders out of which a job came in this run, and only once they have lain still for a while: a
folder that a person has just made is left alone. Removes nothing that is not empty, but for what
the Finder keeps in every folder it has shown.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from daemon.fs.moment import Moment
from daemon.root.inbox_places import is_special

_OF_THE_FINDER = frozenset({".DS_Store"})
EVERY = 1.0
"""Seconds between two looks."""


class EmptyFolders:
    """Looks after the folders below `inbox`; one is empty for good once nothing has changed in it
    for `still` seconds."""

    def __init__(self, inbox: Path, *, still: float) -> None:
        self._inbox = inbox
        self._still = still
        self._left: dict[str, None] = {}
        self._next = 0.0

    def look(self, left: Iterable[str], at: Moment) -> None:
        """`left` are the folders of jobs that have ended since the last look, relative to the
        inbox; removes those that are empty by now, and what is empty above them."""
        self._left.update(dict.fromkeys(folder for folder in left if not is_special(folder)))
        if not self._left or at.now < self._next:
            return
        self._next = at.now + EVERY
        for folder in list(self._left):
            if self._is_settled(folder, at):
                del self._left[folder]
                above = PurePosixPath(folder).parent.as_posix()
                if self._removed(folder) and not is_special(above):
                    self._left[above] = None

    def _is_settled(self, folder: str, at: Moment) -> bool:
        """Whether it has lain still for long enough, or is gone."""
        try:
            changed = os.stat(self._inbox / folder).st_mtime  # noqa: PTH116 (hot path)
        except OSError:
            return True
        return at.wall - changed >= self._still or changed > at.wall

    def _removed(self, folder: str) -> bool:
        place = self._inbox / folder
        with contextlib.suppress(OSError):
            if {entry.name for entry in os.scandir(place)} <= _OF_THE_FINDER:
                for name in _OF_THE_FINDER:
                    (place / name).unlink(missing_ok=True)
                place.rmdir()
                return True
        return not place.exists()

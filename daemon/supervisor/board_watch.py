"""File events of `boards/`, so that a board is looked at in the moment it is saved.

They only say that something has happened there. Where none come (no watches are left, a network
volume, a folder that was exchanged) boards are found by looking, every few seconds, as before.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from daemon.fs.moment import Moment
from daemon.inbox.observer import Hint, Watch

APART = 0.3
"""Seconds between looks that events ask for, however many come: a large save is thousands."""

RETRY = 30.0
"""Seconds between looks at whether events still come, and until they are tried again; a folder that
is not there yet is watched as soon as it is."""


@dataclass(frozen=True, slots=True)
class BoardHint:
    """Something has happened in the folder of boards."""


class BoardWatch:
    """Watches one folder and calls `wake` from the loop's own thread; `tell` is called from another
    one, and has the loop take its next step."""

    def __init__(
        self, folder: Path, wake: Callable[[], None], tell: Callable[[BoardHint], None]
    ) -> None:
        self._folder, self._wake, self._tell = folder, wake, tell
        self._watch: Watch | None = None
        self._tend_due = 0.0
        self._is_told = False
        self._not_before = 0.0
        self._once_more = False

    @property
    def due(self) -> float:
        """When to `look` again at the latest (monotonic)."""
        return self._not_before if self._is_told or self._once_more else float("inf")

    def look(self, at: Moment) -> None:
        """Do what is due; begins to watch once there is a folder."""
        if (self._is_told or self._once_more) and at.now >= self._not_before:
            # once more, since files that come with a new folder may be there before it is watched
            self._is_told, self._once_more = False, self._is_told
            self._not_before = at.now + APART
            self._wake()
        if at.now >= self._tend_due and os.path.isdir(self._folder):  # noqa: PTH112 (does not raise)
            self._tend_due = at.now + RETRY
            self._tend()

    def stop(self) -> None:
        """Watch no more. Never raises."""
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.stop()

    def _tend(self) -> None:
        if self._watch is not None and self._watch.deaf() is None:
            return
        self.stop()
        watch = Watch([self._folder.resolve()], self._hear)
        try:
            watch.start()
        except OSError:
            watch.stop()  # boards are found all the same
        else:
            self._watch = watch
            self._wake()  # for what has happened meanwhile

    def _hear(self, _: Hint) -> None:
        if not self._is_told:
            self._is_told = True
            self._tell(BoardHint())

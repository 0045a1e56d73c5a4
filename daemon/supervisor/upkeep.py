"""What keeps a root a root while the daemon serves it: its lock, its folders, its shelves.

A restore, a sync client or a hand in `.hotfolder` may take any of them away at any moment; each is
noticed within a second or two, put right where it can be, and told once. Knows nothing of jobs.
"""

from __future__ import annotations

from collections.abc import Callable

from daemon.errors import LockHeldError, sentences
from daemon.fs.moment import Moment
from daemon.fs.read import read_file
from daemon.notify.events import Event, Warned
from daemon.root.create import keep_marker, mend_state, shelf_troubles
from daemon.root.layout import Layout
from daemon.root.lock import RootLock

EVERY = 1.0
"""Seconds between two looks."""


class Upkeep:
    """Looks after `layout`, whose `lock` we hold; None where whoever runs us holds it."""

    def __init__(
        self, layout: Layout, lock: RootLock | None, emit: Callable[[Event], None]
    ) -> None:
        self._layout = layout
        self._lock = lock
        self._emit = emit
        self._next = self._marker_due = 0.0
        self._marker = read_file(layout.id_file, 200)
        self._told = set(shelf_troubles(layout))
        self.is_ousted = False
        """Another daemon holds the lock by now: this one is to leave."""

    def keep_marker(self, at: Moment) -> None:
        """Where our lock lies, no disk is away: a marker that is gone there was taken away, and is
        written again. Raises OSError."""
        if at.now < self._marker_due:
            return
        self._marker_due = at.now + EVERY
        if self._lock is not None and self._lock.is_in_place:
            told = keep_marker(self._layout, self._marker)
            if told:
                self._emit(Warned(told))

    def look(self, at: Moment) -> None:
        """Put right what is due. Raises OSError."""
        if at.now < self._next:
            return
        self._next = at.now + EVERY
        for each in mend_state(self._layout):
            self._emit(Warned(each))
        self._look_at_shelves()
        self._renew_lock()

    def _look_at_shelves(self) -> None:
        troubles = shelf_troubles(self._layout)
        for each in troubles:
            if each not in self._told:
                self._emit(Warned(each))
        self._told = set(troubles)

    def _renew_lock(self) -> None:
        if self._lock is None or not self._lock.is_taken:
            return
        try:
            if self._lock.renew():
                self._emit(Warned(".hotfolder/lock had been replaced; this daemon holds it again"))
        except LockHeldError as error:
            self._emit(Warned(sentences(str(error), "This one leaves.")))
            self.is_ousted = True

"""Two threads whose work must never mix: one works on and gives way between two pieces of its work,
the other one asks for a moment between them.

torch's compiler and torch's tracing both change what every layer of every network does while they
are at it, so neither may begin before the other has put back what it changed. A thread that stands
still somewhere within a piece (see `pause`) has not. Knows nothing of what either of them does.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator


class Turns:
    """The one who works is in `work`, the other one in `between`."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_working = False
        self._is_asked = False

    @contextlib.contextmanager
    def work(self) -> Iterator[None]:
        """Meanwhile nothing else is done, except where this thread gives way."""
        self._begin()
        try:
            yield
        finally:
            self._is_working = False

    def give_way(self) -> None:
        """A piece is done, and all is as it was before: the other one first, if it has asked."""
        self._is_working = False
        self._begin()

    @contextlib.contextmanager
    def between(self) -> Iterator[bool]:
        """Whether no piece of the work is under way; then none begins meanwhile. Otherwise the
        next one waits, until this was entered again or is not `needed` any more."""
        with self._changed:
            self._is_asked = True
            is_free = not self._is_working
        try:
            yield is_free
        finally:
            if is_free:
                self.not_needed()

    def not_needed(self) -> None:
        """Nothing is to be done between two pieces."""
        with self._changed:
            self._is_asked = False
            self._changed.notify_all()

    def _begin(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._is_asked)
            self._is_working = True

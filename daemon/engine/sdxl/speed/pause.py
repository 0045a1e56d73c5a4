"""Has one thread stand still at its next call of a Python function, for as long as another asks.

Waiting for each other's turns with the interpreter is what two threads of Python do at each of some
thousand operations of a picture; one of low priority may even be put to sleep in its turn. A thread
that stands still wants no turns. It may hold something the other needs (a module half imported), so
it goes on if it hears nothing more for a while. It knows nothing of what either of them does.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType

LONGEST = 10.0
"""Seconds after the last `ask` from which nobody stands still any more: then whoever asked may be
waiting for something that the one who stands still holds, or its steps are so long that some turns
between them don't matter."""


class Pause:
    """One pause: asked for by one thread, kept by another."""

    def __init__(self, longest: float = LONGEST) -> None:
        self._longest = longest
        self._until = 0.0
        self._over = threading.Event()

    def ask(self) -> None:
        """From now on, and anew with every call."""
        self._over.clear()
        self._until = time.monotonic() + self._longest

    def end(self) -> None:
        """Whoever stands still goes on."""
        self._until = 0.0
        self._over.set()

    def keep(self) -> None:
        """Stand still while that is asked for."""
        while (left := self._until - time.monotonic()) > 0:
            self._over.wait(left)

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Meanwhile every call of a Python function in this thread is a place to stand still."""

        def on_call(_frame: FrameType, _event: str, _given: object) -> None:
            if self._until:  # some 50 million times
                self.keep()

        traced = sys.gettrace()
        sys.settrace(on_call)
        try:
            yield
        finally:
            sys.settrace(traced)

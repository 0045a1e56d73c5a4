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
from types import CodeType, FrameType

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
        self._calls = _Calls(self)

    @property
    def is_asked(self) -> bool:
        """Whether one is to stand still now, as far as can be told without a clock."""
        return self._until > 0

    def ask(self) -> None:
        """From now on, and anew with every call."""
        self._over.clear()
        self._until = time.monotonic() + self._longest
        self._calls.look()

    def end(self) -> None:
        """Whoever stands still goes on."""
        self._until = 0.0
        self._over.set()

    def keep(self) -> None:
        """Stand still while that is asked for."""
        while (left := self._until - time.monotonic()) > 0:
            self._over.wait(left)

    def kept(self) -> contextlib.AbstractContextManager[None]:
        """Meanwhile every call of a Python function in this thread is a place to stand still."""
        return self._calls.watched()


if sys.version_info >= (3, 12):

    class _Calls:
        """The calls of all threads, but only from `look` until the one has seen it: since 3.12 a
        thread that is traced slows down all others."""

        TOOL = 4
        """One of the numbers of `sys.monitoring` that are nobody's by custom."""

        def __init__(self, pause: Pause) -> None:
            self._pause = pause
            self._thread = 0
            self._stands = False

        def look(self) -> None:
            """Have the next call of a function in the thread that is watched looked at."""
            if self._thread and not self._stands:
                with contextlib.suppress(ValueError):  # it has just ended
                    sys.monitoring.set_events(self.TOOL, sys.monitoring.events.PY_START)

        @contextlib.contextmanager
        def watched(self) -> Iterator[None]:
            monitoring = sys.monitoring
            if monitoring.get_tool(self.TOOL) is not None:  # somebody's debugger: go on as without
                yield
                return
            monitoring.use_tool_id(self.TOOL, __name__)
            monitoring.register_callback(self.TOOL, monitoring.events.PY_START, self._on_call)
            self._thread = threading.get_ident()
            try:
                if self._pause.is_asked:
                    self.look()
                yield
            finally:
                self._thread = 0
                monitoring.set_events(self.TOOL, monitoring.events.NO_EVENTS)
                monitoring.register_callback(self.TOOL, monitoring.events.PY_START, None)
                monitoring.free_tool_id(self.TOOL)

        def _on_call(self, _code: CodeType, _offset: int) -> None:
            if threading.get_ident() == self._thread:
                self._stands = True
                sys.monitoring.set_events(self.TOOL, sys.monitoring.events.NO_EVENTS)
                self._pause.keep()
                self._stands = False

else:

    class _Calls:
        """The calls of one thread by its trace function, which costs that thread half its pace, and
        no other anything."""

        def __init__(self, pause: Pause) -> None:
            self._pause = pause

        def look(self) -> None:
            """It looks at every call."""

        @contextlib.contextmanager
        def watched(self) -> Iterator[None]:
            pause, traced = self._pause, sys.gettrace()

            def on_call(_frame: FrameType, _event: str, _given: object) -> None:
                if pause._until:  # asked some 50 million times, so without a property
                    pause.keep()

            sys.settrace(on_call)
            try:
                yield
            finally:
                sys.settrace(traced)

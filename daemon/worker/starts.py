"""How worker processes come to be: anew, or one that has imported its libraries and waits.

Knows no model. A process that waits holds some 300 MB, and is ready in the time the weights take.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from daemon.fs.moment import Moment
from daemon.worker.process import Gone, Printed, Told, WorkerProcess

IN_VAIN = 30.0
"""Seconds after which one that waits is let go, unless one always is to."""


class WorkerStarts:
    """Starts workers of one engine, which talk to `tell`. One waits whenever there is no worker, if
    it `keeps` one; else only if it was prepared, and for a while."""

    def __init__(
        self, engine: str, tell: Callable[[Told | Printed | Gone], None], *, keeps: bool = False
    ) -> None:
        self._engine = engine
        self._tell = tell
        self._keeps = keeps
        self._waiting: WorkerProcess | None = None
        self._since = 0.0

    @property
    def has_one(self) -> bool:
        """Whether one waits, or did when it was last seen."""
        return self._waiting is not None

    def start(self) -> WorkerProcess:
        """A worker to be told what to load. Raises OSError."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None and waiting.is_alive:
            return waiting
        return WorkerProcess(self._engine, self._tell)

    def prepare(self, at: Moment) -> None:
        """Have one import its libraries, unless one does, or has died of it since the last start;
        it is only for speed."""
        if self._waiting is None:
            with contextlib.suppress(OSError):
                self._waiting = WorkerProcess(self._engine, self._tell, libraries=True)
                self._since = at.now

    def look(self, at: Moment, *, none: bool) -> None:
        """Have one wait where there is none at work, or let go the one that has waited in vain."""
        if self._keeps and none:
            self.prepare(at)
        elif not self._keeps and at.now - self._since > IN_VAIN:
            self.close()

    def close(self) -> None:
        """End the one that waits: at once, since it has nothing to lose."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.kill()
            waiting.close()

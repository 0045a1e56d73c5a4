"""How worker processes come to be: anew, or one that has imported its libraries and waits.

Knows no model. A process that waits holds some 300 MB, and is ready in the time the weights take.
"""

from __future__ import annotations

from collections.abc import Callable

from daemon.worker.process import Gone, Printed, Told, WorkerProcess


class WorkerStarts:
    """Starts workers of one engine, which talk to `tell`; keeps one waiting if asked to."""

    def __init__(self, engine: str, tell: Callable[[Told | Printed | Gone], None]) -> None:
        self._engine = engine
        self._tell = tell
        self._waiting: WorkerProcess | None = None

    def start(self) -> WorkerProcess:
        """A worker to be told what to load. Raises OSError."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None and waiting.is_alive:
            return waiting
        return WorkerProcess(self._engine, self._tell)

    def prepare(self) -> None:
        """Have one import its libraries, unless one does, or has died of it since the last start.
        Raises OSError."""
        if self._waiting is None:
            self._waiting = WorkerProcess(self._engine, self._tell, libraries=True)

    def close(self) -> None:
        """End the one that waits."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.close()

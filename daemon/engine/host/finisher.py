"""What is left to do for a finished picture, done beside the next one's steps.

A thread that does one thing after another in the order it was given them, so outcomes keep the
order in which pictures came down. Little may wait: whoever brings more than that waits too, and
memory stays bounded. Knows no picture.
"""

from __future__ import annotations

import queue
import threading
import traceback
from collections.abc import Callable

ROOM = 1
"""Things that may wait while one is being done."""


class Finisher:
    """Does things in order, in a thread of its own."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Callable[[], None]] = queue.Queue(ROOM)
        self._thread = threading.Thread(target=self._run, name="saver", daemon=True)
        self._thread.start()

    def put(self, finish: Callable[[], None]) -> None:
        """Have `finish` done after all that was given before; waits while there is no room. It
        answers for its own failures."""
        self._queue.put(finish)

    def drain(self) -> None:
        """Wait until everything given so far is done."""
        if threading.current_thread() is not self._thread:
            self._queue.join()

    def _run(self) -> None:
        while True:
            finish = self._queue.get()
            try:
                finish()
            except Exception:  # a bug: the next picture shall not wait for ever because of it
                traceback.print_exc()
            finally:
                self._queue.task_done()
            del finish  # and with it the picture

"""The writing end of a pipe to a child, written to by a thread of its own.

A pipe holds some kilobytes. A child that has stopped reading (it hangs, or was stopped) would hold
up whoever writes more than that, and with them every clock that is to notice that it hangs. So
what is sent waits here, in order, until it is read or the child is gone. Knows no messages.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from typing import IO


class CommandPipe:
    """That of one child; `stream` is ours to close."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream = stream
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name=name, daemon=True)
        self._thread.start()

    def send(self, line: bytes) -> None:
        """Have it written after all that was sent before; returns at once."""
        self._lines.put(line)

    def close(self) -> None:
        """Have the pipe closed once all is written; returns at once."""
        self._lines.put(None)

    def _write(self) -> None:
        """Until the end, or until nobody reads any more: their end is told elsewhere."""
        with contextlib.suppress(OSError, ValueError), self._stream:
            while (line := self._lines.get()) is not None:
                self._stream.write(line)
                self._stream.flush()

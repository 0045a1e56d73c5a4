"""The parent's end of one child process that is spoken to over a socket, in whole messages.

Knows nothing of what they say.
"""

from __future__ import annotations

import contextlib
import select
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Sequence

from daemon.sandbox.frames import unframed


class Child:
    """One process and the socket to it; both end with this object, at the latest."""

    def __init__(self, module: str, arguments: Sequence[str] = ()) -> None:
        """Starts `python -m module`, with the number of its socket and `arguments`. Raises OSError
        if it can't be started."""
        ours, theirs = socket.socketpair()
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", module, str(theirs.fileno()), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # Ctrl-C on a terminal is the parent's to answer
            )
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        ours.setblocking(False)
        self.socket, self.pid = ours, process.pid
        self._heard = bytearray()
        self.end = weakref.finalize(self, _end, process, ours)

    def hear(self, patience: float) -> bytes | None:
        """A whole answer, or None if there is none within `patience` seconds. Raises
        ConnectionError if the child has ended."""
        until = time.monotonic() + patience
        readable = select.poll()  # select() itself takes no descriptor above 1,023
        readable.register(self.socket, select.POLLIN)
        while (answer := unframed(self._heard)) is None:
            left = max(0.0, until - time.monotonic())
            if not readable.poll(left * 1000):
                return None
            data = self.socket.recv(1 << 20)
            if not data:
                raise ConnectionError
            self._heard += data
        return answer


def _end(process: subprocess.Popen[bytes], ours: socket.socket) -> None:
    ours.close()
    with contextlib.suppress(OSError):
        process.kill()
    process.wait()

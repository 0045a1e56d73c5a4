"""What systemd is told over its socket: that the daemon is ready, that it lives, and what it does.

A datagram each, to a socket of this machine that the environment names (NOTIFY_SOCKET); nothing is
waited for. Without that name nothing happens.
"""

from __future__ import annotations

import contextlib
import os
import socket

from daemon.root.status_file import Snapshot
from daemon.root.status_words import now
from daemon.text.printable import one_line


class ServiceManager:
    """The one that has started us, if it wants to be told."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._is_ready = False
        name = os.environ.pop("NOTIFY_SOCKET", "")  # it is not our children's
        if name[:1] not in ("/", "@"):
            return
        self._address = f"\0{name[1:]}" if name[0] == "@" else name
        with contextlib.suppress(OSError):
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            self._socket.setblocking(False)

    def alive(self, status: str) -> None:
        """It lives, and has begun, whatever it waits for; `status` is what it does."""
        said = f"STATUS={one_line(status, 300)}\nWATCHDOG=1"
        if self._tell(said if self._is_ready else f"READY=1\n{said}"):
            self._is_ready = True

    def beat(self, snapshot: Snapshot) -> None:
        """A heartbeat of the daemon."""
        if self._socket is not None:
            self.alive(now(snapshot))

    def stopping(self) -> None:
        """It was told to leave, or leaves by itself."""
        self._tell("STOPPING=1\nSTATUS=leaving")
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _tell(self, text: str) -> bool:
        if self._socket is None:
            return False
        with contextlib.suppress(OSError):  # a full socket, or one that is gone: the next will do
            self._socket.sendto(text.encode("utf-8", "replace"), self._address)
            return True
        return False

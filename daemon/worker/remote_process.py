"""The parent's handle on a worker of another machine, as it has one on a child of its own.

What is sent goes to the bridge, which knows the machines. Nothing here waits for the network.
"""

from __future__ import annotations

from collections.abc import Callable

from daemon.protocol.messages import Command, encode
from daemon.protocol.places import Down, SlotClose, SlotKill, SlotOpen, SlotTell
from daemon.worker.process import next_serial


class RemoteProcess:
    """One worker at a place of the cluster; `stays` says whether its model stays loaded there once
    it is let go."""

    pid = 0
    """Its number there means nothing here."""

    def __init__(
        self, engine: str, place: str, send: Callable[[Down], None], stays: Callable[[], bool]
    ) -> None:
        self.serial = next_serial()
        self.is_alive = True
        self._send = send
        self._stays = stays
        send(SlotOpen(self.serial, place, engine))

    def send(self, command: Command) -> None:
        """Hand a command down; a worker that is gone tells so by its `Gone`, not here."""
        self._send(SlotTell(self.serial, encode(command).decode("ascii")))

    def kill(self) -> None:
        """End it now, whatever it is doing."""
        self._send(SlotKill(self.serial))

    def close(self) -> None:
        """Let it go; returns at once."""
        if self.is_alive:
            self.is_alive = False
            self._send(SlotClose(self.serial, self._stays()))

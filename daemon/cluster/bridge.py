"""`python -m daemon.cluster.bridge`: what a daemon reaches other machines by.

A process of its own, so that the daemon imports no dask and never waits for a network. It leaves
when its standard input ends; what it has to say goes up a pipe.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sys
import threading
from pathlib import Path

from daemon.cluster.address import checked_address
from daemon.cluster.certificates import Files
from daemon.cluster.link import Link
from daemon.cluster.session import FAREWELL, Owner, Session
from daemon.cluster.tuning import prepare
from daemon.errors import ExitCode, HotfolderError
from daemon.fs.read import read_file
from daemon.protocol import places
from daemon.protocol.places import (
    BEAT,
    BridgeAlive,
    ClusterTrouble,
    SlotClose,
    SlotKill,
    SlotOpen,
    SlotTell,
    Up,
)


def main(arguments: list[str] | None = None) -> int:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m daemon.cluster.bridge", description=__doc__)
    parser.add_argument("--address", required=True)
    parser.add_argument("--state", required=True, type=Path)
    parser.add_argument("--events", required=True, type=int)
    given = parser.parse_args(arguments)
    up = _Up(given.events)
    try:
        address = checked_address(given.address)
        prepare()
    except HotfolderError as error:
        up.tell(ClusterTrouble(str(error)))
        return ExitCode.SETUP
    asyncio.run(_Bridge(address, given.state, up).serve())
    return ExitCode.OK


class _Up:
    """Whole lines, whoever says them."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def tell(self, message: Up) -> None:
        line = places.encode(message)
        with self._lock:
            try:
                while line:
                    line = line[os.write(self._descriptor, line) :]
            except BrokenPipeError:
                os._exit(0)  # nobody is left to hear it


class _Bridge:
    """Sessions by their serial numbers."""

    def __init__(self, address: str, state: Path, up: _Up) -> None:
        self._link = Link(address, Files.of(state), up.tell)
        self._owner = _owner(state)
        self._up = up
        self._sessions: dict[int, tuple[Session, asyncio.Task[None]]] = {}
        self._farewells: set[asyncio.Task[None]] = set()
        self._ended = asyncio.Event()

    async def serve(self) -> None:
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, args=(loop,), name="commands", daemon=True).start()
        beat = asyncio.create_task(self._beat())
        link = asyncio.create_task(self._link.run())
        ended = asyncio.create_task(self._ended.wait())
        await asyncio.wait({link, ended}, return_when=asyncio.FIRST_COMPLETED)
        beat.cancel()
        if link.done():
            link.result()
        if self._farewells:
            await asyncio.wait(self._farewells, timeout=FAREWELL)
        os._exit(0)  # dask's own farewells may take longer than the daemon waits

    async def _beat(self) -> None:
        """As long as this loop turns, whoever started us can tell."""
        while True:
            self._up.tell(BridgeAlive())
            await asyncio.sleep(BEAT)

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        for line in sys.stdin.buffer:
            loop.call_soon_threadsafe(self._obey, places.decode(line))
        loop.call_soon_threadsafe(self._ended.set)

    def _obey(self, message: places.Down | Up) -> None:
        match message:
            case SlotOpen(serial=serial):
                session = Session(self._link, message, self._owner, self._up.tell)
                task = asyncio.create_task(session.run())
                task.add_done_callback(lambda _: self._sessions.pop(serial, None))
                self._sessions[serial] = session, task
            case SlotTell(serial, line) if serial in self._sessions:
                self._sessions[serial][0].put(line)
            case SlotKill(serial) if serial in self._sessions:
                self._also(self._sessions[serial][0].kill())
            case SlotClose(serial, warm) if serial in self._sessions:
                session, task = self._sessions.pop(serial)
                task.cancel()
                self._also(session.close(warm=warm))

    def _also(self, work: object) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)  # type: ignore[arg-type]
        self._farewells.add(task)
        task.add_done_callback(self._farewells.discard)


def _owner(state: Path) -> Owner:
    """A root that was copied has the id of its first: where it lies tells the two apart."""
    try:
        identity = read_file(state / "id").decode("utf-8").strip()
    except (OSError, ValueError):
        identity = ""
    where = f"{state.parent} on {platform.node()}"
    return Owner(f"{identity} of {where}", f"the daemon of {where}")


if __name__ == "__main__":
    sys.exit(main())

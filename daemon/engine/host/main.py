"""The worker: one engine, loaded once, that serves until its supervisor leaves.

One thread reads commands, the main thread paints (see `scheduler`). A worker lives as long as its
standard input is open; it holds no state that outlives a picture but the warm engine itself. What
libraries shall find in their environment, it was handed by its parent.
"""

from __future__ import annotations

import argparse
import platform
import signal
import sys
import time
import traceback
from dataclasses import replace
from typing import NoReturn

from daemon import __version__
from daemon.engine.host.outcomes import describe
from daemon.engine.host.pipes import Incoming, Outgoing, take_pipes
from daemon.engine.host.scheduler import Scheduler
from daemon.engine.interface import Engine, UnloadableError
from daemon.engine.registry import find_engine, import_libraries
from daemon.engine.sdxl.loading.readahead import read_ahead
from daemon.errors import WireError
from daemon.protocol.engines import ENGINES, SDXL
from daemon.protocol.messages import Load, Loading, Unloadable

CANNOT_LOAD = 5


def main(arguments: list[str] | None = None) -> NoReturn:
    """Serve until standard input ends or the model can't be loaded."""
    parser = argparse.ArgumentParser(prog="python -m daemon.engine", description=__doc__)
    parser.add_argument("--engine", default=SDXL.name, metavar="|".join((*ENGINES, "MODULE:CLASS")))
    parser.add_argument("--events", type=int, required=True, metavar="FD", help="where to write")
    parser.add_argument("--libraries", action="store_true", help="import them before any command")
    given = parser.parse_args(arguments)
    born = time.monotonic()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is the supervisor's matter
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    stream, outgoing = take_pipes(given.events)
    incoming = Incoming(stream, outgoing)
    incoming.start()
    status = Worker(incoming, outgoing, born).serve(given.engine, libraries=given.libraries)
    sys.stdout.flush()
    outgoing.leave(status)  # not by return: the thread that reads commands can't be stopped


class Worker:
    """One warm engine between the two pipes."""

    def __init__(self, incoming: Incoming, outgoing: Outgoing, born: float) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._born = born

    def serve(self, spec: str, *, libraries: bool = False) -> int:
        """`libraries` imports them before anything is asked. Returns the exit status."""
        if libraries:
            import_libraries(spec)
            first = self._incoming.next().command
            self._born = time.monotonic()  # what it waited is nobody's loading time
        else:
            first = self._incoming.next().command
        if not isinstance(first, Load):
            raise WireError(f"a worker must be told to Load first, not {type(first).__name__}")
        try:
            engine = self._warm(spec, first)
        except UnloadableError as error:
            self._outgoing.emit(Unloadable(error.what, error.remedy, error.device))
            return CANNOT_LOAD
        return Scheduler(engine, self._incoming, self._outgoing, first.live).serve()

    def _warm(self, spec: str, load: Load) -> Engine:
        read_ahead(load)  # while the libraries are imported
        began = time.monotonic()
        try:
            import_libraries(spec)
            engine = find_engine(spec)
            libraries = time.monotonic() - began
            ready = engine.load(load, self._loading)
        except UnloadableError:
            raise
        except Exception as error:
            traceback.print_exc()
            raise UnloadableError(
                f"Loading {load.name} failed: {describe(error)}",
                "The log holds the details; `hotfolder models check` looks at the model's files.",
            ) from error
        versions = {"hotfolder": __version__, "python": platform.python_version()}
        self._outgoing.emit(
            replace(
                ready,
                seconds=time.monotonic() - self._born,
                versions={**versions, **ready.versions},
                parts={"libraries": libraries, **ready.parts},
            )
        )
        return engine

    def _loading(self, component: str, index: int, total: int) -> None:
        self._outgoing.emit(Loading(component, index, total))

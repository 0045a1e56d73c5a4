"""The worker's two pipes: commands come in by a thread of their own, events go out by any.

Both descriptors are moved out of the way first, so that a library that prints to stdout, or a
child process that reads stdin, can't disturb them. Knows nothing of engines.
"""

from __future__ import annotations

import fcntl
import os
import queue
import threading
import time
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from daemon.errors import WireError
from daemon.protocol.messages import (
    Cancel,
    Event,
    Load,
    Note,
    RenderBatch,
    Shutdown,
    decode,
    encode,
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A command and when it came: its number in line, and the monotonic clock."""

    command: Load | RenderBatch
    number: int
    at: float


def take_pipes(events: int) -> tuple[BinaryIO, Outgoing]:
    """Move stdin and descriptor `events` to private ones; what they leave behind is harmless."""
    incoming = fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, 10)
    outgoing = fcntl.fcntl(events, fcntl.F_DUPFD_CLOEXEC, 10)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.close(events)
    return os.fdopen(incoming, "rb"), Outgoing(outgoing)


PAUSE = 0.25
"""Seconds that steps may be held back. Who reads of each uses the very processors that make them: a
wake-up for each step of a small picture costs it some per cent."""


class Outgoing:
    """Writes events, whole lines in the order they came, whoever calls."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._held = b""
        self._wrote_at = 0.0
        self._late = threading.Event()
        threading.Thread(target=self._catch_up, name="events", daemon=True).start()

    def emit(self, event: Event, *, may_wait: bool = False) -> None:
        """Write it, and before it what was held back; with `may_wait` a little later."""
        line = encode(event)
        with self._lock:
            self._held += line
            if may_wait and time.monotonic() - self._wrote_at < PAUSE:
                self._late.set()
            else:
                self._write()

    def _write(self) -> None:
        """All that is held; by who holds the lock."""
        line, self._held = self._held, b""
        self._wrote_at = time.monotonic()
        try:
            while line:
                line = line[os.write(self._descriptor, line) :]
        except BrokenPipeError:
            os._exit(0)  # nobody is left who could want the picture

    def _catch_up(self) -> None:
        """What was held back is written though nothing follows it."""
        while True:
            self._late.wait()
            self._late.clear()
            time.sleep(PAUSE)
            with self._lock:
                if self._held:
                    self._write()

    def leave(self, status: int = 0) -> NoReturn:
        """End the process now, whatever its threads are doing, but not in the middle of a line."""
        self._lock.acquire(timeout=1.0)
        os._exit(status)


class Incoming(threading.Thread):
    """Reads commands as they come, so that a cancel is seen while a picture is being made.

    The end of the stream ends the process at once, whatever it is doing: a supervisor that was
    killed leaves no worker behind.
    """

    def __init__(self, stream: BinaryIO, outgoing: Outgoing) -> None:
        super().__init__(name="commands", daemon=True)
        self._stream = stream
        self._outgoing = outgoing
        self._queue: queue.SimpleQueue[Arrival] = queue.SimpleQueue()
        self._cancels: dict[int, int] = {}
        self._count = 0

    def run(self) -> None:
        try:
            for line in self._stream:
                self._accept(line, time.monotonic())
        finally:
            self._outgoing.leave()

    def _accept(self, line: bytes, at: float) -> None:
        try:
            message = decode(line)
        except WireError as error:
            self._outgoing.emit(Note("ERROR", f"the worker was sent {error}"))
            return
        self._count += 1
        match message:
            case Shutdown():
                self._outgoing.leave()
            case Cancel(job):
                self._cancels[job] = self._count
            case Load() | RenderBatch():
                self._queue.put(Arrival(message, self._count, at))
            case _:
                self._outgoing.emit(Note("ERROR", f"{type(message).__name__} is not a command"))

    def next(self) -> Arrival:
        """The next command to act on; waits for it."""
        return self._queue.get()

    def within(self, seconds: float) -> Arrival | None:
        """The next command to act on, if one comes in time."""
        try:
            return self._queue.get(timeout=seconds)
        except queue.Empty:
            return None

    def here(self) -> Arrival | None:
        """The next command to act on, if one has come."""
        try:
            return self._queue.get_nowait()
        except queue.Empty:
            return None

    def has_some(self) -> bool:
        """Whether a command waits to be acted on."""
        return not self._queue.empty()

    def cancelled(self, job: int, since: int) -> bool:
        """Whether `job` was cancelled after command number `since`."""
        return self._cancels.get(job, 0) > since

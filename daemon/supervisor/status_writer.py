"""Writes status.json: at every change of state at once, else once a second while things change.

Decides when, and lists the queue in between; what stands in it is `snapshot`'s.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

from daemon.fs.moment import Moment
from daemon.notify import events
from daemon.protocol.json_object import JsonObject
from daemon.root.layout import Layout
from daemon.root.status_file import Snapshot, write_status
from daemon.supervisor.snapshot import PassesOf, Sources, State, queue_of, take_snapshot

HEARTBEAT = 5.0
STATUS_EVERY = 1.0

QUEUE_SHARE = 20
"""Listing ten thousand files takes a while: no more than one part in so many of the time."""


class StatusWriter:
    """The only writer of status.json."""

    def __init__(
        self,
        layout: Layout,
        sources: Sources,
        passes_of: PassesOf,
        emit: Callable[[events.Event], None],
        beat: Callable[[Snapshot], None] = lambda _: None,
    ) -> None:
        """`beat` hears every snapshot, and must not wait."""
        self._layout = layout
        self._sources = sources
        self._passes_of = passes_of
        self._emit = emit
        self._beat = beat
        self._written = -STATUS_EVERY
        self._dirty = True
        self._state = State("")
        self._complaint = ""
        self._queue: JsonObject = {}
        self._queue_stale = True
        self._queue_at = 0.0

    def touch(self, changed: bool = True) -> None:
        """Something that it shows has changed, if so."""
        self._dirty |= changed

    @property
    def due(self) -> float:
        """When it is to be written next (monotonic)."""
        return self._written + (STATUS_EVERY if self._dirty else HEARTBEAT)

    def say(self, state: str, reason: str | None = None) -> None:
        """Before there is anything else to tell, and at the end: then nothing else is true."""
        beat: Snapshot = {
            "schema": 1,
            "state": state,
            "reason": reason,
            "heartbeat_unix": time.time(),
        }
        beat |= {"pace": self._sources.hearing.pace.to_json(), "later": self._sources.later}
        self._beat(beat)
        with contextlib.suppress(OSError):
            write_status(self._layout, beat)

    def write(self, state: State, at: Moment) -> None:
        """Write it if it is due."""
        if state == self._state and at.now < self.due:
            return
        self._queue_stale |= self._dirty
        self._written, self._dirty, self._state = at.now, self._refresh_queue(), state
        snapshot = take_snapshot(self._sources, at, state, self._queue)
        self._beat(snapshot)
        try:
            write_status(self._layout, snapshot)
        except OSError as error:
            self._complain(f"status.json can't be written: {error.strerror}")
        else:
            self._complaint = ""

    def _complain(self, text: str) -> None:
        """Once, as long as it stays so."""
        if text != self._complaint:
            self._complaint = text
            self._emit(events.Warned(text))

    def _refresh_queue(self) -> bool:
        """List what waits, if there is time for it; True if it is still to be done."""
        began = time.monotonic()
        if self._queue_stale and began >= self._queue_at:
            sources = self._sources
            self._queue = queue_of(
                sources.waiting, sources.jobs, sources.hearing.pace, self._passes_of
            )
            self._queue_stale = False
            self._queue_at = began + QUEUE_SHARE * (time.monotonic() - began)
        return self._queue_stale

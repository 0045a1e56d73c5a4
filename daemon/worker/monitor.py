"""The watch over one living worker: hung, too big, or grown old.

Follows what the worker says, asks the system for its memory, and answers with verdicts: why it must
be killed now, or why it should be replaced once it holds no picture. Changes nothing itself; the
slot does. One monitor sees one worker after the other.
"""

from __future__ import annotations

import sys

from daemon.fs.moment import Moment
from daemon.protocol.messages import Event, Loading, Ready, Rendered, Started, Step
from daemon.protocol.render import Render
from daemon.settings import Settings
from daemon.worker.deadlines import Deadline
from daemon.worker.hand import Hand
from daemon.worker.pace import Pace
from daemon.worker.recycling import Recycling, resident_bytes

MEMORY_EVERY = 0.5
"""Seconds between two looks at the worker's memory."""


class Monitor:
    """Over the worker of one slot; `pace` tells how long a step usually takes."""

    def __init__(self, pace: Pace, settings: Settings) -> None:
        self._pace = pace
        self._deadline = Deadline(settings.hang_timeout)
        self._recycling = Recycling(int(settings.worker_memory * 1e9))
        self._memory_at = float("-inf")
        self.resident: int | None = None
        """Main memory that the worker held when it was last looked at."""

    def born(self, at: Moment) -> None:
        """A new worker was started."""
        self.resident, self._memory_at = None, float("-inf")
        self._recycling.born()
        self._deadline.begin("starting", at.now, long=True)

    def resident_now(self, pid: int | None, at: Moment) -> int | None:
        """The main memory that the worker holds: now or half a second ago, or, where asking costs a
        process, after its last picture. None where that can't be told."""
        if pid is None or not sys.platform.startswith("linux"):
            return self.resident
        return self._look(pid, at)

    def died(self) -> None:
        """It has ended, or is being ended."""
        self._deadline.rest()

    def heard(self, event: Event, render: Render | None, hand: Hand, at: Moment) -> None:
        """The worker has said something (about `render`): what it must do next, and until when."""
        usual = None
        if render is not None:  # of the step that comes next
            next_step = event.step + 1 if isinstance(event, Step) else 1
            usual = self._pace.seconds_per_step(*render.size_at(next_step))
        match event:
            case Loading():
                self._deadline.begin(f"loading the {event.component}", at.now, long=True)
            case Started():
                self._deadline.begin("preparing the first step", at.now, usual=usual, long=True)
            case Step() if event.step < event.steps:
                between = render is not None and event.step == render.passes[0][2]
                self._deadline.begin(
                    f"taking step {event.step + 1}", at.now, usual=usual, long=between
                )
            case Step():
                self._deadline.begin("decoding and saving", at.now, usual=usual, long=True)
            case Ready():
                self._deadline.rest()
            case _ if not hand.is_started:
                self._deadline.rest()

    def grown_old(self, event: Rendered, pid: int, at: Moment) -> str | None:
        """A picture is done: why the worker should be replaced, or None. The steps of one that was
        made together with others say nothing of the worker's pace."""
        alone = event.batch.get("size", 1) == 1
        self._memory_at = float("-inf")
        self._look(pid, at)
        return self._recycling.picture(
            resident=self.resident,
            size=(event.width, event.height),
            seconds_per_step=event.timings.seconds_per_step
            if alone and not event.timings.hires
            else None,
            now=at.now,
        )

    def verdict(self, pid: int, hand: Hand, at: Moment) -> str | None:
        """Why the worker must be killed now, or None."""
        if self._deadline.phase is None and hand:
            self._deadline.begin("taking up the next picture", at.now)
        return self._deadline.overrun(at.now) or self._too_big(pid, at)

    def due(self, hand: Hand, at: Moment) -> float:
        """When to look at the latest (monotonic)."""
        watching = self._recycling.limit > 0 and bool(hand)
        return min(self._deadline.due(), at.now + MEMORY_EVERY if watching else float("inf"))

    def _too_big(self, pid: int, at: Moment) -> str | None:
        return self._recycling.too_big(self._look(pid, at)) if self._recycling.limit > 0 else None

    def _look(self, pid: int, at: Moment) -> int | None:
        if at.now - self._memory_at >= MEMORY_EVERY:
            self._memory_at, self.resident = at.now, resident_bytes(pid)
        return self.resident

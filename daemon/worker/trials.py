"""Whether a place of the pool, rather than the jobs it is given, is what fails.

A place where different jobs fail one after the other, while others go on, is set aside; after a
while a worker is tried there, and gets pictures again once its canary, a small picture that is
always the same, has come out as ever. Decides nothing about jobs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from daemon.fs.moment import Moment
from daemon.notify import events
from daemon.protocol.messages import Note
from daemon.worker.lifecycle import WorkerSlot
from daemon.worker.slot_state import SlotState

MOST_FAILURES = 3
"""Different jobs in a row."""

FIRST_PAUSE, LONGEST_PAUSE = 300.0, 7_200.0
"""Seconds until a place that was set aside is tried, twice as long each time."""

SILENCE = 60.0
"""Seconds after which a warm worker on trial whose engine paints no canary is taken for well."""


@dataclass(slots=True)
class _Past:
    """What is known of one place: jobs that failed there since a picture came out, how often it
    was set aside since then, whether a worker is on trial there."""

    failed: list[int] = field(default_factory=list)
    times: int = 0
    is_on_trial: bool = False


class Trials:
    """Of all places of a pool; `emit` is told in words."""

    def __init__(self, emit: Callable[[events.Event], None]) -> None:
        self._emit = emit
        self._pasts: dict[int, _Past] = {}

    def failed(self, slot: WorkerSlot, job: int) -> bool:
        """A job failed there, and not by a fault of its own; whether that is one too many."""
        past = self._pasts.setdefault(slot.number, _Past())
        if job not in past.failed:
            past.failed.append(job)
        return len(past.failed) >= MOST_FAILURES

    def passed(self, slot: WorkerSlot) -> None:
        """A picture came out there."""
        self._pasts.pop(slot.number, None)

    def set_aside(self, slot: WorkerSlot, reason: str, at: Moment) -> None:
        """No more pictures there, where no worker is now."""
        past = self._pasts.setdefault(slot.number, _Past())
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**past.times)
        past.times, past.failed, past.is_on_trial = past.times + 1, [], False
        slot.set_aside(reason, at.now + pause)
        again = "it gets none until a small one, tried after a while, comes out as ever"
        self._say(slot, events.WARNING, f"it is set aside: {reason}; {again}")

    def look(self, slot: WorkerSlot, at: Moment) -> None:
        """Try a place whose time has come; let one in whose engine has nothing to say."""
        if slot.may_be_tried(at) and slot.card is not None:
            self._pasts.setdefault(slot.number, _Past()).is_on_trial = True
            slot.start(slot.card, at)
        elif slot.state is SlotState.TRIAL and slot.ready and at.now - slot.idle_since > SILENCE:
            self._admit(slot, "its model is warm")

    def died(self, slot: WorkerSlot, at: Moment) -> bool:
        """A worker has died there, or could not load; whether it was on trial, and its place is set
        aside again."""
        past = self._pasts.get(slot.number)
        if past is None or not past.is_on_trial:
            return False
        self.set_aside(slot, "the worker on trial failed", at)
        return True

    def heard(self, slot: WorkerSlot, canary: Note, at: Moment) -> None:
        """What the small picture of a worker on trial says."""
        if slot.state is not SlotState.TRIAL:
            return
        if canary.level == events.INFO:
            self._admit(slot, canary.text)
        else:
            slot.release()
            self.set_aside(slot, canary.text, at)

    def _admit(self, slot: WorkerSlot, reason: str) -> None:
        self.passed(slot)
        slot.admit(reason)
        self._say(slot, events.INFO, f"it gets pictures again: {reason}")

    def _say(self, slot: WorkerSlot, level: str, text: str) -> None:
        self._emit(events.WorkerSaid(level, text, worker=slot.number))

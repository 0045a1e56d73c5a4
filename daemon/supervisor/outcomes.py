"""How jobs ended in this run: how many not well, and what was made until the queue was empty.

Hears every end on its way to the listeners, and tells once of the moment at which nothing is left
that could be begun; decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from daemon.fs.moment import Moment
from daemon.notify import events
from daemon.protocol.outcome import Outcome

QUIET = 1.0
"""Seconds for which nothing may be there to be begun: a script drops one file after another."""

MOST_NAMES = 5
"""Projects, boards and jobs that are named of what was made."""


@dataclass(slots=True)
class _Tally:
    """What has happened since the queue was empty."""

    made: int = 0
    ends: dict[Outcome, int] = field(default_factory=dict)
    of: dict[str, None] = field(default_factory=dict)
    """What was made or failed."""
    cancelled: dict[str, None] = field(default_factory=dict)

    def event(self, waiting: int) -> events.QueueEmpty:
        done, failed, cancelled = (
            self.ends.get(each, 0) for each in (Outcome.DONE, Outcome.FAILED, Outcome.CANCELLED)
        )
        named = self.of or self.cancelled
        of = tuple(named)[:MOST_NAMES]
        others = len(named) > len(of)
        return events.QueueEmpty(self.made, done, failed, cancelled, of, waiting, others)


class Outcomes:
    """Counts `failures`. `left` is asked whether nothing can be begun: how many files stay then,
    None where something is there to be done."""

    def __init__(self, emit: Callable[[events.Event], None]) -> None:
        self._emit = emit
        self.failures = 0
        self.changed = False
        self.left: Callable[[Moment], int | None] = lambda _: None
        self.due = math.inf
        """When it has been quiet for long enough (monotonic seconds)."""
        self._tally: _Tally | None = None

    def tell(self, event: events.Event) -> None:
        """What the claimed jobs tell, handed on."""
        if isinstance(event, events.JobFinished):
            self.failures += event.is_failure
            self.changed = True
        if isinstance(event, events.PicturePublished | events.JobFinished):
            self._count(event)
        self._emit(event)

    def look(self, at: Moment, *, at_once: bool = False) -> None:
        """Tell that the queue is empty once it has been so for a moment; `at_once` if that is so
        now."""
        left = self.left(at) if self._tally is not None else None
        if self._tally is None or left is None:
            self.due = math.inf
        elif at_once or self.due <= at.now:
            tally, self._tally, self.due = self._tally, None, math.inf
            self._emit(tally.event(left))
        else:
            self.due = min(self.due, at.now + QUIET)

    def take_changed(self) -> bool:
        """Whether a job has ended since this was last asked."""
        changed, self.changed = self.changed, False
        return changed

    def _count(self, event: events.PicturePublished | events.JobFinished) -> None:
        tally = self._tally = self._tally or _Tally()
        subject = event.subject
        is_cancelled = isinstance(event, events.JobFinished) and event.outcome is Outcome.CANCELLED
        named = tally.cancelled if is_cancelled else tally.of
        if len(named) <= MOST_NAMES:  # one more tells that there are others
            named[subject.board or subject.project or subject.name] = None
        if isinstance(event, events.PicturePublished):
            tally.made += 1
        elif event.outcome is not Outcome.CANCELLED or event.is_failure:
            tally.ends[event.outcome] = tally.ends.get(event.outcome, 0) + 1

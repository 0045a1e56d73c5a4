"""What people are told once, although it happens again and again: a trouble that goes on.

The same warning is news again after a while. Programs get every event; this is about the lines that
people read. Pure: times come as arguments.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from daemon.notify import events

NEWS_AGAIN = 600.0
"""Seconds after which a trouble that still goes on is told anew."""

MOST = 1000
"""Troubles remembered."""

_LOADS = (events.WorkerLoading.WORD, events.WorkerGone.WORD)


class Repeats:
    """Remembers what was told, and when."""

    def __init__(self) -> None:
        self._told: OrderedDict[tuple[Hashable, ...], float] = OrderedDict()

    def is_one(self, event: events.Event, wall: float) -> bool:
        """Whether people were told the same a while ago; `wall` is now, seconds since 1970. If
        not, they are told now."""
        if isinstance(event, events.WorkerReady):  # whatever kept it from loading is over
            over = [(word, event.worker) for word in _LOADS]
            self._told = OrderedDict((t, at) for t, at in self._told.items() if t[:2] not in over)
        trouble = _trouble(event)
        if trouble is None:
            return False
        told = self._told.get(trouble)
        if told is not None and 0 <= wall - told < NEWS_AGAIN:
            return True
        self._told[trouble] = wall
        self._told.move_to_end(trouble)
        if len(self._told) > MOST:
            self._told.popitem(last=False)
        return False


def _trouble(event: events.Event) -> tuple[Hashable, ...] | None:
    """What stays the same while a trouble goes on; None for what is always news."""
    match event:
        case events.Warned(text=text, job=job, topic=topic):
            return (event.word, topic) if topic else (event.word, text, job)
        case events.JobDelayed(subject=subject, reason=reason):
            return event.word, subject.job, reason
        case events.WorkerSaid(text=text, severity="WARNING" | "ERROR", worker=worker):
            return event.word, text, worker
        case events.WorkerLoading(component=None, model=model, worker=worker):
            return event.word, worker, model
        case events.WorkerGone("died", reason, worker=worker) if reason.startswith("while loading"):
            return event.word, worker, reason
        case events.FileEvents(means=None, reason=reason):
            return event.word, reason
    return None

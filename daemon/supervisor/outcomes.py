"""How jobs ended in this run: how many not well, and the last of each kind.

Hears every end on its way to the listeners; decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from daemon.notify import events


class Outcomes:
    """`last` holds the last job that went well ("done") and the last that did not ("failed")."""

    def __init__(self, emit: Callable[[events.Event], None]) -> None:
        self._emit = emit
        self.failures = 0
        self.last: dict[str, events.JobFinished] = {}
        self.changed = False

    def remember(self, last: Mapping[str, events.JobFinished]) -> None:
        """What an earlier run left; what has ended since then is newer."""
        self.last = {**last, **self.last}

    def tell(self, event: events.Event) -> None:
        """What the claimed jobs tell, handed on."""
        if isinstance(event, events.JobFinished):
            good = event.outcome.is_good
            self.failures += not good
            self.last["done" if good else "failed"] = event
            self.changed = True
        self._emit(event)

    def take_changed(self) -> bool:
        """Whether a job has ended since this was last asked."""
        changed, self.changed = self.changed, False
        return changed

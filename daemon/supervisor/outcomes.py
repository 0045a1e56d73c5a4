"""How jobs ended in this run: how many not well.

Hears every end on its way to the listeners; decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from daemon.notify import events


class Outcomes:
    """Counts `failures`."""

    def __init__(self, emit: Callable[[events.Event], None]) -> None:
        self._emit = emit
        self.failures = 0
        self.changed = False

    def tell(self, event: events.Event) -> None:
        """What the claimed jobs tell, handed on."""
        if isinstance(event, events.JobFinished):
            self.failures += event.is_failure
            self.changed = True
        self._emit(event)

    def take_changed(self) -> bool:
        """Whether a job has ended since this was last asked."""
        changed, self.changed = self.changed, False
        return changed

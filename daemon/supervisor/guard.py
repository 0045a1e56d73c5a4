"""Runs the steps of the loop so that a disk that fails under one neither ends the daemon nor delays
the others: that step alone is left out for a while.

Knows nothing of what the steps do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from daemon.fs.moment import Moment
from daemon.fs.retry import backoff, said
from daemon.notify import events

Step = Callable[[Moment], None]


@dataclass(slots=True)
class _Trouble:
    tries: int = 0
    not_before: float = 0.0


class Guard:
    """Remembers which steps fail now."""

    def __init__(self, emit: Callable[[events.Event], None]) -> None:
        self._emit = emit
        self._troubles: dict[str, _Trouble] = {}

    def run(self, step: Step, at: Moment) -> None:
        """Do `step`, unless it failed a moment ago."""
        name = step.__name__
        trouble = self._troubles.get(name)
        if trouble is not None and at.now < trouble.not_before:
            return
        try:
            step(at)
        except OSError as error:
            trouble = self._troubles.setdefault(name, _Trouble())
            trouble.not_before = at.now + backoff(trouble.tries)
            trouble.tries += 1
            self._emit(events.Warned(f"{said(error)}; it is tried again"))
        else:
            self._troubles.pop(name, None)

    def not_before(self, name: str, due: float) -> float:
        """`due`, or when the step of that `name` is tried again, if that is later."""
        trouble = self._troubles.get(name)
        return due if trouble is None else max(due, trouble.not_before)

    @property
    def due(self) -> float:
        """When a step that failed is to be tried again (monotonic)."""
        times = (trouble.not_before for trouble in self._troubles.values())
        return min(times, default=float("inf"))

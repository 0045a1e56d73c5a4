"""Runs all that the loop does so that a disk that fails under it, or a fault of our own in it,
neither ends the daemon nor delays the rest: a step is left out for a while, what comes once is
given up.

Knows nothing of what is done.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from daemon.errors import fault
from daemon.fs.moment import Moment
from daemon.fs.retry import backoff, said
from daemon.notify import events

Step = Callable[[Moment], None]


@dataclass(slots=True)
class _Trouble:
    tries: int = 0
    not_before: float = 0.0
    fault: str = ""


class Guard:
    """Remembers which steps fail now."""

    def __init__(self, emit: Callable[[events.Event], None]) -> None:
        self._emit = emit
        self._troubles: dict[Step, _Trouble] = {}
        self._told: dict[Hashable, str] = {}

    def run(self, step: Step, at: Moment) -> None:
        """Do `step`, unless it failed a moment ago."""
        trouble = self._troubles.get(step)
        if trouble is not None and at.now < trouble.not_before:
            return
        try:
            step(at)
        except OSError as error:
            self._put_off(step, at)
            self._emit(events.Warned(f"{said(error)}; it is tried again"))
        except Exception as error:  # a bug: what else there is to do is done
            trouble = self._put_off(step, at)
            if trouble.fault != (found := fault(error)):
                trouble.fault = found
                self._tell(found)
        else:
            self._troubles.pop(step, None)

    def once(self, kind: Hashable, act: Callable[[], object]) -> Exception | None:
        """Do what can't be tried again; the error that it met, if any, which is told unless it is
        what another of its `kind` met last."""
        try:
            act()
        except Exception as error:  # whatever it is, what comes after it is done
            found = said(error) if isinstance(error, OSError) else fault(error)
            if self._told.get(kind) != found:
                self._told[kind] = found
                if isinstance(error, OSError):
                    self._emit(events.Warned(found))
                else:
                    self._tell(found)
            return error
        return None

    def not_before(self, step: Step, due: float) -> float:
        """`due`, or when that step is tried again, if that is later."""
        trouble = self._troubles.get(step)
        return due if trouble is None else max(due, trouble.not_before)

    @property
    def due(self) -> float:
        """When a step that failed is to be tried again (monotonic)."""
        times = (trouble.not_before for trouble in self._troubles.values())
        return min(times, default=float("inf"))

    @property
    def fault(self) -> str:
        """The fault of our own that keeps a step from being done now, if any."""
        return next((each.fault for each in self._troubles.values() if each.fault), "")

    def _tell(self, found: str) -> None:
        text = f"Hotfolder has a fault of its own: {found}; the rest goes on. Report it"
        self._emit(events.Warned(text))

    def _put_off(self, step: Step, at: Moment) -> _Trouble:
        trouble = self._troubles.setdefault(step, _Trouble())
        trouble.not_before = at.now + backoff(trouble.tries)
        trouble.tries += 1
        return trouble

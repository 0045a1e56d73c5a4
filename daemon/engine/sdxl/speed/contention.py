"""How many threads pay while other programs use the same processors.

The threads of one operation wait for each other some thousand times a step: one that may not run
holds up all of them, so a busy neighbour costs far more than its share. Fewer threads, in the limit
one, wait for nobody. Pure arithmetic over what was measured; reads no clock and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

NEIGHBOUR = 0.2
"""Processors that others may keep busy before they count as neighbours."""
HELD_UP = 0.8
"""Share of the processor time that threads get when quiet, below which they are held up."""
WINDOW = 0.25
"""Seconds that are judged at once: the system counts in hundredths."""
PATIENCE = 10.0
MOST_PATIENCE = 300.0
"""Seconds after which all threads are tried although others seem busy (the system may count
processors that are not ours); doubled each time that was wrong."""


@dataclass(frozen=True, slots=True)
class Work:
    """What happened in `wall` seconds: processor seconds that we got, and that others got on the
    processors we may use."""

    wall: float
    ours: float
    others: float

    def __add__(self, more: Work) -> Work:
        return Work(self.wall + more.wall, self.ours + more.ours, self.others + more.others)


NOTHING = Work(0.0, 0.0, 0.0)


class Contention:
    """The number of threads to use now, out of `most`, as `note` learns what they got."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.threads = most
        self.has_judged = False
        self._quiet = 0.9
        """Share of the processor time of all threads that they get when nobody disturbs."""
        self._window = NOTHING
        self._patience = PATIENCE
        self._fewer_for = 0.0

    @property
    def is_busy(self) -> bool:
        return self.threads < self._most

    def note(self, work: Work, threads: int | None = None) -> bool:
        """Learn what a call got, of all its `threads` if they were others than those told; whether
        the number to use has changed."""
        self._window += work
        if self._window.wall < WINDOW:
            return False
        window, self._window = self._window, NOTHING
        before, self.has_judged = self.threads, True
        self._judge(window, threads or self.threads)
        return self.threads != before

    def _judge(self, window: Work, threads: int) -> None:
        others = window.others / window.wall
        share = window.ours / (window.wall * threads)
        if self.is_busy:
            self._fewer_for += window.wall
            if others < NEIGHBOUR:
                self._use(self._most)
                self._patience = PATIENCE
            elif self._fewer_for >= self._patience:
                self._patience = min(2 * self._patience, MOST_PATIENCE)
                self._use(self._most)
            elif share < HELD_UP and 1 < threads == self.threads:
                self._use(self._fewer(others))
        elif others < NEIGHBOUR:
            self._quiet += (share - self._quiet) / 4
        elif share < HELD_UP * self._quiet:
            self._use(self._fewer(others))

    def _fewer(self, others: float) -> int:
        """As many as the others leave, at most half as many as now: who is held up sees only the
        part of them that they could get beside us."""
        return max(1, min(self.threads // 2, int(self._most - others + 0.3)))

    def _use(self, threads: int) -> None:
        self.threads = threads
        self._fewer_for = 0.0

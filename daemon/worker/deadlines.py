"""When a silent worker is taken for hung: a limit for each thing it may be doing.

Learns nothing itself: the usual seconds of a step are told to it. Every limit is generous, since a
hang found late costs minutes and a slow machine found guilty costs the picture. Time is an
argument; nothing is killed here.
"""

from __future__ import annotations

from dataclasses import dataclass

TIMES_USUAL = 20.0
"""A step may take so many times the usual one of its size."""

LONG_PHASE = 10.0
"""Loading, the first step (kernels are built in it) and decoding with saving get so many times the
limit of a step: their length can't be told from steps."""

STALL = 15.0
"""A gap between two of our own looks longer than this was our stall, not the worker's."""


@dataclass(slots=True)
class Deadline:
    """What one worker is doing and since when (monotonic). `patience` is the least limit of a step
    in seconds, 0 for none at all; `phase` is None while nothing is asked of it."""

    patience: float
    phase: str | None = None
    _since: float = 0.0
    _limit: float = 0.0
    _looked: float = 0.0

    def begin(
        self, phase: str, now: float, *, usual: float | None = None, long: bool = False
    ) -> None:
        """The worker has given a sign of life and now does `phase`; `usual` is the seconds a step
        is known to take, and `long` marks what steps tell little about."""
        least = self.patience * (LONG_PHASE if long else 1.0)
        self._limit = max(least, TIMES_USUAL * (usual or 0.0))
        self.phase, self._since, self._looked = phase, now, now

    def rest(self) -> None:
        """Nothing is asked of the worker."""
        self.phase = None

    def overrun(self, now: float) -> str | None:
        """What hangs, as a sentence for the log; None while all is well. To be asked often: a long
        gap between two questions is taken for a stall of ours and forgiven."""
        gap, self._looked = now - self._looked, now
        if gap > STALL:
            self._since += gap
        if self.phase is None or self.patience <= 0 or now - self._since <= self._limit:
            return None
        return f"no sign of life for {now - self._since:.0f} s while {self.phase}"

    def due(self) -> float:
        """When to look at the latest (monotonic)."""
        if self.phase is None or self.patience <= 0:
            return float("inf")
        return self._since + self._limit + 0.01

"""How long pictures take on this machine, learnt from those made: the one rule for every ETA.

Log, status, queue and `check` all ask here, so that they can't contradict each other. Knows sizes,
steps and seconds; neither clock nor worker.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Pass = tuple[int, int, int]
"""(width, height, steps) of one pass over a picture; most pictures have one, `hires` makes two."""

_SIZE = re.compile(r"(\d+)x(\d+)")
_WEIGHT = 0.2  # of the newest measurement in the moving average


@dataclass(slots=True)
class Pace:
    """Moving averages: seconds per step of each size and per megapixel-step of any, seconds per
    picture beyond its steps, and `shared`, how many pictures a step served."""

    step_rate: float | None = None
    overhead: float = 0.0
    shared: float = 1.0
    workers: int = 1
    """How many make pictures at once."""
    _by_size: dict[tuple[int, int], float] = field(default_factory=dict)
    _has_overhead: bool = False

    # --- learning -----------------------------------------------------------------------------

    def step(self, size: tuple[int, int], seconds: float, *, shared: int = 1) -> None:
        """A step at this size took `seconds` and served so many pictures."""
        self.shared = _moved(self.shared, shared)
        self._by_size[size] = _moved(self._by_size.get(size), seconds)
        self.step_rate = _moved(self.step_rate, seconds / _megapixels(*size))

    def picture(self, passes: Iterable[Pass], seconds: float) -> None:
        """A picture took `seconds` from being taken up to being saved, without loading a model."""
        beyond = max(0.0, seconds - (self._steps(passes, 0) or 0.0))
        self.overhead = _moved(self.overhead if self._has_overhead else None, beyond)
        self._has_overhead = True

    # --- telling ------------------------------------------------------------------------------

    def seconds_per_step(self, width: int, height: int) -> float | None:
        """The average of this size, else what the rate of other sizes suggests, else None."""
        known = self._by_size.get((width, height))
        if known is not None or self.step_rate is None:
            return known
        return self.step_rate * _megapixels(width, height)

    def eta(self, passes: Iterable[Pass], done: int) -> float | None:
        """Seconds until a picture with `done` steps behind it is made; None before anything was
        measured."""
        seconds = self._steps(passes, done)
        return None if seconds is None else seconds + self.overhead

    def estimate(self, passes: Iterable[Pass], pictures: int) -> float | None:
        """Seconds for so many pictures not yet begun, sharing steps as the last ones did, and the
        workers there are."""
        seconds = self._steps(passes, 0)
        if seconds is None:
            return None
        return pictures * (seconds / self.shared + self.overhead) / self.workers

    def _steps(self, passes: Iterable[Pass], done: int) -> float | None:
        seconds = 0.0
        for width, height, steps in passes:
            step = self.seconds_per_step(width, height)
            if step is None:
                return None
            seconds += max(0, steps - done) * step
            done = max(0, done - steps)
        return seconds

    # --- kept in status.json, for who plans without the daemon ----------------------------------

    def to_json(self) -> dict[str, object]:
        """All that is known, as `status.json` shows it under `pace`."""
        return {
            "seconds_per_megapixel_step": self.step_rate,
            "overhead": self.overhead,
            "pictures_per_step": self.shared,
            "workers": self.workers,
            "seconds_per_step": {f"{w}x{h}": s for (w, h), s in self._by_size.items()},
        }

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Pace:
        """What `to_json` wrote; what is missing or makes no sense there is not known."""
        sizes = body.get("seconds_per_step")
        known = sizes.items() if isinstance(sizes, dict) else ()
        return cls(
            _seconds(body.get("seconds_per_megapixel_step")) or None,
            _seconds(body.get("overhead")),
            max(1.0, _seconds(body.get("pictures_per_step"))),
            max(1, int(_seconds(body.get("workers")))),
            {
                (int(found[1]), int(found[2])): _seconds(seconds)
                for word, seconds in known
                if (found := _SIZE.fullmatch(str(word)))
            },
        )


def _moved(average: float | None, newest: float) -> float:
    return newest if average is None else average + _WEIGHT * (newest - average)


def _megapixels(width: int, height: int) -> float:
    return width * height / 1e6


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0

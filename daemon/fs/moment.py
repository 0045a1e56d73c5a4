"""A moment, told by both clocks: one value a step of the daemon, so that nothing asks twice.

Rules that only need seconds keep plain floats. Standard library only.
"""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """`now` in seconds of the monotonic clock (what waiting is measured with), `wall` in seconds
    since 1970 (what is told to people and kept on disk)."""

    now: float
    wall: float

    @classmethod
    def read(cls) -> Moment:
        """Both clocks, now."""
        return cls(time.monotonic(), time.time())

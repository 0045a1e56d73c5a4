"""Whether a worker has grown old: memory that only grows, steps that have become slow.

Knows one worker at a time, by figures; its memory is read from the system. Decides when a worker
should be replaced between two pictures, and when it must be stopped at once; does neither.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field

GROWTH = 2 << 30
"""Bytes, or half its size after three pictures if that is more, that a worker may grow by."""

SETTLING = 3
"""Pictures after which a worker's memory and pace are taken for its usual ones."""

TIMES_SLOWER = 5.0
SLOW_AT_LEAST = 0.05  # seconds a step; below it, five times slower is noise
SLOW_PICTURES = 3
CALM = 600.0
"""Seconds between two replacements for slowness: a busy machine is not the worker's fault."""

NEARLY = 0.85
"""Share of the memory limit above which a worker is replaced between pictures, before it is hit."""


@dataclass(slots=True)
class Recycling:
    """`limit` is bytes the worker may hold, 0 for no limit of ours."""

    limit: int = 0
    replaced_at: float = float("-inf")
    _pictures: int = 0
    _size: int = 0
    _paces: dict[tuple[int, int], float] = field(default_factory=dict)
    _slow: int = 0

    def born(self) -> None:
        """A new worker: nothing is known of it."""
        self._pictures, self._size, self._slow = 0, 0, 0
        self._paces.clear()

    def picture(
        self,
        *,
        resident: int | None,
        size: tuple[int, int],
        seconds_per_step: float | None,
        now: float,
    ) -> str | None:
        """A picture is done; why the worker should be replaced before the next, or None. A pace of
        None can't be compared."""
        self._pictures += 1
        grown = self._grown(resident)
        if grown is not None or seconds_per_step is None:
            return grown
        return self._slowed(size, seconds_per_step, now)

    def _grown(self, resident: int | None) -> str | None:
        if resident is None:
            return None
        if self._pictures <= SETTLING:
            self._size = max(self._size, resident)
        elif resident - self._size > max(GROWTH, self._size // 2):
            return f"it grew from {_megabytes(self._size)} to {_megabytes(resident)}"
        if 0 < self.limit * NEARLY < resident:
            return f"it holds {_megabytes(resident)} of {_megabytes(self.limit)}"
        return None

    def _slowed(self, size: tuple[int, int], seconds: float, now: float) -> str | None:
        best = min(seconds, self._paces.get(size, seconds))
        self._paces[size] = best
        slow = seconds > max(SLOW_AT_LEAST, TIMES_SLOWER * best)
        self._slow = self._slow + 1 if slow else 0
        if self._slow < SLOW_PICTURES or now - self.replaced_at < CALM:
            return None
        self.replaced_at = now
        return f"its steps take {seconds:.2f} s and took {best:.2f} s"

    def too_big(self, resident: int | None) -> str | None:
        """Why it must be stopped at once, or None."""
        if resident is None or not 0 < self.limit < resident:
            return None
        return f"it holds {_megabytes(resident)}, more than its limit of {_megabytes(self.limit)}"


def resident_bytes(pid: int) -> int | None:
    """The memory a process holds now, or None where that can't be told: 0 is one elsewhere."""
    if not pid:
        return None
    try:
        if os.path.isdir("/proc/self"):  # noqa: PTH112 (hot path)
            with open(f"/proc/{pid}/statm", "rb") as pages:
                return int(pages.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        words = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, timeout=5, check=False
        ).stdout
        return int(words) * 1024
    except (OSError, ValueError, IndexError, subprocess.SubprocessError):
        return None


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"

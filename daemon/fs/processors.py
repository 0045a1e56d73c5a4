"""The processors this process may use, and how many seconds of them all programs have taken.

What of that is whose, the caller knows. Imports nothing heavy.
"""

from __future__ import annotations

import os

import psutil

_NO_WORK = ("idle", "iowait", "guest", "guest_nice", "steal")
"""Columns of the system's count that no program of this machine has worked in, or that stand in
another column as well (psutil.cpu_times)."""


def processors() -> frozenset[int]:
    """Numbers of those this process may use; where the system does not say (macOS), all."""
    if hasattr(os, "sched_getaffinity"):
        return frozenset(os.sched_getaffinity(0))
    return frozenset(range(os.cpu_count() or 1))


def busy_seconds() -> float:
    """Seconds that all programs together have used of `processors` since the machine started; the
    system counts in hundredths."""
    ours = processors()
    return sum(
        sum(times) - sum(getattr(times, name, 0.0) for name in _NO_WORK)
        for number, times in enumerate(psutil.cpu_times(percpu=True))
        if number in ours
    )

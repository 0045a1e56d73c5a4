"""Which of NAME, NAME-2, NAME-3 … comes next, without trying every one that is taken.

The same file dropped ten thousand times must not make the ten thousandth look at ten thousand
names. Pure: what is free is asked of the caller.
"""

from __future__ import annotations

from collections.abc import Callable

ONE_BY_ONE = 16
"""Up to here the very first gap is found; beyond it, the gap after the highest run of names."""

MOST = 1 << 30


def first_free(is_free: Callable[[int], bool]) -> int | None:
    """A free number from 1 up, the one before it taken (or it is 1); None if there is none."""
    for number in range(1, ONE_BY_ONE + 1):
        if is_free(number):
            return number
    taken, free = ONE_BY_ONE, ONE_BY_ONE * 2
    while not is_free(free):
        taken, free = free, free * 2
        if free > MOST:
            return None
    while free - taken > 1:
        middle = (taken + free) // 2
        if is_free(middle):
            free = middle
        else:
            taken = middle
    return free

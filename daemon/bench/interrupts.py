"""Ctrl-C waits until what was just started is somebody's to end.

Between a process and the place where it is written down that it must be ended lies a moment, and
an interrupt in it would leave the process behind.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

ENDS = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """An interrupt in this block comes after it. Children that are started in it hear theirs as
    ever: a handler, unlike a mask, does not outlive `exec`."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[tuple[int, FrameType | None]] = []
    before = {number: signal.getsignal(number) for number in ENDS}
    taken = [number for number in ENDS if callable(before[number])]
    for number in taken:
        signal.signal(number, lambda number, frame: came.append((number, frame)))
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, before[number])
        for heard, frame in came[:1]:
            handler = before[signal.Signals(heard)]
            if callable(handler):
                handler(heard, frame)

"""Letting torch's threads wait by sleeping instead of by spinning, and back, while they are in use.

GNU's OpenMP reads once how long its threads spin at a barrier. But where there are more of them
than processors, all teams hardly spin: so a second team is made that computes nothing, and is taken
away again. Spinning is twice as quick on a quiet machine; beside busy neighbours a thread that
spins through its turn waits for one that has none (measured beside eight programs on two
processors: 16 s with, 3 s without, for the same bits). Other OpenMPs don't mind.
"""

from __future__ import annotations

import sys
import threading

import torch

from daemon.fs.processors import processors

LARGE = 2**20
"""Numbers that torch adds in parallel, however few threads it has."""


class Sleepers:
    """The second team; there or not."""

    def __init__(self) -> None:
        self._leave = threading.Event()
        self._thread: threading.Thread | None = None

    def wanted(self, wish: bool) -> None:
        """Make the team, or take it away."""
        if wish and self._thread is None and sys.platform.startswith("linux"):
            ready, self._leave = threading.Event(), threading.Event()
            given = (ready, self._leave)
            self._thread = threading.Thread(target=_hold, args=given, name="sleepers", daemon=True)
            self._thread.start()
            ready.wait()
        elif not wish and self._thread is not None:
            self._leave.set()
            self._thread.join()
            self._thread = None


def _hold(ready: threading.Event, leave: threading.Event) -> None:
    """A thread has its team for as long as it lives."""
    before = torch.get_num_threads()  # what threads that are yet to come will have
    torch.set_num_threads(max(2, len(processors())))
    torch.ones(LARGE).add_(1)
    torch.set_num_threads(before)
    ready.set()
    leave.wait()

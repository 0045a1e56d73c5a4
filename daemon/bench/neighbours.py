"""Who else uses the processors while something is measured: neighbours that a workload is given on
purpose, and others, whose share spoils every figure and shows in none.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

from daemon.fs.processors import busy_seconds

NICE = 5
"""How far below ours the priority of neighbours is: what a person leaves running meanwhile."""


@dataclass(frozen=True, slots=True)
class Busy:
    """So many processes that keep a processor busy each, so far below our priority."""

    count: int
    nice: int = NICE

    def in_words(self) -> str:
        return f"{self.count} of {'lower' if self.nice else 'the same'} priority"


_BURN = "import os\nos.nice({nice})\nwhile os.getppid() == {parent}:\n    sum(range(100_000))\n"


@contextlib.contextmanager
def neighbours(busy: Busy) -> Iterator[None]:
    """They are there until the end of the block."""
    code = _BURN.format(nice=busy.nice, parent=os.getpid())
    burning = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(busy.count)]
    try:
        yield
    finally:
        for process in burning:
            process.kill()
            process.wait()


class Onlooker:
    """Counts what all but this process and its children use, from now on."""

    def __init__(self) -> None:
        self._began, self._everybody, self._ours = time.monotonic(), busy_seconds(), _ours()

    def others(self) -> float:
        """Processors that others have kept busy since, on average."""
        seconds = time.monotonic() - self._began
        theirs = (busy_seconds() - self._everybody) - (_ours() - self._ours)
        return max(0.0, theirs / seconds) if seconds else 0.0


def _ours() -> float:
    """Processor seconds of this process, its children, and theirs, living or waited for."""
    me = psutil.Process()
    used = 0.0
    for process in (me, *me.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            used += sum(process.cpu_times()[:4])  # user, system, and those of children waited for
    return used

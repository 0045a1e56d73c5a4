"""The threads that compute: all of them while the machine is quiet, fewer beside busy neighbours.

How many there are decides the last bits of a picture, so `strict` ones always get all; beside busy
neighbours these sleep where they otherwise spin. What to do about neighbours is decided by
`contention`; here are the clocks and the switches. On graphics cards nothing is ever changed.
"""

from __future__ import annotations

import contextlib
import os
import time
from functools import cache
from pathlib import Path

import psutil
import torch

from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.speed.contention import Contention, Work
from daemon.engine.sdxl.speed.sleepers import Sleepers
from daemon.fs.processors import busy_seconds
from daemon.fs.read import read_file

HELD_UP = 0.3
"""Time of waiting for a processor, of that on one, from which neighbours are busy."""


class Threads:
    """Those of one engine. The thread that steps is the one that calls, but for `use`."""

    def __init__(self, device: Device) -> None:
        """`begin` and `end` learn from work; until there was enough of it, it counts whether this
        process had to wait for a processor while it imported."""
        self._all = torch.get_num_threads()
        self._contention = Contention(self._all)
        self._is_watched = device.kind == "cpu" and self._all > 1
        self._sleepers = Sleepers()
        self._since: _Clocks | None = None
        self._was_held_up = self._is_watched and was_held_up(_turns())
        self._sleepers.wanted(self._was_held_up)
        if self._is_watched and os.environ.get("HOTFOLDER_REHEARSE_NEIGHBOURS"):
            self._contention.note(Work(wall=1.0, ours=0.0, others=float(self._all)))

    @property
    def are_fewer(self) -> bool:
        """Whether fewer compute for whoever asks than a quiet machine would give."""
        return self._is_watched and torch.get_num_threads() < self._all

    @property
    def _is_busy(self) -> bool:
        return self._contention.is_busy if self._contention.has_judged else self._was_held_up

    def begin(self, *, strict: bool) -> None:
        """Before work on a picture: `strict` ones get all threads, whoever else is busy."""
        if not self._is_watched:
            return
        self.use(strict=strict)
        self._sleepers.wanted(self._is_busy and torch.get_num_threads() > 1)
        self._since = _Clocks.read()

    def use(self, *, strict: bool) -> bool:
        """The same for whichever thread calls, without learning from it; whether they are
        fewer. One that never says so keeps for ever what the stepping one had as it began."""
        wanted = self._all if strict else self._contention.threads
        if self._is_watched and torch.get_num_threads() != wanted:
            torch.set_num_threads(wanted)
        return self.are_fewer

    def end(self) -> None:
        """After it; what it got decides about the next."""
        if self._since is None:
            return
        since, self._since = self._since, None
        self._contention.note(_Clocks.read().after(since), torch.get_num_threads())


class _Clocks:
    """The clocks at one moment, in seconds."""

    def __init__(self, wall: float, ours: float, everybody: float) -> None:
        self._wall, self._ours, self._everybody = wall, ours, everybody

    @classmethod
    def read(cls) -> _Clocks:
        everybody = busy_seconds() - _supervisors()
        return cls(time.monotonic(), time.process_time(), everybody)

    def after(self, since: _Clocks) -> Work:
        ours = self._ours - since._ours
        others = max(0.0, self._everybody - since._everybody - ours)
        return Work(self._wall - since._wall, ours, others)


def was_held_up(turns: str) -> bool:
    """By Linux's account of the thread that has imported everything: nanoseconds in which it ran,
    and in which it waited to run."""
    ran, waited, *_ = (int(number) for number in turns.split() or (0, 0))
    return waited > HELD_UP * ran


def _turns() -> str:
    with contextlib.suppress(OSError):
        return read_file(Path("/proc/self/schedstat")).decode()
    return ""


def _supervisors() -> float:
    """Processor seconds of the process that started this one, which is no neighbour."""
    try:
        return sum(_parent().cpu_times()[:2])
    except psutil.Error:
        return 0.0


@cache
def _parent() -> psutil.Process:
    return psutil.Process(os.getppid())

"""The threads that compute: all of them while the machine is quiet, fewer beside busy neighbours.

How many there are decides the last bits of a picture, so `strict` ones always get all. What to do
about neighbours is decided by `contention`; here are the clocks and the switch. On graphics cards
nothing is ever changed.
"""

from __future__ import annotations

import os
import time

import torch

from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.speed.contention import Contention, Work
from daemon.fs.processors import busy_seconds


class Threads:
    """Those of one engine. The thread that steps is the one that calls."""

    def __init__(self, device: Device) -> None:
        self._all = torch.get_num_threads()
        self._contention = Contention(self._all)
        self._is_watched = device.kind == "cpu" and self._all > 1
        self._since: _Clocks | None = None
        if self._is_watched and os.environ.get("HOTFOLDER_REHEARSE_NEIGHBOURS"):
            self._contention.note(Work(wall=1.0, ours=0.0, others=float(self._all)))

    @property
    def are_fewer(self) -> bool:
        """Whether fewer compute than a quiet machine would give."""
        return torch.get_num_threads() < self._all

    def begin(self, *, strict: bool) -> None:
        """Before work on a picture: `strict` ones get all threads, whoever else is busy."""
        wanted = self._all if strict else self._contention.threads
        if self._is_watched and torch.get_num_threads() != wanted:
            torch.set_num_threads(wanted)
        self._since = _Clocks.read() if self._is_watched else None

    def end(self) -> None:
        """After it; what it got decides about the next."""
        if self._since is None:
            return
        since, self._since = self._since, None
        if torch.get_num_threads() == self._contention.threads:  # else it was a strict one
            self._contention.note(_Clocks.read().after(since))


class _Clocks:
    """The clocks at one moment, in seconds."""

    def __init__(self, wall: float, ours: float, everybody: float) -> None:
        self._wall, self._ours, self._everybody = wall, ours, everybody

    @classmethod
    def read(cls) -> _Clocks:
        return cls(time.monotonic(), time.process_time(), busy_seconds())

    def after(self, since: _Clocks) -> Work:
        ours = self._ours - since._ours
        others = max(0.0, self._everybody - since._everybody - ours)
        return Work(self._wall - since._wall, ours, others)

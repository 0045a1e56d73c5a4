"""Slots with real processes that never load, so that no model is needed; what a worker would say is
told to the slot.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from daemon.fs.moment import Moment
from daemon.notify import events
from daemon.protocol.messages import Ready
from daemon.protocol.render import Render
from daemon.protocol.sampling import SamplingParams
from daemon.settings import Settings
from daemon.worker.lifecycle import WorkerSlot
from daemon.worker.pace import Pace
from daemon.worker.process import Gone, WorkerProcess

IDLES = (sys.executable, "-c", "import sys; sys.stdin.read()")
READY = Ready(
    seconds=1.0,
    model={"name": "dry-run"},
    device={"type": "cpu", "name": "a test"},
    parts={},
    versions={},
    peak_memory_bytes=None,
)


def at(seconds: float) -> Moment:
    return Moment(seconds, seconds)


class Slot:
    """A slot, what it told, and the words a worker would say."""

    def __init__(self, tmp_path: Path, command=IDLES, **settings) -> None:
        self.told: list[events.Event] = []

        def start() -> WorkerProcess:
            return WorkerProcess("dry-run", lambda _: None, command)

        wishes = Settings(**settings)
        self.slot = WorkerSlot(0, start, wishes, tmp_path, Pace(), self.told.append)

    def close(self) -> None:
        if self.slot.is_alive:
            self.slot.release()

    def dies(self, now: float, code: int = 1):
        if self.slot.pid is not None:
            os.kill(self.slot.pid, signal.SIGKILL)
        return self.slot.died(Gone(self.slot.serial or 0, code, "its last words"), at(now))


def render(index: int = 1, *, job: int = 1, width: int = 64, strict: bool = False) -> Render:
    sampling = SamplingParams(prompt="a", steps=2, guidance_scale=1.0, strict=strict)
    return Render(job, index, width, 64, seed=1, stage="/nowhere/a.png", sampling=sampling)

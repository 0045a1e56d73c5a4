"""`hotfolder bench --gpu-day`: everything that only a graphics card can tell, in one command.

Made for an hour on a rented card: steps in the order of what they decide, each in a process of its
own and for so many minutes at most. One that fails or hangs costs itself; all that is known is
written down after every step. Without a card it is a rehearsal in small, with the bundled model.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from daemon.bench import machine
from daemon.bench.baselines import terms_of
from daemon.bench.child_process import BenchError, Child, environment
from daemon.bench.compare import Say
from daemon.bench.full_size import build_model
from daemon.bench.gpu_report import DayReport, Step
from daemon.bench.gpu_steps import LARGE, SMALL, Steps
from daemon.bench.workloads import paint_references
from daemon.models.card import Card

HOUR = 3600.0
"""Seconds after which no step is begun."""
REHEARSED = 90.0
"""Seconds that a step of a rehearsal has at most."""


@dataclass(frozen=True, slots=True)
class Day:
    """What was asked for. `small` is the model of a rehearsal, `place` where the large one may lie,
    `json` where everything is written."""

    small: Card
    device: str
    threads: int
    place: Path | None
    json: Path


def run_day(day: Day, say: Say) -> DayReport:
    """Take every step; what fails is told in its place."""
    with contextlib.ExitStack() as stack:
        scratch = day.place or Path(tempfile.gettempdir())
        folder = tempfile.TemporaryDirectory(
            prefix="hotfolder-gpu-day-", dir=scratch, ignore_cleanup_errors=True
        )
        return _Day(day, Path(stack.enter_context(folder)), say).run()


class _Day:
    def __init__(self, day: Day, home: Path, say: Say) -> None:
        self._day = day
        self._home = home
        self._say = say
        self._words = home / "words.txt"
        self._until = time.monotonic() + HOUR

    def run(self) -> DayReport:
        day = self._day
        with self._child("device_facts") as gauge:
            there = gauge.ask("machine", device=day.device)
        device = there["device"]["type"]
        large = device == "cuda"
        if not large:
            self._say(f"no CUDA card here, but {device}: a rehearsal in small")
        dtype = "float16" if large else there["device"]["dtype"]
        card = (
            build_model(self._home, device, dtype, day.threads, self._say) if large else day.small
        )
        terms = terms_of(card, device=device, dtype=dtype, threads=day.threads)
        report = DayReport({**machine.record(), **there}, not large, card.name)
        paint_references(self._home / "references", 1)
        scale = LARGE if large else SMALL
        for step in Steps(terms, card, scale, self._home, self._words).all():
            report.steps.append(step)
            step.limit = step.limit if large else min(step.limit, REHEARSED)
            self._take(step)
            text = json.dumps(report.as_json(), indent=2, ensure_ascii=False, default=str)
            day.json.write_text(text + "\n", encoding="utf-8")
        return report

    def _child(self, script: str) -> Child:
        return Child(script, self._words, environment(self._day.threads, self._home))

    def _take(self, step: Step) -> None:
        self._say(step.title)
        began = time.monotonic()
        left = self._until - began
        if left <= 0:
            step.error = "The hour was over."
            return
        try:
            step.found = step.run(min(step.limit, left))
        except (BenchError, OSError, ValueError) as error:
            step.error = str(error)
        step.seconds = time.monotonic() - began

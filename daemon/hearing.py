"""What follows from each word of the worker: progress, publication, blame, warmth.

Turns worker events into changes of jobs and of the worker's state. Starts nothing and looks at no
clock; `progress` and `pace` are read by the snapshot.
"""

from __future__ import annotations

from daemon.jobs import Jobs
from daemon.protocol import (
    Cancelled,
    Event,
    Loading,
    Note,
    Ready,
    Rendered,
    RenderFailed,
    Started,
    Step,
    Unloadable,
)
from daemon.report import Report
from daemon.snapshot import Pace
from daemon.warmth import InHand, Warmth
from daemon.worker import Gone


class Hearing:
    """Hears one worker at a time."""

    def __init__(self, warmth: Warmth, jobs: Jobs, report: Report) -> None:
        self._warmth = warmth
        self._jobs = jobs
        self._report = report
        self.pace = Pace()
        self.progress: dict[tuple[int, int], Step | Started] = {}

    def hear(self, event: Event, now: float) -> None:
        """Act on one event of the living worker."""
        match event:
            case Loading():
                card = self._warmth.card
                self._report.loading(card.name if card else "model", event)
            case Ready():
                self._warmth.warmed(event, now)
                self._report.ready(event)
            case Unloadable():
                self.take_all_back(self._warmth.let_go())
                self._warmth.block(f"{event.what} {event.remedy}".strip(), now)
                self._report.warn(f"blocked: {self._warmth.blocked}")
            case Started():
                self._started(event)
            case Step():
                self._step(event)
            case Rendered():
                self._rendered(event, now)
            case RenderFailed():
                self._failed(event, now)
            case Cancelled():
                self._let_go_of(event.job, event.index, now)
            case Note():
                self._report.heard(event.text)

    def bury(self, gone: Gone, now: float) -> None:
        """The worker is dead: who is to blame, and what is rendered again."""
        lost, loading = self._warmth.gone(now, gone.last_words)
        how = f"signal {-gone.code}" if gone.code < 0 else f"exit code {gone.code}"
        doing = "while loading" if loading else "while rendering" if lost else "while idle"
        self._report.warn(f"the worker died {doing} ({how})")
        started = [held for held in lost if held.started]
        self.take_all_back(lost)
        if not loading and len(started) == 1:
            active = self._jobs.active.get(started[0].job)
            if active is not None:
                self._jobs.worker_died(active, gone.last_words or how, now=now)
        if self._warmth.blocked:
            self._report.warn(f"blocked: {self._warmth.blocked}")

    def take_all_back(self, lost: list[InHand]) -> None:
        """What the worker had in hand is to be rendered again."""
        for held in lost:
            self.progress.pop((held.job, held.index), None)
            active = self._jobs.active.get(held.job)
            if active is not None:
                self._jobs.take_back(active, held.index)

    # --- inside -------------------------------------------------------------------------------

    def _started(self, event: Started) -> None:
        held = self._warmth.holds(event.job, event.index)
        active = self._jobs.active.get(event.job)
        if held is not None and active is not None:
            held.started = True
            self.progress[event.job, event.index] = event
            self._report.started(active, event)

    def _step(self, event: Step) -> None:
        active = self._jobs.active.get(event.job)
        if active is not None:
            self.progress[event.job, event.index] = event
            self.pace.step(active.picture(event.index).render, event.seconds)
            self._report.step(active, event, (event.steps - event.step) * event.seconds)

    def _rendered(self, event: Rendered, now: float) -> None:
        self._let_go_of(event.job, event.index, now)
        active = self._jobs.active.get(event.job)
        if active is None or self._warmth.ready is None:
            return
        self.pace.picture(active.picture(event.index).render, float(event.timings["total"]))
        self._report.rendered(active, event)
        self._jobs.rendered(event, self._warmth.ready, now=now)

    def _failed(self, event: RenderFailed, now: float) -> None:
        self._let_go_of(event.job, event.index, now)
        active = self._jobs.active.get(event.job)
        if active is None:
            return
        if event.transient:
            pause = self._jobs.back_off(active, now=now)
            self._report.warn(f"#{event.job}: {event.what} Trying again in {pause:.0f} s.")
            self._jobs.take_back(active, event.index)
        else:
            why = " ".join(part for part in (event.why, event.remedy) if part)
            self._jobs.fail(active, event.what, why)
            self._warmth.cancel(event.job)

    def _let_go_of(self, job: int, index: int, now: float) -> None:
        self._warmth.returned(job, index, now)
        self.progress.pop((job, index), None)
        active = self._jobs.active.get(job)
        if active is not None:
            active.sent.discard(index)

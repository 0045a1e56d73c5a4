"""What follows from each word of the worker: progress, publication, blame, warmth.

Turns worker events into changes of jobs and of the worker's state. Starts nothing and looks at no
clock; `progress` and `pace` are read by the snapshot.
"""

from __future__ import annotations

from collections.abc import Callable

from daemon.fs.moment import Moment
from daemon.jobs.claimed_job import ClaimedJob
from daemon.jobs.jobs import Jobs
from daemon.models.catalogue import Card
from daemon.notify import events
from daemon.notify.log_lines import picture_label
from daemon.protocol.messages import (
    Cancelled,
    Event,
    Loading,
    Note,
    Ready,
    Rendered,
    RenderFailed,
    Room,
    Started,
    Step,
    Unloadable,
)
from daemon.protocol.render import Render
from daemon.settings import Settings
from daemon.worker.lifecycle import InHand, Warmth
from daemon.worker.monitor import Vigil
from daemon.worker.pace import Pace
from daemon.worker.process import Gone


class Hearing:
    """Hears one worker at a time."""

    def __init__(
        self,
        warmth: Warmth,
        jobs: Jobs,
        emit: Callable[[events.Event], None],
        settings: Settings,
        is_default: Callable[[Card], bool],
    ) -> None:
        self._warmth = warmth
        self._jobs = jobs
        self._emit = emit
        self._is_default = is_default
        self.pace = Pace()
        self.vigil = Vigil(warmth, self.pace, settings)
        self.progress: dict[tuple[int, int], Step | Started] = {}

    def hear(self, event: Event, at: Moment) -> None:
        """Act on one event of the living worker."""
        match event:
            case Loading():
                card = self._warmth.card
                name = card.name if card else "model"
                self._emit(events.WorkerLoading(name, event.component, event.index, event.total))
            case Ready():
                self._warmth.warmed(event, at.now)
                self._emit(_ready(event))
            case Unloadable():
                card = self._warmth.card
                self.take_all_back(self._warmth.let_go())
                self._cannot_load(card, event.what, event.remedy, at)
            case Started():
                self._started(event)
            case Step():
                self._step(event)
            case Room():
                self._warmth.rooms[event.width, event.height] = event.pictures
            case Rendered():
                self._rendered(event, at)
            case RenderFailed():
                self._failed(event, at)
            case Cancelled():
                self._let_go_of(event.job, event.index, at)
            case Note():
                self._emit(events.WorkerSaid(event.level, event.text))
        self.vigil.heard(event, self._render_of(event), at.now)

    def watch_over(self, at: Moment) -> None:
        """Kill a worker that hangs or holds too much memory; its end is heard like any other."""
        reason = self.vigil.look(at.now)
        if reason is not None:
            self._emit(events.WorkerKilled(reason))

    def bury(self, gone: Gone, at: Moment) -> None:
        """The worker is dead: who is to blame, and what is rendered again."""
        how = f"signal {-gone.code}" if gone.code < 0 else f"exit code {gone.code}"
        sentence = self.vigil.take_sentence()
        last_words = f"It was killed: {sentence}." if sentence else gone.last_words or how
        lost, loading = self._warmth.gone(at.now, last_words)
        doing = "while loading" if loading else "while rendering" if lost else "while idle"
        self._emit(events.WorkerGone("died", f"{doing} ({how})"))
        started = [held for held in lost if held.started]
        self.take_all_back(lost)
        if not loading:
            self._blame({held.job for held in started}, last_words, at)
        if self._warmth.blocked:
            reason, self._warmth.blocked = self._warmth.blocked, None
            self._cannot_load(self._warmth.card, reason, "", at)

    def _blame(self, numbers: set[int], last_words: str, at: Moment) -> None:
        """A job that had the worker to itself may be what killed it. Of several, none is blamed;
        from now on each is rendered alone, which tells."""
        actives = [self._jobs.active[number] for number in numbers & self._jobs.active.keys()]
        if len(numbers) == 1:
            for active in actives:
                self._jobs.worker_died(active, last_words, at)
            return
        for active in actives:
            self._jobs.suspect(active)

    def take_all_back(self, lost: list[InHand]) -> None:
        """What the worker had in hand is to be rendered again."""
        for held in lost:
            self.progress.pop((held.job, held.index), None)
            active = self._jobs.active.get(held.job)
            if active is not None:
                self._jobs.take_back(active, held.index, lost=True)

    # --- inside -------------------------------------------------------------------------------

    def _cannot_load(self, card: Card | None, what: str, remedy: str, at: Moment) -> None:
        """Without the default model nothing goes on; any other fails only the jobs that name it."""
        if card is None or self._is_default(card):
            self._warmth.block(f"{what} {remedy}".strip(), at.now)
            return
        self._warmth.failed_loads, self._warmth.not_before = 0, at.now
        for active in self._jobs.active.values():
            if active.facts.model in (card.name, str(card.folder), str(card.weights)):
                self._jobs.fail(active, f"The model {card.name} can't be used.", f"{what} {remedy}")

    def _render_of(self, event: Event) -> Render | None:
        if not isinstance(event, Started | Step):
            return None
        active = self._jobs.active.get(event.job)
        return active.picture(event.index).render if active is not None else None

    def _started(self, event: Started) -> None:
        held = self._warmth.holds(event.job, event.index)
        active = self._jobs.active.get(event.job)
        if held is not None and active is not None:
            held.started = True
            self.progress[event.job, event.index] = event
            self._emit(
                events.PictureStarted(
                    *self._about(active, event.index),
                    event.steps,
                    event.width,
                    event.height,
                    active.picture(event.index).render.seed,
                )
            )

    def _step(self, event: Step) -> None:
        active = self._jobs.active.get(event.job)
        held = self._warmth.holds(event.job, event.index)
        if active is not None and held is not None:
            self.progress[event.job, event.index] = event
            render = active.picture(event.index).render
            self.pace.step(render.size_at(event.step), event.seconds, shared=self._warmth.sharing)
            held.stepped = event.step == event.steps
            eta = self.pace.eta(render.passes, event.step)
            about = self._about(active, event.index)
            self._emit(events.StepDone(*about, event.step, event.steps, event.seconds, eta))

    def _rendered(self, event: Rendered, at: Moment) -> None:
        self._let_go_of(event.job, event.index, at)
        active = self._jobs.active.get(event.job)
        if active is None or self._warmth.ready is None:
            return
        seconds = event.timings.total - event.timings.load
        self.pace.picture(active.picture(event.index).render.passes, seconds)
        self._tell_rendered(active, event)
        self.vigil.picture(event, at.now)
        self._jobs.rendered(event, self._warmth.ready, at)

    def _tell_rendered(self, active: ClaimedJob, event: Rendered) -> None:
        rendered = events.PictureRendered(
            *self._about(active, event.index), event.timings.to_json()
        )
        self._emit(rendered)
        for warning in event.warnings:
            label = picture_label(rendered)
            self._emit(events.Warned(f"{label}: {warning}", job=active.number))

    def _about(self, active: ClaimedJob, index: int) -> tuple[events.Subject, int, int]:
        subject = self._jobs.subjects.of_picture(active, index)
        return subject, index, len(active.plan.pictures)

    def _failed(self, event: RenderFailed, at: Moment) -> None:
        self._let_go_of(event.job, event.index, at)
        active = self._jobs.active.get(event.job)
        if active is None:
            return
        why = " ".join(part for part in (event.why, event.remedy) if part)
        if event.transient and not (event.out_of_memory and self._jobs.is_too_big(active)):
            for_all = None if event.out_of_memory else event.what
            pause = self._jobs.back_off(active, for_all, at)
            subject = self._jobs.subjects.of_picture(active, event.index)
            self._emit(events.JobDelayed(subject, event.what, pause))
            self._jobs.take_back(active, event.index, lost=False)
        else:
            self._jobs.fail(active, event.what, why)
            self._warmth.cancel(event.job)

    def _let_go_of(self, job: int, index: int, at: Moment) -> None:
        self._warmth.returned(job, index, at.now)
        self.progress.pop((job, index), None)
        active = self._jobs.active.get(job)
        if active is not None:
            active.let_go(index)


def _ready(event: Ready) -> events.WorkerReady:
    return events.WorkerReady(
        model=str(event.model.get("name", "model")),
        device=str(event.device.get("type", "?")),
        device_name=str(event.device.get("name", "?")),
        seconds=event.seconds,
        parts=event.parts,
        peak_memory_bytes=event.peak_memory_bytes,
    )

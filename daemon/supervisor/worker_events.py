"""What follows from each event of a worker: progress, publication, blame.

Turns worker events into changes of jobs and of the worker's slot. Starts nothing and looks at no
clock; `progress` and `pace` are read by the snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from daemon.errors import sentences
from daemon.fs.moment import Moment
from daemon.jobs.claimed_job import ClaimedJob
from daemon.jobs.jobs import Jobs
from daemon.models.catalogue import Card
from daemon.notify import events
from daemon.notify.log_lines import picture_label
from daemon.plan.model_choice import ModelChoice
from daemon.protocol.messages import (
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
from daemon.protocol.places import ClusterTrouble, Membership, PlaceJoined, PlaceLeft
from daemon.protocol.render import Render
from daemon.worker.hand import InHand
from daemon.worker.lifecycle import WorkerSlot
from daemon.worker.pace import Pace
from daemon.worker.pool import WorkerPool
from daemon.worker.process import Gone, Printed, Told
from daemon.worker.slot_state import RETRY_DEVICE

CANARY = "canary"


class WorkerEvents:
    """Hears the workers of a pool; `models` tells which jobs a model is for."""

    def __init__(
        self,
        pool: WorkerPool,
        jobs: Jobs,
        pace: Pace,
        emit: Callable[[events.Event], None],
        models: ModelChoice,
    ) -> None:
        self._pool = pool
        self._jobs = jobs
        self._emit: Callable[[events.Event], None] = lambda event: emit(pool.named(event))
        self._models = models
        self.pace = pace
        self.progress: dict[tuple[int, int], Step | Started] = {}

    def hear(self, told: Told, at: Moment) -> bool:
        """Act on what a worker says; False if it is not there any more."""
        slot = self._pool.slot_of(told.serial)
        if slot is None:
            return False
        try:
            self._act_on(told.event, slot, at)
        finally:  # it has given a sign of life, whatever becomes of that
            if slot.is_alive:
                slot.heard(told.event, self._render_of(told.event), at)
            self.pace.workers = self._pool.width
        return True

    def _act_on(self, event: Event, slot: WorkerSlot, at: Moment) -> None:
        match event:
            case Loading():
                name = slot.card.name if slot.card else "model"
                part = (event.component, event.index, event.total)
                self._emit(events.WorkerLoading(name, *part, worker=slot.number))
            case Ready():
                self._pool.learn(event, slot)  # first: from now on it may be one of several
                slot.loaded(event, at)
            case Unloadable():
                card = slot.card
                self._take_all_back(slot.release())
                if self._pool.failed_trial(slot, at):
                    pass  # the jobs are made elsewhere
                elif event.device:
                    slot.block(sentences(event.what, event.remedy), at, RETRY_DEVICE)
                else:
                    self._cannot_load(slot, card, event.what, event.remedy, at)
            case Note():
                self._emit(events.WorkerSaid(event.level, event.text, worker=slot.number))
                if event.about == CANARY:
                    self._pool.judged(slot, event, at)
            case _:
                self._hear_of_picture(slot, event, at)

    def bury(self, gone: Gone, at: Moment) -> bool:
        """A worker is dead: who is to blame, and what is rendered again; False if it was let go."""
        slot = self._pool.slot_of(gone.serial)
        if slot is None:
            return False
        if gone.lost:
            self._take_all_back(self._pool.lost(slot, gone, at))
            self._say(events.WARNING, gone.last_words, slot)
            self.pace.workers = self._pool.width
            return True
        death = slot.died(gone, at)
        self.pace.workers = self._pool.width
        if self._pool.failed_trial(slot, at):
            return True
        self._take_all_back(death.lost)
        if not death.loading:
            started = {held.job for held in death.lost if held.started}
            self._blame(started, death.last_words, at)
            for job in started if len(started) == 1 else ():
                self._take_all_back(self._pool.failed(slot, job, at))
        if death.hopeless is not None:
            self._cannot_load(slot, slot.card, death.hopeless, "", at)
        return True

    def hear_of_place(self, told: Membership, at: Moment) -> bool:
        """A place of another machine has come or gone, or none can be reached."""
        before = self._pool.notices
        self._take_all_back(self._pool.heard(told, at))
        match told:
            case PlaceJoined(place, remark):
                self._say(events.INFO, f"{place} has joined" + (f": {remark}" if remark else ""))
            case PlaceLeft(place, reason):
                self._say(events.WARNING, f"{place} is away: {reason}")
            case ClusterTrouble(text) if text and self._pool.notices != before:
                self._say(events.WARNING, f"the cluster can't be reached: {text}")
        self.pace.workers = self._pool.width
        return True

    def print(self, printed: Printed) -> None:
        """A line that a worker, or a library in it, has printed."""
        slot = self._pool.slot_of(printed.serial)
        number = slot.number if slot is not None else None
        self._emit(events.WorkerSaid(events.DEBUG, printed.line, printed=True, worker=number))

    def _say(self, level: str, text: str, slot: WorkerSlot | None = None) -> None:
        number = slot.number if slot is not None else None
        self._emit(events.WorkerSaid(level, text, worker=number))

    def _blame(self, numbers: set[int], last_words: str, at: Moment) -> None:
        """A job that had the worker to itself may be what killed it. Of several, none is blamed;
        from now on each is rendered alone, which tells."""
        actives = [self._jobs.active[number] for number in numbers & self._jobs.active.keys()]
        if len(numbers) == 1:
            for active in actives:
                self._jobs.worker_died(active, last_words, at)
            return
        for active in actives:
            active.tries.alone = True

    def _take_all_back(self, lost: Iterable[InHand]) -> None:
        """What the worker had in hand is to be rendered again."""
        for held in lost:
            self.progress.pop((held.job, held.index), None)
            active = self._jobs.active.get(held.job)
            if active is not None:
                self._jobs.take_back(active, held.index, lost=True)

    # --- inside -------------------------------------------------------------------------------

    def _hear_of_picture(self, slot: WorkerSlot, event: Event, at: Moment) -> None:
        match event:
            case Started():
                self._started(slot, event)
            case Step():
                self._step(slot, event)
            case Rendered():
                self._rendered(slot, event, at)
            case RenderFailed():
                self._failed(slot, event, at)
            case Cancelled():
                self._let_go_of(slot, event.job, event.index, at)

    def _cannot_load(
        self, slot: WorkerSlot, card: Card | None, what: str, remedy: str, at: Moment
    ) -> None:
        """Without the default model nothing goes on; any other fails only the jobs made with it,
        by whatever name they found it. What no job has asked for yet is told when one does."""
        wanted = [each.facts.model for each in self._jobs.active.values()]
        if card is not None and not any(self._models.is_made_with(one, card) for one in wanted):
            slot.clear()
            return
        if card is None or self._models.is_default(card):
            slot.block(sentences(what, remedy), at)
            return
        slot.clear()
        self._models.forget()  # whoever names it next meets it as it is then
        for active in self._jobs.active.values():
            if self._models.is_made_with(active.facts.model, card):
                said = sentences(what, remedy)
                self._jobs.fail(active, f"The model {card.name} can't be used.", said)

    def _render_of(self, event: Event) -> Render | None:
        if not isinstance(event, Started | Step):
            return None
        active = self._jobs.active.get(event.job)
        return active.picture(event.index).render if active is not None else None

    def _started(self, slot: WorkerSlot, event: Started) -> None:
        active = self._jobs.active.get(event.job)
        if active is not None and slot.hand.find(event.job, event.index):
            self.progress[event.job, event.index] = event
            seed = active.picture(event.index).render.seed
            about = self._about(active, event.index)
            size = event.steps, event.width, event.height
            name = self._pool.name_of(event.job, event.index)
            self._emit(events.PictureStarted(*about, *size, seed, name))

    def _step(self, slot: WorkerSlot, event: Step) -> None:
        active = self._jobs.active.get(event.job)
        if active is not None and slot.hand.find(event.job, event.index):
            self.progress[event.job, event.index] = event
            render = active.picture(event.index).render
            self.pace.step(render.size_at(event.step), event.seconds, shared=slot.hand.sharing)
            eta = self.pace.eta(render.passes, event.step)
            about = self._about(active, event.index)
            self._emit(events.StepDone(*about, event.step, event.steps, event.seconds, eta))

    def _rendered(self, slot: WorkerSlot, event: Rendered, at: Moment) -> None:
        self._let_go_of(slot, event.job, event.index, at)
        active = self._jobs.active.get(event.job)
        if active is None or slot.ready is None:
            return
        seconds = event.timings.total - event.timings.load
        self.pace.picture(active.picture(event.index).render.passes, seconds)
        self._tell_rendered(active, event)
        slot.made(event, at)
        self._pool.passed(slot)
        self._jobs.rendered(event, slot.ready, at)

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

    def _failed(self, slot: WorkerSlot, event: RenderFailed, at: Moment) -> None:
        self._let_go_of(slot, event.job, event.index, at)
        active = self._jobs.active.get(event.job)
        if active is None:
            return
        why = sentences(event.why, event.remedy)
        if event.transient and not (event.out_of_memory and active.tries.is_too_big()):
            for_all = not event.out_of_memory
            pause = self._jobs.back_off(active, event.what, at, for_all=for_all)
            subject = self._jobs.subjects.of_picture(active, event.index)
            self._emit(events.JobDelayed(subject, event.what, pause))
            self._jobs.take_back(active, event.index, lost=False)
            self._take_all_back(self._pool.failed(slot, event.job, at))
        else:
            self._jobs.fail(active, event.what, why)
            self._pool.cancel(event.job)

    def _let_go_of(self, slot: WorkerSlot, job: int, index: int, at: Moment) -> None:
        slot.returned(job, index, at)
        self.progress.pop((job, index), None)
        active = self._jobs.active.get(job)
        if active is not None:
            active.let_go(index)

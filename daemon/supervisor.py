"""The supervisor: one thread, one queue of items, one step at a time.

Watcher, worker, signals and clock put items in; `tick` takes one out, lets it act, and then does
what is due: look at the inbox, claim what is next, hand pictures to the worker, publish, say so.
Time is an argument. It holds no picture and no tensor, and it never dies of either.
"""

from __future__ import annotations

import queue
import random
import time
from dataclasses import dataclass
from pathlib import Path

from daemon import control
from daemon.awake import Awake
from daemon.errors import JobError, SetupError
from daemon.inbox import Inbox
from daemon.intake import Intake
from daemon.jobfile import Job
from daemon.jobs import Active, Finished, Jobs
from daemon.layout import Layout
from daemon.outbox import Outbox
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
from daemon.reader import Reader
from daemon.report import Report
from daemon.settings import Settings
from daemon.snapshot import Pace, state_of, take_snapshot
from daemon.spool import Spool
from daemon.status import write_status
from daemon.warmth import InHand, Warmth
from daemon.watch import Hint, Watch
from daemon.worker import Gone, Printed, Told

LOOK_AHEAD = 2
"""Jobs claimed and pictures handed down at once: the one being rendered and the next, so that the
worker never waits for us; everything else stays in the inbox, where a person can change it."""

PEEK_BUDGET = 0.02
FULL_SCAN = 30.0
HEARTBEAT = 5.0
STATUS_EVERY = 1.0
STAY_AWAKE = 30.0
MAX_HELD = 8


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal arrived; its handler only puts this into the queue."""

    number: int


Item = Hint | Told | Printed | Gone | Signal


class Supervisor:
    """One root's daemon. `until_empty` leaves once nothing waits; `service` stays when blocked."""

    def __init__(
        self,
        layout: Layout,
        settings: Settings,
        report: Report,
        *,
        engine: str,
        model: str | None = None,
        until_empty: bool = False,
        service: bool = False,
    ) -> None:
        self._layout = layout
        self._settings = settings
        self._report = report
        self._until_empty = until_empty
        self._service = service
        self.items: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._reader = Reader(layout, settings, engine=engine, model=model)
        self._spool = Spool(layout)
        self._jobs = Jobs(
            self._spool,
            Outbox(layout),
            self._reader,
            lambda: random.getrandbits(32),
            self._finished,
        )
        self._inbox = Inbox(layout.inbox.resolve())
        self._intake = Intake(self._inbox, settings, self._peek)
        self._warmth = Warmth(engine, settings, layout.caches, self.items.put)
        self._awake = Awake(settings.keep_awake)
        self._watch: Watch | None = None
        self._watch_retry = 0.0
        self._next_scan = 0.0
        self._next_full = 0.0
        self._next_beat = 0.0
        self._dirty = True
        self._state = ""
        self._blocked: str | None = None
        self._leaving: int | None = None
        self._pace = Pace()
        self._progress: dict[tuple[int, int], Step | Started] = {}
        self._failures = 0
        self._last: dict[str, Finished] = {}

    # --- the loop -----------------------------------------------------------------------------

    def run(self) -> int:
        """Serve until told to leave; returns the exit code."""
        now, wall = time.monotonic(), time.time()
        self._check_model()
        self._spool.open()
        self._start_watch(now)  # events first, then the first look: nothing falls between
        self._jobs.recover(now=now, wall=wall)
        self._report.say(f"watching {self._inbox.folder}", event="started")
        try:
            while self._leaving is None:
                self.tick(self._take(), time.monotonic(), time.time())
        finally:
            self._close()
        return self._leaving

    def tick(self, item: Item | None, now: float, wall: float) -> None:
        """One step: let `item` act, then do what is due."""
        if item is not None:
            self._act(item, now, wall)
        if self._leaving is not None:
            return
        self._look(now, wall)
        self._obey(now, wall)
        self._refuse(now, wall)
        self._retry_publishing(now, wall)
        self._claim(now, wall)
        self._hand_down(now)
        self._rest(now)
        self._leave_if_done()
        self._write_status(now, wall)

    def _take(self) -> Item | None:
        now = time.monotonic()
        busy = self._intake.peek_some(now=now, clock=time.monotonic, budget=PEEK_BUDGET)
        due = [
            self._next_scan,
            self._next_beat - (HEARTBEAT - STATUS_EVERY if self._dirty else 0.0),
            self._intake.deadline(now=now),
            *(active.not_before for active in self._jobs.active.values() if active.not_before),
        ]
        if self._watch is None:
            due.append(self._watch_retry)
        wait = 0.0 if busy else max(0.0, min(due) - now)
        try:
            return self.items.get(timeout=wait) if wait else self.items.get_nowait()
        except queue.Empty:
            return None

    # --- items --------------------------------------------------------------------------------

    def _act(self, item: Item, now: float, wall: float) -> None:
        match item:
            case Hint(path=None):
                self._next_scan = now
            case Hint(path=Path() as path, complete=complete):
                self._intake.hint(path, now=now, wall=wall, complete=complete)
            case Signal():
                self._report.say("leaving: what was being rendered goes back to the queue")
                self._leaving = 0
            case Printed(line=line):
                self._report.heard(line)
            case Told(serial=serial, event=event):
                if self._warmth.worker is not None and serial == self._warmth.worker.serial:
                    self._hear(event, now, wall)
            case Gone(serial=serial):
                if self._warmth.worker is not None and serial == self._warmth.worker.serial:
                    self._bury(item, now, wall)

    def _hear(self, event: Event, now: float, wall: float) -> None:
        self._dirty = True
        match event:
            case Loading():
                card = self._warmth.card
                self._report.loading(card.name if card else "model", event)
            case Ready():
                self._warmth.warmed(event, now)
                self._blocked = None
                self._report.ready(event)
            case Unloadable():
                self._unloadable(event, now)
            case Started():
                self._on_started(event)
            case Step():
                self._on_step(event)
            case Rendered():
                self._on_rendered(event, now, wall)
            case RenderFailed():
                self._on_failed(event, now, wall)
            case Cancelled():
                self._let_go_of(event.job, event.index, now)
                self._jobs.returned(event.job, event.index, wall=wall)
            case Note():
                self._report.heard(event.text)

    def _on_started(self, event: Started) -> None:
        held = self._warmth.holds(event.job, event.index)
        active = self._jobs.active.get(event.job)
        if held is not None and active is not None:
            held.started = True
            self._progress[event.job, event.index] = event
            self._report.started(active, event)

    def _on_step(self, event: Step) -> None:
        active = self._jobs.active.get(event.job)
        if active is not None:
            self._progress[event.job, event.index] = event
            render = active.picture(event.index).render
            self._pace.step(render, event.seconds)
            eta = (event.steps - event.step) * event.seconds
            self._report.step(active, event, eta)

    def _on_rendered(self, event: Rendered, now: float, wall: float) -> None:
        self._let_go_of(event.job, event.index, now)
        active = self._jobs.active.get(event.job)
        if active is None or self._warmth.ready is None:
            return
        self._pace.picture(active.picture(event.index).render, float(event.timings["total"]))
        self._report.rendered(active, event)
        error = self._jobs.rendered(event, self._warmth.ready, now=now, wall=wall)
        self._note_outbox(error)

    def _on_failed(self, event: RenderFailed, now: float, wall: float) -> None:
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
            self._jobs.fail(active, event.what, why, wall=wall)
            self._warmth.cancel(event.job)
        self._jobs.returned(event.job, event.index, wall=wall)

    def _unloadable(self, event: Unloadable, now: float) -> None:
        self._take_all_back(self._warmth.let_go())
        self._warmth.block(f"{event.what} {event.remedy}".strip(), now)
        self._report.warn(f"blocked: {self._warmth.blocked}")
        self._leave_if_blocked()

    def _bury(self, gone: Gone, now: float, wall: float) -> None:
        """The worker is dead: who is to blame, and what is rendered again."""
        self._dirty = True
        lost, loading = self._warmth.gone(now, gone.last_words)
        how = f"signal {-gone.code}" if gone.code < 0 else f"exit code {gone.code}"
        doing = "while loading" if loading else "while rendering" if lost else "while idle"
        self._report.warn(f"the worker died {doing} ({how})")
        started = [held for held in lost if held.started]
        self._take_all_back(lost)
        if not loading and len(started) == 1:
            active = self._jobs.active.get(started[0].job)
            if active is not None:
                words = gone.last_words or how
                self._jobs.worker_died(active, words, wall=wall)
        if self._warmth.blocked:
            self._report.warn(f"blocked: {self._warmth.blocked}")
            self._leave_if_blocked()
        for held in lost:
            self._jobs.returned(held.job, held.index, wall=wall)

    # --- what is due --------------------------------------------------------------------------

    def _look(self, now: float, wall: float) -> None:
        self._tend_watch(now)
        if now >= self._next_scan:
            began = time.monotonic()
            full = now >= self._next_full
            try:
                self._dirty |= bool(self._intake.scan(now=now, wall=wall, full=full))
                if self._blocked and self._blocked.startswith("inbox:"):
                    self._blocked = None
            except OSError as error:
                self._inbox_trouble(error)
            cost = time.monotonic() - began
            self._next_scan = now + max(self._settings.scan_interval, 20 * cost)
            if full:
                self._next_full = now + FULL_SCAN
        self._intake.look_again(now=now, wall=wall)
        self._intake.peek_some(now=now, clock=time.monotonic, budget=PEEK_BUDGET)

    def _inbox_trouble(self, error: OSError) -> None:
        if isinstance(error, FileNotFoundError):
            self._inbox.folder.mkdir(parents=True, exist_ok=True)
            self._report.warn(f"the inbox was gone; made a new one at {self._inbox.folder}")
            self._next_scan = 0.0
            return
        reason = f"inbox: {error.strerror or error}"
        if self._blocked != reason:
            self._report.warn(f"blocked: {reason} ({self._inbox.folder})")
        self._blocked, self._dirty = reason, True

    def _obey(self, now: float, wall: float) -> None:
        for file, command in control.commands(self._layout):
            control.reply(file, self._perform(command, now, wall))
            self._dirty = True

    def _perform(self, command: dict[str, object], now: float, wall: float) -> dict[str, object]:
        job = command.get("job")
        match command.get("verb"):
            case "cancel" if isinstance(job, int) and job in self._jobs.active:
                self._jobs.cancel(self._jobs.active[job], wall=wall)
                self._warmth.cancel(job)
                return {"ok": True}
            case "cancel" if isinstance(job, str) and self._cancel_waiting(job, wall):
                return {"ok": True}
            case "cancel":
                return {"ok": False, "why": f"{job} is neither waiting nor being worked on."}
            case "arrived":
                path = self._inbox.folder / str(command.get("file", ""))
                self._intake.hint(path, now=now, wall=wall, complete=True)
                return {"ok": True}
            case "wake":
                self._next_scan = now
                return {"ok": True}
        return {"ok": False, "why": "unknown command"}

    def _cancel_waiting(self, file: str, wall: float) -> bool:
        waiting = self._inbox.files.get(self._inbox.folder / file)
        if waiting is None:
            return False
        project, again = self._place(waiting.path)
        try:
            self._jobs.refuse(
                waiting,
                JobError("You cancelled this job before it was begun."),
                project=project,
                again=again,
                wall=wall,
                outcome="cancelled",
            )
        except FileNotFoundError:
            return False
        finally:
            self._intake.claimed(waiting.path)
        return True

    def _refuse(self, now: float, wall: float) -> None:
        for waiting, error in self._intake.refusals(now=now):
            project, again = self._place(waiting.path)
            try:
                self._jobs.refuse(waiting, error, project=project, again=again, wall=wall)
                self._intake.claimed(waiting.path)
            except OSError as trouble:
                self._intake.unclaimable(waiting, _claim_trouble(trouble), now=now)
            self._dirty = True

    def _retry_publishing(self, now: float, wall: float) -> None:
        for active in list(self._jobs.active.values()):
            if active.rendered and active.not_before <= now:
                self._note_outbox(self._jobs.publish_pending(active, now=now, wall=wall))

    def _claim(self, now: float, wall: float) -> None:
        if self._paused() or self._model_missing(now) or self._blocked:
            return
        while self._room_for_claims(now):
            found = self._intake.next(now=now)
            if found is None:
                return
            waiting, _ = found
            project, again = self._place(waiting.path)
            try:
                active = self._jobs.claim(waiting, project=project, again=again, now=now, wall=wall)
            except FileNotFoundError:
                self._intake.claimed(waiting.path)
                continue
            except OSError as error:
                self._intake.unclaimable(waiting, _claim_trouble(error), now=now)
                continue
            self._intake.claimed(waiting.path)
            self._dirty = True
            if active is not None:
                self._report.claimed(active)

    def _room_for_claims(self, now: float) -> bool:
        """Jobs that wait for better times don't count, but never pile up either."""
        actives = self._jobs.active.values()
        ready = sum(1 for active in actives if active.not_before <= now)
        return ready < LOOK_AHEAD and len(actives) < MAX_HELD

    def _hand_down(self, now: float) -> None:
        if self._paused():
            return
        for active in self._jobs.in_order(now=now):
            suspect = active.claim.ticket.deaths > 0  # renders alone, so that no other is blamed
            for picture in active.to_render:
                room = 1 if suspect else LOOK_AHEAD
                if len(self._warmth.in_hand) >= room or not self._have_worker(active, now):
                    return
                self._jobs.begin(active, picture)
                self._warmth.send(picture.render)
                self._dirty = True
                if suspect:
                    return
        if self._warmth.in_hand:
            self._awake.hold()

    def _have_worker(self, active: Active, now: float) -> bool:
        """A worker with the job's model, started if need be."""
        card = self._reader.card(active.job.model)
        if self._warmth.worker is not None and self._warmth.card != card:
            if self._warmth.in_hand:
                return False
            self._warmth.let_go()
        if self._warmth.worker is None:
            if not self._warmth.can_start(now):
                return False
            self._warmth.warm_up(card, now)
            self._report.say(f"loading {card.name}", event="loading")
        return True

    def _rest(self, now: float) -> None:
        if self._warmth.is_idle_too_long(now):
            self._warmth.let_go()
            self._dirty = True
            self._report.say("the model was idle and is let go; the next drop warms it again")
        if not self._warmth.in_hand and now - self._warmth.idle_since > STAY_AWAKE:
            self._awake.release()

    # --- small matters ------------------------------------------------------------------------

    def _peek(self, path: Path) -> Job:
        project, again = self._place(path)
        return self._reader.peek(path, project=project, again=again)

    def _place(self, path: Path) -> tuple[str, bool]:
        again = path.parent == self._inbox.folder / "again" and path.suffix.lower() == ".png"
        return self._inbox.project(path), again

    def _let_go_of(self, job: int, index: int, now: float) -> None:
        self._warmth.returned(job, index, now)
        self._progress.pop((job, index), None)

    def _take_all_back(self, lost: list[InHand]) -> None:
        for held in lost:
            self._progress.pop((held.job, held.index), None)
            active = self._jobs.active.get(held.job)
            if active is not None:
                self._jobs.take_back(active, held.index)

    def _finished(self, end: Finished) -> None:
        self._dirty = True
        good = end.outcome in ("done", "duplicate")
        self._failures += not good
        self._last["done" if good else "failed"] = end
        self._report.finished(end)

    def _note_outbox(self, error: OSError | None) -> None:
        if error is not None:
            self._blocked = f"outbox: {error.strerror or error}"
            self._report.warn(f"blocked: {self._blocked}; the picture is kept and tried again")
        elif self._blocked:
            self._blocked = None

    def _paused(self) -> bool:
        return self._layout.paused_file.exists()

    def _check_model(self) -> None:
        try:
            self._reader.card()
        except SetupError as error:
            if not self._service:
                raise
            self._warmth.block(str(error), time.monotonic())
            self._report.warn(f"blocked: {error}")

    def _model_missing(self, now: float) -> bool:
        """Whether the default model is missing; looked for again every 30 s."""
        if self._warmth.blocked is None:
            return False
        if not self._warmth.can_start(now):
            return True
        self._reader.forget_cards()
        try:
            self._reader.card()
        except SetupError as error:
            self._warmth.block(str(error), now)
            return True
        self._warmth.blocked, self._warmth.failed_loads = None, 0
        return False

    def _leave_if_blocked(self) -> None:
        if self._until_empty or not self._service:
            self._leaving = 5

    def _leave_if_done(self) -> None:
        if not self._until_empty:
            return
        if self._paused() or self._blocked:
            self._leaving = 5
        elif self._intake.is_empty and not self._jobs.active and self._next_full > 0:
            self._leaving = 1 if self._failures else 0

    def _start_watch(self, now: float) -> None:
        self._watch = Watch([self._inbox.folder, self._layout.control.resolve()], self.items.put)
        try:
            means = self._watch.start()
            self._report.say(f"file events by {means}", event="watch")
        except OSError as error:
            self._watch.stop()
            self._watch, self._watch_retry = None, now + 60.0
            self._report.warn(f"no file events ({error}); looking every few seconds instead")

    def _tend_watch(self, now: float) -> None:
        if self._watch is None:
            if now >= self._watch_retry:
                self._start_watch(now)
            return
        if now < self._next_scan:
            return
        reason = self._watch.deaf()
        if reason is not None and self._inbox.folder.is_dir():
            self._report.warn(f"file events had stopped ({reason}); watching again")
            self._watch.stop()
            self._start_watch(now)
            self._next_full = now

    def _write_status(self, now: float, wall: float) -> None:
        blocked = self._warmth.blocked or self._blocked
        state = state_of(paused=self._paused(), blocked=blocked, warmth=self._warmth)
        written = self._next_beat - HEARTBEAT
        if now < self._next_beat and state == self._state and not self._status_due(now, written):
            return
        self._next_beat, self._dirty, self._state = now + HEARTBEAT, False, state
        snapshot = take_snapshot(
            state=state,
            reason=blocked if state == "blocked" else None,
            wall=wall,
            warmth=self._warmth,
            jobs=self._jobs,
            intake=self._intake,
            progress=self._progress,
            pace=self._pace,
            last=self._last,
        )
        try:
            write_status(self._layout, snapshot)
        except OSError as error:
            self._report.warn(f"status.json can't be written: {error.strerror}")

    def _status_due(self, now: float, written: float) -> bool:
        return self._dirty and now - written >= STATUS_EVERY

    def _close(self) -> None:
        if self._watch is not None:
            self._watch.stop()
        self._warmth.let_go()
        self._awake.release()
        self._report.say("stopped", event="stopped")
        self._report.close()


def _claim_trouble(error: OSError) -> str:
    return f"can't be claimed: {error.strerror or error}"

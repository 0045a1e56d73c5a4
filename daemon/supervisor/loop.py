"""The supervisor: one thread, one queue of items, one step at a time.

Watcher, worker, signals and clock put items in; `tick` lets them act, and then does what is due:
look at the inbox, obey, refuse, publish, claim what is next, hand pictures to the worker, say so.
Time is an argument. It holds no picture and no tensor, and it never dies of either.
"""

from __future__ import annotations

import contextlib
import os
import queue
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from daemon.errors import ExitCode, SetupError
from daemon.fs.moment import Moment
from daemon.fs.retry import said
from daemon.inbox.observer import Hint
from daemon.inbox.queue import Intake
from daemon.inbox.scanner import Inbox
from daemon.inbox.watcher import Lookout
from daemon.jobfile import Job
from daemon.jobs.claimed_job import ClaimedJob
from daemon.jobs.jobs import Jobs
from daemon.notify import events
from daemon.plan.job_reader import Reader
from daemon.root.layout import Layout
from daemon.root.status_file import write_status
from daemon.settings import Settings
from daemon.supervisor.announcer import Announcer, file_event
from daemon.supervisor.claimer import Claimer
from daemon.supervisor.commands import Commands
from daemon.supervisor.keep_awake import Awake
from daemon.supervisor.snapshot import queue_of, state_of, take_snapshot
from daemon.supervisor.worker_events import Hearing
from daemon.worker.lifecycle import Warmth
from daemon.worker.process import Gone, Printed, Told

ITEMS_AT_ONCE = 500
HEARTBEAT = 5.0
STATUS_EVERY = 1.0
STAY_AWAKE = 30.0
RETRY_START = 2.0
PATIENCE = "nothing is lost, and it is tried again"


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
        emit: Callable[[events.Event], None],
        *,
        engine: str,
        model: str | None = None,
        until_empty: bool = False,
        service: bool = False,
    ) -> None:
        self._layout = layout
        self._emit = emit
        self._until_empty = until_empty
        self._service = service
        self.items: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._reader = Reader(layout, settings, engine=engine, model=model)
        seeds = random.SystemRandom()
        self._jobs = Jobs(
            layout,
            self._reader,
            lambda: seeds.getrandbits(32),
            self._tell,
            reference_wait=settings.reference_wait,
        )
        self._intake = Intake(Inbox(layout.inbox.resolve()), settings, self._peek)
        self._lookout = Lookout(layout, settings, self._intake, emit, self.items.put)
        self._claimer = Claimer(self._intake, self._jobs, emit)
        self._warmth = Warmth(engine, settings, layout.caches, self.items.put)
        self._hearing = Hearing(
            self._warmth, self._jobs, emit, settings, lambda card: card == self._reader.card()
        )
        self._commands = Commands(
            layout, self._jobs, self._warmth, self._intake, self._lookout, self._claimer
        )
        self._announcer = Announcer(emit)
        self._awake = Awake(settings.keep_awake)
        self._written = -STATUS_EVERY
        self._dirty = True
        self._state = ""
        self._queue: dict[str, object] = {}
        self._queue_stale = True
        self._queue_at = 0.0
        self._leaving: int | None = None
        self._signalled = False
        self._failures = 0
        self._last: dict[str, events.JobFinished] = {}

    # --- the loop -----------------------------------------------------------------------------

    def run(self) -> int:
        """Serve until told to leave; returns the exit code. Raises SetupError at once if there is
        no model and this is no service."""
        at = Moment.read()
        self._say_state("starting")
        self._check_model(at)
        self._lookout.start(at.now)
        self._recover()
        self._emit(events.DaemonStarted(str(self._intake.inbox.folder)))
        try:
            while self._leaving is None:
                self.tick(self._take(), Moment.read())
        finally:
            self._close()
        return self._leaving

    def _recover(self) -> None:
        """Take up the jobs of an earlier run; a disk that refuses now is asked again."""
        while not self._signalled:
            try:
                self._last = self._jobs.recover(Moment.read())
            except OSError as error:
                self._emit(events.Blocked(said(error), "it is tried again"))
                self._say_state("blocked", said(error))
                time.sleep(RETRY_START)
            else:
                return

    def leave(self, number: int) -> None:
        """For signal handlers: leave at the next step. Only sets a flag and wakes the loop."""
        self._signalled = True
        self.items.put(Signal(number))

    def tick(self, items: list[Item], at: Moment) -> None:
        """One step: let `items` act, then do what is due."""
        for item in items:
            self._act(item, at)
        if self._signalled:
            self._emit(events.DaemonLeaving())
            self._leaving = ExitCode.OK
        if self._warmth.blocked and not self._service:
            self._leaving = ExitCode.SETUP
        if self._leaving is None:
            self._guarded(self._look, at)
            if not self._lookout.is_away:
                for step in (self._obey, self._refuse, self._tend, self._claim, self._hand_down):
                    self._guarded(step, at)
            self._rest(at)
            self._leave_if_done()
        self._write_status(at)

    def _take(self) -> list[Item]:
        now = time.monotonic()
        wait = 0.0 if self._lookout.read_on(now) or self._signalled else self._idle_for(now)
        items: list[Item] = []
        try:
            items.append(self.items.get(timeout=wait) if wait else self.items.get_nowait())
            while len(items) < ITEMS_AT_ONCE:
                items.append(self.items.get_nowait())
        except queue.Empty:
            pass
        return items

    def _idle_for(self, now: float) -> float:
        beat = STATUS_EVERY if self._dirty else HEARTBEAT
        retries = [due for due in (*self._jobs.retries, self._claimer.retry_at) if due > now]
        due = [self._lookout.deadline(now), self._hearing.vigil.due(now), self._written + beat]
        return max(0.0, min(due + retries) - now)

    def _act(self, item: Item, at: Moment) -> None:
        match item:
            case Hint(path=None):
                self._lookout.soon(at.now)
            case Hint(path=Path() as path, complete=complete):
                self._lookout.heard(path, at.now)
                self._intake.hint(path, now=at.now, wall=at.wall, complete=complete)
            case Printed(line=line):
                self._emit(events.WorkerSaid(events.DEBUG, line, printed=True))
            case Told(event=event) if self._is_current(item.serial):
                self._hearing.hear(event, at)
                self._dirty = True
            case Gone() if self._is_current(item.serial):
                self._hearing.bury(item, at)
                self._dirty = True

    def _is_current(self, serial: int) -> bool:
        return self._warmth.worker is not None and self._warmth.worker.serial == serial

    def _guarded(self, step: Callable[[Moment], None], at: Moment) -> None:
        """A disk that fails under one step must not end the daemon, nor the steps after it."""
        try:
            step(at)
        except OSError as error:
            self._emit(events.Warned(f"{error}; it is tried again"))
            time.sleep(0.2)

    # --- what is due --------------------------------------------------------------------------

    def _look(self, at: Moment) -> None:
        self._dirty |= self._lookout.look(at.now, at.wall)
        self._hearing.watch_over(at)

    def _obey(self, at: Moment) -> None:
        self._dirty |= self._commands.perform(at)

    def _refuse(self, at: Moment) -> None:
        self._tell_of_files()  # before any of them leaves the inbox
        self._claimer.refuse(at)

    def _tend(self, at: Moment) -> None:
        before = self._jobs.trouble
        self._jobs.tend(at)
        self._dirty |= self._jobs.trouble != before

    def _claim(self, at: Moment) -> None:
        if not (self._paused() or self._model_missing(at)):
            self._claimer.claim(at, self._warmth.wanted)

    def _hand_down(self, at: Moment) -> None:
        if self._paused() or self._warmth.blocked:
            return
        for active in self._jobs.in_order(at):
            alone = active.is_suspect
            for picture in active.to_render:
                takes = self._warmth.takes(picture.render, alone=alone)
                if not takes or not self._have_worker(active, at):
                    return
                try:
                    self._jobs.begin(active, picture)
                except OSError as error:
                    self._jobs.back_off(active, str(error), at)
                    return
                self._warmth.send(picture.render, alone=alone)
                self._awake.hold()
                self._dirty = True

    def _have_worker(self, active: ClaimedJob, at: Moment) -> bool:
        """A worker with the job's model, started if need be."""
        try:
            card = self._reader.card(active.facts.model)
        except SetupError as error:
            self._jobs.fail(active, error.what, error.remedy)
            return False
        if self._warmth.worker is not None and (self._warmth.card != card or self._warmth.tired):
            if self._warmth.in_hand:
                return False
            if self._warmth.tired:
                self._emit(events.WorkerGone("worn", self._warmth.tired))
            self._warmth.let_go()
        if self._warmth.worker is None:
            if not self._warmth.can_start(at.now):
                return False
            self._warmth.warm_up(card, at.now)
            self._emit(events.WorkerLoading(card.name))
        return True

    def _rest(self, at: Moment) -> None:
        if self._warmth.is_idle_too_long(at.now):
            self._warmth.let_go()
            self._dirty = True
            self._emit(events.WorkerGone("idle"))
        if not self._warmth.in_hand and at.now - self._warmth.idle_since > STAY_AWAKE:
            self._awake.release()

    def _leave_if_done(self) -> None:
        if not self._until_empty or not self._lookout.has_looked:
            return
        if self._paused() or self._trouble() or (self._jobs.is_empty and self._intake.is_stuck):
            self._leaving = ExitCode.SETUP
        elif self._intake.is_empty and self._jobs.is_empty:
            self._leaving = ExitCode.FAILED if self._failures else ExitCode.OK

    # --- small matters ------------------------------------------------------------------------

    def _peek(self, path: Path) -> Job:
        project, again = self._claimer.place(path)
        return self._reader.peek(path, project=project, again=again)

    def _tell_of_files(self) -> None:
        for change in self._intake.take_changes():
            self._emit(file_event(change, self._intake.inbox.project(change.path)))

    def _tell(self, event: events.Event) -> None:
        """What the claimed jobs tell."""
        if isinstance(event, events.JobFinished):
            self._finished(event)
        self._emit(event)

    def _finished(self, end: events.JobFinished) -> None:
        good = end.outcome.is_good
        self._failures += not good
        self._last["done" if good else "failed"] = end
        self._dirty = True

    def _paused(self) -> bool:
        return os.path.exists(self._layout.paused_file)  # noqa: PTH110 (Path.exists may raise)

    def _trouble(self) -> str | None:
        troubles = (self._lookout.trouble, self._jobs.trouble, self._claimer.trouble)
        return self._warmth.blocked or next(filter(None, troubles), None)

    def _announce(self) -> str | None:
        """Tell what has changed of pause and trouble; returns the trouble."""
        trouble = self._trouble()
        self._announcer.look(
            paused=None if self._lookout.is_away else self._paused(),
            trouble=trouble,
            advice=PATIENCE if trouble in (self._jobs.trouble, self._claimer.trouble) else "",
        )
        return trouble

    def _check_model(self, at: Moment) -> None:
        try:
            self._reader.card()
        except SetupError as error:
            if not self._service:
                raise
            self._warmth.block(str(error), at.now)

    def _model_missing(self, at: Moment) -> bool:
        """Whether the default model is missing; looked for again every 30 s."""
        if self._warmth.blocked is None:
            return False
        if not self._warmth.can_start(at.now):
            return True
        self._reader.forget_cards()
        try:
            self._reader.card()
        except SetupError as error:
            self._warmth.block(str(error), at.now)
            return True
        self._warmth.blocked, self._warmth.failed_loads = None, 0
        return False

    def _say_state(self, state: str, reason: str | None = None) -> None:
        beat = {"schema": 1, "state": state, "reason": reason, "heartbeat_unix": time.time()}
        with contextlib.suppress(OSError):
            write_status(self._layout, beat)

    def _write_status(self, at: Moment) -> None:
        trouble = self._announce()
        state = state_of(paused=self._paused(), blocked=trouble, warmth=self._warmth)
        self._dirty |= self._intake.take_changed()
        due = STATUS_EVERY if self._dirty else HEARTBEAT
        if state == self._state and at.now - self._written < due:
            return
        self._queue_stale |= self._dirty
        self._written, self._dirty, self._state = at.now, self._refresh_queue(), state
        snapshot = take_snapshot(
            state=state,
            reason=trouble if state == "blocked" else None,
            wall=at.wall,
            warmth=self._warmth,
            jobs=self._jobs,
            intake=self._intake,
            progress=self._hearing.progress,
            pace=self._hearing.pace,
            last=self._last,
            events=self._lookout.events,
            queue=self._queue,
        )
        try:
            write_status(self._layout, snapshot)
        except OSError as error:
            self._emit(events.Warned(f"status.json can't be written: {error.strerror}"))

    def _refresh_queue(self) -> bool:
        """List what waits, in a twentieth of the time at most, since ten thousand files take a
        while; True if it is still to be done."""
        began = time.monotonic()
        if self._queue_stale and began >= self._queue_at:
            self._queue = queue_of(
                self._intake, self._jobs, self._hearing.pace, self._reader.passes_of
            )
            self._queue_stale = False
            self._queue_at = began + 20 * (time.monotonic() - began)
        return self._queue_stale

    def _close(self) -> None:
        self._lookout.stop()
        self._warmth.let_go()
        self._awake.release()
        self._emit(events.DaemonStopped())

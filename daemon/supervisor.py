"""The supervisor: one thread, one queue of items, one step at a time.

Watcher, worker, signals and clock put items in; `tick` takes one, lets it act, and then does what
is due: look at the inbox, obey, refuse, claim what is next, hand pictures to the worker, say so.
Time is an argument. It holds no picture and no tensor, and it never dies of either.
"""

from __future__ import annotations

import queue
import random
import time
from dataclasses import dataclass
from pathlib import Path

from daemon import control
from daemon.active import Active, Finished
from daemon.awake import Awake
from daemon.errors import JobError, SetupError
from daemon.hearing import Hearing
from daemon.inbox import Inbox
from daemon.intake import Intake
from daemon.jobfile import Job
from daemon.jobs import Jobs
from daemon.layout import AGAIN_SUFFIXES, Layout
from daemon.lookout import Lookout
from daemon.outbox import Outbox
from daemon.reader import Reader
from daemon.report import Report
from daemon.settings import Settings
from daemon.snapshot import queue_of, state_of, take_snapshot
from daemon.spool import Spool
from daemon.status import write_status
from daemon.warmth import Warmth
from daemon.watch import Hint
from daemon.worker import Gone, Printed, Told

LOOK_AHEAD = 2
"""Jobs claimed and pictures handed down at once: the one being rendered and the next, so that the
worker never waits for us; everything else stays in the inbox, where a person can change it."""

MAX_HELD = 8
HEARTBEAT = 5.0
STATUS_EVERY = 1.0
STAY_AWAKE = 30.0


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
        self._report = report
        self._until_empty = until_empty
        self._service = service
        self.items: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._reader = Reader(layout, settings, engine=engine, model=model)
        self._spool = Spool(layout)
        seeds = random.SystemRandom()
        self._jobs = Jobs(
            self._spool,
            Outbox(layout),
            self._reader,
            lambda: seeds.getrandbits(32),
            self._finished,
        )
        self._inbox = Inbox(layout.inbox.resolve())
        self._intake = Intake(self._inbox, settings, self._peek)
        self._lookout = Lookout(layout, settings, self._intake, report, self.items.put)
        self._warmth = Warmth(engine, settings, layout.caches, self.items.put)
        self._hearing = Hearing(self._warmth, self._jobs, report)
        self._awake = Awake(settings.keep_awake)
        self._written = -STATUS_EVERY
        self._dirty = True
        self._state = ""
        self._queue: dict[str, object] = {}
        self._leaving: int | None = None
        self._failures = 0
        self._last: dict[str, Finished] = {}

    # --- the loop -----------------------------------------------------------------------------

    def run(self) -> int:
        """Serve until told to leave; returns the exit code. Raises SetupError at once if there is
        no model and this is no service."""
        now, wall = time.monotonic(), time.time()
        self._check_model(now)
        self._spool.open()
        self._lookout.start(now)
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
        if self._leaving is None:
            self._dirty |= self._lookout.look(now, wall)
            self._obey(now, wall)
            self._refuse(now, wall)
            self._tend(now, wall)
            self._claim(now, wall)
            self._hand_down(now)
            self._rest(now)
            self._leave_if_done()
        self._write_status(now, wall)

    def _take(self) -> Item | None:
        now = time.monotonic()
        if self._lookout.read_on(now):
            wait = 0.0
        else:
            beat = STATUS_EVERY if self._dirty else HEARTBEAT
            retries = [at for at in self._jobs.retries if at > now]
            due = min([self._lookout.deadline(now), self._written + beat, *retries])
            wait = max(0.0, due - now)
        try:
            return self.items.get(timeout=wait) if wait else self.items.get_nowait()
        except queue.Empty:
            return None

    def _act(self, item: Item, now: float, wall: float) -> None:
        match item:
            case Hint(path=None):
                self._lookout.soon(now)
            case Hint(path=Path() as path, complete=complete):
                self._intake.hint(path, now=now, wall=wall, complete=complete)
            case Signal():
                self._report.say("leaving; what was being rendered goes back to the queue")
                self._leaving = 0
            case Printed(line=line):
                self._report.heard(line)
            case Told(event=event) if self._is_current(item.serial):
                self._hearing.hear(event, now)
                self._dirty = True
            case Gone() if self._is_current(item.serial):
                self._hearing.bury(item, now)
                self._dirty = True
        if self._warmth.blocked and not self._service:
            self._leaving = 5

    def _is_current(self, serial: int) -> bool:
        return self._warmth.worker is not None and self._warmth.worker.serial == serial

    # --- commands -----------------------------------------------------------------------------

    def _obey(self, now: float, wall: float) -> None:
        for file, command in control.commands(self._layout):
            control.reply(file, self._perform(command, now, wall))
            self._dirty = True

    def _perform(self, command: dict[str, object], now: float, wall: float) -> dict[str, object]:
        job = command.get("job")
        match command.get("verb"):
            case "cancel" if isinstance(job, int) and job in self._jobs.active:
                self._jobs.active[job].cancelled = True
                self._warmth.cancel(job)
                return {"ok": True}
            case "cancel" if isinstance(job, str) and self._cancel_waiting(job, now, wall):
                return {"ok": True}
            case "cancel":
                return {"ok": False, "why": f"{job} is neither waiting nor being worked on."}
            case "arrived":
                path = self._inbox.folder / str(command.get("file", ""))
                self._intake.hint(path, now=now, wall=wall, complete=True)
                self._lookout.read_on(now)
                return {"ok": True}
            case "wake":
                self._lookout.soon(now)
                return {"ok": True}
        return {"ok": False, "why": "unknown command"}

    def _cancel_waiting(self, file: str, now: float, wall: float) -> bool:
        waiting = self._inbox.files.get(self._inbox.folder / file)
        if waiting is None:
            return False
        project, again = self._place(waiting.path)
        error = JobError("You cancelled this job before it was begun.")
        try:
            self._jobs.refuse(
                waiting,
                error,
                project=project,
                again=again,
                now=now,
                wall=wall,
                outcome="cancelled",
            )
        except FileNotFoundError:
            return False
        finally:
            self._intake.claimed(waiting.path)
        return True

    # --- what is due --------------------------------------------------------------------------

    def _refuse(self, now: float, wall: float) -> None:
        for waiting, error in self._intake.refusals(now=now):
            project, again = self._place(waiting.path)
            try:
                self._jobs.refuse(waiting, error, project=project, again=again, now=now, wall=wall)
                self._intake.claimed(waiting.path)
            except OSError as trouble:
                self._intake.unclaimable(waiting, _claim_trouble(trouble), now=now)
            self._dirty = True

    def _tend(self, now: float, wall: float) -> None:
        before = self._jobs.trouble
        self._jobs.tend(now=now, wall=wall)
        trouble = self._jobs.trouble
        if trouble and trouble != before:
            self._report.warn(f"blocked: {trouble}; nothing is lost, and it is tried again")

    def _claim(self, now: float, wall: float) -> None:
        if self._paused() or self._jobs.trouble or self._model_missing(now):
            return
        while self._has_room(now):
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

    def _has_room(self, now: float) -> bool:
        """Jobs that wait for better times don't count, but never pile up either."""
        actives = self._jobs.active.values()
        ready = sum(1 for active in actives if active.not_before <= now)
        return ready < LOOK_AHEAD and len(actives) < MAX_HELD

    def _hand_down(self, now: float) -> None:
        if self._paused() or self._warmth.blocked:
            return
        for active in self._jobs.in_order(now=now):
            suspect = active.claim.ticket.deaths > 0  # renders alone, so that no other is blamed
            for picture in active.to_render:
                room = 1 if suspect else LOOK_AHEAD
                if len(self._warmth.in_hand) >= room or not self._have_worker(active, now):
                    return
                try:
                    self._jobs.begin(active, picture)
                except OSError as error:
                    self._jobs.back_off(active, now=now)
                    self._report.warn(f"#{active.number} can't be begun: {error}")
                    return
                self._warmth.send(picture.render)
                self._awake.hold()
                self._dirty = True

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

    def _leave_if_done(self) -> None:
        if not self._until_empty or not self._lookout.has_looked:
            return
        if self._paused() or self._trouble():
            self._leaving = 5
        elif self._intake.is_empty and self._jobs.is_empty:
            self._leaving = 1 if self._failures else 0

    # --- small matters ------------------------------------------------------------------------

    def _peek(self, path: Path) -> Job:
        project, again = self._place(path)
        return self._reader.peek(path, project=project, again=again)

    def _place(self, path: Path) -> tuple[str, bool]:
        in_again = path.parent == self._inbox.folder / "again"
        return self._inbox.project(path), in_again and path.suffix.lower() in AGAIN_SUFFIXES

    def _finished(self, end: Finished) -> None:
        good = end.outcome in ("done", "duplicate")
        self._failures += not good
        self._last["done" if good else "failed"] = end
        self._dirty = True
        self._report.finished(end)

    def _paused(self) -> bool:
        return self._layout.paused_file.exists()

    def _trouble(self) -> str | None:
        return self._warmth.blocked or self._lookout.trouble or self._jobs.trouble

    def _check_model(self, now: float) -> None:
        try:
            self._reader.card()
        except SetupError as error:
            if not self._service:
                raise
            self._warmth.block(str(error), now)
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

    def _write_status(self, now: float, wall: float) -> None:
        trouble = self._trouble()
        state = state_of(paused=self._paused(), blocked=trouble, warmth=self._warmth)
        self._dirty |= self._intake.take_changed()
        due = STATUS_EVERY if self._dirty else HEARTBEAT
        if state == self._state and now - self._written < due:
            return
        if self._dirty:
            self._queue = queue_of(self._intake, self._jobs, self._hearing.pace)
        self._written, self._dirty, self._state = now, False, state
        snapshot = take_snapshot(
            state=state,
            reason=trouble if state == "blocked" else None,
            wall=wall,
            warmth=self._warmth,
            jobs=self._jobs,
            intake=self._intake,
            progress=self._hearing.progress,
            pace=self._hearing.pace,
            last=self._last,
            queue=self._queue,
        )
        try:
            write_status(self._layout, snapshot)
        except OSError as error:
            self._report.warn(f"status.json can't be written: {error.strerror}")

    def _close(self) -> None:
        self._lookout.stop()
        self._warmth.let_go()
        self._awake.release()
        self._report.say("stopped", event="stopped")
        self._report.close()


def _claim_trouble(error: OSError) -> str:
    return f"can't be claimed: {error.strerror or error}"

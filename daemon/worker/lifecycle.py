"""The life of a worker in its slot: started when there is work, let go when idle, or not to be had.

One slot holds at most one worker, knows which model it carries and which pictures it has in hand.
Every change of state is made here, by a method that asserts the states it may be called in, and is
told as an event. Decides nothing about jobs: who hands it renders hears from it what came back.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from daemon.fs.moment import Moment
from daemon.fs.retry import backoff, said
from daemon.models.catalogue import Card
from daemon.notify import events
from daemon.protocol.messages import Cancel, Event, Ready, RenderBatch, Rendered
from daemon.protocol.render import Render
from daemon.settings import Settings
from daemon.worker.hand import Hand, InHand
from daemon.worker.load_command import load_command
from daemon.worker.monitor import Monitor
from daemon.worker.pace import Pace
from daemon.worker.process import Gone, Process
from daemon.worker.slot_state import ALIVE, AWAY, MAX_LOADS, RETRY_BLOCKED, Death, SlotState

Start = Callable[[], Process]


class WorkerSlot:
    """The place of one worker. `start` makes its process; `number` is its place in the pool, `name`
    what it is called where there are several; `live` where it may show the picture under way."""

    def __init__(
        self,
        number: int,
        start: Start,
        settings: Settings,
        caches: Path,
        pace: Pace,
        emit: Callable[[events.Event], None],
        live: Path | None = None,
        name: str = "",
    ) -> None:
        self.number = number
        self.name = name
        self.hand = Hand()
        self.card: Card | None = None
        self.ready: Ready | None = None
        self._start = start
        self._settings = settings
        self._caches = caches
        self._live = live
        self._monitor = Monitor(pace, settings)
        self._emit = emit
        self._process: Process | None = None
        self._state = SlotState.ABSENT
        self._reason = ""
        self._until = 0.0
        self._deaths = 0  # while loading, one after the other
        self._refusals = 0  # of the system to start a process, one after the other
        self._idle_since = 0.0

    # --- what can be asked ----------------------------------------------------------------------

    @property
    def state(self) -> SlotState:
        return self._state

    @property
    def reason(self) -> str:
        """Why it is retiring, was killed, is blocked or set aside."""
        return self._reason

    @property
    def is_alive(self) -> bool:  # there is a process
        return self._state in ALIVE

    @property
    def is_open(self) -> bool:
        """Whether it may be given pictures."""
        return self._state in (SlotState.LOADING, SlotState.READY)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def serial(self) -> int | None:
        """The number of its process among all there were."""
        return self._process.serial if self._process else None

    def resident_bytes(self, at: Moment) -> int | None:
        """The main memory that the worker holds: now or half a second ago, or, where asking costs a
        process, after its last picture. None where that can't be told."""
        return self._monitor.resident_now(self.pid, at)

    @property
    def idle_since(self) -> float:
        """When it last had something to do (monotonic)."""
        return self._idle_since

    def may_start(self, at: Moment) -> bool:
        """Whether a worker may be started here now."""
        return self._state in AWAY and at.now >= self._until

    def may_be_tried(self, at: Moment) -> bool:
        """Whether a worker may be on trial here: it was set aside long enough ago."""
        return self._state is SlotState.ASIDE and at.now >= self._until

    # --- changes of state -----------------------------------------------------------------------

    def start(self, card: Card, at: Moment) -> None:
        """Have a worker load `card`'s model: LOADING, or TRIAL after ASIDE. Where no process can be
        had, BACKOFF, and BLOCKED once that has happened `MAX_LOADS` times in a row."""
        state = SlotState.TRIAL if self.may_be_tried(at) else SlotState.LOADING
        assert state is SlotState.TRIAL or self.may_start(at), self._state
        try:
            self._process = self._start()
        except OSError as error:
            self._not_started(f"no worker can be started: {said(error)}", at)
            return
        self._refusals = 0
        self.card, self.ready, self.hand = card, None, Hand()
        self._idle_since = at.now
        self._become(state)
        self._monitor.born(at)
        self._emit(events.WorkerLoading(card.name, worker=self.number))
        self._process.send(load_command(card, self._settings, self._caches, self._live))

    def loaded(self, ready: Ready, at: Moment) -> None:
        """The model is warm; what is said again, over a lost connection, is nothing new."""
        assert self.is_alive, self._state
        if self.ready is None:
            self.ready, self._idle_since = ready, at.now
            if self._state is SlotState.LOADING:
                self._become(SlotState.READY)
            self._emit(events.WorkerReady.told_by(self.number, ready))

    def retire(self, reason: str) -> None:
        """It takes no more pictures, and is replaced once it holds none."""
        if self._state is SlotState.READY:
            self._become(SlotState.RETIRING, reason)

    def kill(self, sentence: str) -> None:
        """End it now, whatever it does; its death is then heard like any other."""
        assert self.is_alive, self._state
        assert self._process is not None
        self._become(SlotState.KILLED, sentence)
        self._monitor.died()
        self._emit(events.WorkerKilled(sentence, worker=self.number))
        self._process.kill()

    def release(self, cause: str = "") -> list[InHand]:
        """End it in peace and wait for that; returns what it had in hand. `cause` is told (idle,
        worn, replaced), if there is one."""
        assert self.is_alive, self._state
        process, reason = self._process, self._reason
        assert process is not None
        lost = self._empty()
        self._become(SlotState.ABSENT)
        process.close()
        if cause:
            self._emit(events.WorkerGone(cause, reason, worker=self.number))
        return lost

    def died(self, gone: Gone, at: Moment) -> Death:
        """The process has ended by itself: ABSENT, or BACKOFF if it had begun no picture."""
        assert self.is_alive, self._state
        killed = self._state is SlotState.KILLED
        words = f"It was killed: {self._reason}." if killed else gone.last_words or gone.how
        assert self._process is not None
        loading, process = self.ready is None, self._process
        lost = self._empty()
        process.close()  # dead already: its pipe is let go
        doing = "while loading" if loading else "while rendering" if lost else "while idle"
        self._emit(events.WorkerGone("died", f"{doing} ({gone.how})", worker=self.number))
        if not loading and any(held.started for held in lost):
            self._become(SlotState.ABSENT)
            return Death(tuple(lost), loading, words, None)
        self._deaths += 1
        self._become(SlotState.BACKOFF, until=at.now + backoff(self._deaths))
        hopeless = self._deaths >= MAX_LOADS
        reason = f"the model can't be loaded: {words or 'the worker died'}" if hopeless else None
        return Death(tuple(lost), loading, words, reason)

    def block(self, reason: str, at: Moment, pause: float = RETRY_BLOCKED) -> None:
        """Nothing can be rendered here until a person mends this; tried after `pause` seconds."""
        assert self._state in AWAY, self._state
        self._become(SlotState.BLOCKED, reason, until=at.now + pause)

    def set_aside(self, reason: str, until: float) -> None:
        """It gets no pictures any more; from `until` (monotonic) on a worker may be tried here."""
        assert self._state in AWAY, self._state
        self._become(SlotState.ASIDE, reason, until=until)

    def admit(self, reason: str) -> None:
        """Its worker has passed the trial."""
        assert self._state is SlotState.TRIAL, self._state
        self._become(SlotState.READY, reason)

    def clear(self) -> None:
        """What kept a worker from being started is another's doing, or is mended."""
        assert self._state in AWAY, self._state
        self._deaths = 0
        self._become(SlotState.ABSENT)

    # --- pictures -------------------------------------------------------------------------------

    def send(self, render: Render, *, alone: bool = False) -> None:
        """Hand a picture down; `alone` if nothing may share the worker with it."""
        assert self.is_open, self._state
        assert self._process is not None
        self.hand.put(render, alone=alone)
        self._process.send(RenderBatch((render,)))

    def cancel(self, job: int) -> None:
        """Have it let go of what it holds of a job, if it does."""
        if self._process is not None and any(held.job == job for held in self.hand.held):
            self._process.send(Cancel(job))

    def heard(self, event: Event, render: Render | None, at: Moment) -> None:
        """The worker has said something, about `render` if that is a picture it holds."""
        self.hand.heard(event)
        self._monitor.heard(event, render, self.hand, at)

    def returned(self, job: int, index: int, at: Moment) -> None:
        """The worker is done with this picture, one way or another."""
        self.hand.drop(job, index)
        self._deaths, self._idle_since = 0, at.now

    def made(self, event: Rendered, at: Moment) -> None:
        """A picture is done: a worker that has grown old over it retires."""
        self.hand.kept_bytes = event.kept_bytes
        if self._process is not None:
            reason = self._monitor.grown_old(event, self._process.pid, at)
            if reason is not None:
                self.retire(reason)

    # --- the watch ------------------------------------------------------------------------------

    def look(self, at: Moment) -> None:
        """Kill a worker that hangs or holds too much memory; let one go that is idle too long."""
        if self._process is None or self._state is SlotState.KILLED:
            return
        sentence = self._monitor.verdict(self._process.pid, self.hand, at)
        if sentence is not None:
            self.kill(sentence)
        elif self._is_idle_too_long(at):
            self.release("idle")

    def due(self, at: Moment) -> float:
        """When to look at the latest (monotonic)."""
        if self._state is SlotState.ASIDE:
            return self._until
        if self._process is None or self._state is SlotState.KILLED:
            return float("inf")
        return self._monitor.due(self.hand, at)

    # --- inside ---------------------------------------------------------------------------------

    def _become(self, state: SlotState, reason: str = "", *, until: float = 0.0) -> None:
        self._state, self._reason, self._until = state, reason, until
        self._emit(events.WorkerStateChanged(state.value, reason, worker=self.number))

    def _not_started(self, reason: str, at: Moment) -> None:
        self._refusals += 1
        if self._refusals < MAX_LOADS:
            self._become(SlotState.BACKOFF, reason, until=at.now + backoff(self._refusals))
        else:
            self.block(reason, at)

    def _empty(self) -> list[InHand]:
        self._monitor.died()
        self._process, self.ready = None, None
        return self.hand.empty()

    def _is_idle_too_long(self, at: Moment) -> bool:
        idle = self._state in (SlotState.READY, SlotState.RETIRING) and not self.hand
        return idle and 0 < self._settings.idle_timeout <= at.now - self._idle_since

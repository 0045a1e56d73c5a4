"""The supervisor: one thread, one queue of items, one step at a time.

Watcher, worker, signals and clock put items in; `tick` lets them act, and then does what is due:
look at the inbox, obey, refuse, publish, claim what is next, hand pictures to the workers, say so.
Time is an argument. It holds no picture and no tensor, and it never dies of either.
"""

from __future__ import annotations

import os
import queue
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from daemon.errors import ExitCode
from daemon.fs.moment import Moment
from daemon.fs.retry import said
from daemon.inbox.changes import SEEN
from daemon.inbox.observer import Hint, at_once
from daemon.notify import events
from daemon.protocol.messages import Rendered
from daemon.protocol.places import ClusterTrouble, PlaceJoined, PlaceLeft
from daemon.supervisor.announcer import Announcer, file_event
from daemon.supervisor.guard import Guard
from daemon.supervisor.parts import Item, Parts, Signal
from daemon.supervisor.snapshot import state_of
from daemon.supervisor.unheard import OfWorkers, Unheard
from daemon.worker.process import Gone, Printed, Told

ITEMS_AT_ONCE, RETRY_START = 500, 2.0
UNTOLD = 1.0
"""Seconds between two steps where a fault of our own keeps us from telling what is due when."""
PATIENCE = "nothing is lost, and it is tried again"


class Supervisor:
    """One root's daemon. `until_empty` leaves once nothing waits; `service` stays when blocked."""

    def __init__(self, parts: Parts, *, until_empty: bool = False, service: bool = False) -> None:
        self._parts = parts
        self._status = parts.status
        self._guard = Guard(parts.emit)
        self._announcer = Announcer(parts.emit)
        self._unheard = Unheard(parts.pool, parts.jobs, parts.worker_events.progress)
        self._pause = UNTOLD
        self._until_empty = until_empty
        self._service = service
        self._leaving: int | None = None
        self._signalled = self._paused = False
        self._steps = (
            self._keep,
            self._obey,
            self._refuse,
            self._tend,
            self._parts.board_watch.look,
            self._parts.boards.look,
            self._draw_on,
            self._claim,
        )

    # --- the loop -----------------------------------------------------------------------------

    def run(self) -> int:
        """Serve until told to leave; returns the exit code. Raises SetupError at once if there is
        no model and this is no service."""
        at, parts = Moment.read(), self._parts
        parts.status.say("starting")
        parts.dispatch.check_model(at, stay=self._service)
        parts.watcher.start(at)
        parts.held.rest()
        self._recover()
        parts.emit(events.DaemonStarted(str(parts.waiting.inbox.folder)))
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
                self._parts.jobs.recover(Moment.read())
            except OSError as error:
                self._parts.emit(events.Blocked(said(error), "it is tried again"))
                self._parts.held.rest()
                self._status.say("blocked", said(error))
                time.sleep(RETRY_START)
            else:
                return

    def leave(self, number: int) -> None:
        """For signal handlers: leave at the next step. Only sets a flag and wakes the loop."""
        self._signalled = True
        self._parts.items.put(Signal(number))

    def tick(self, items: list[Item], at: Moment) -> None:
        """One step: let `items` act, then do what is due."""
        for item in items:
            self._hear(item, at)
        self._paused = os.path.exists(self._parts.layout.paused_file)  # noqa: PTH110 (never raises)
        if self._signalled:
            self._parts.emit(events.DaemonLeaving(in_hand=self._parts.pool.has_pictures))
            self._leaving = ExitCode.OK
        if self._leaving is None:
            self._guard.run(self._parts.upkeep.keep_marker, at)
            self._guard.run(self._look, at)
            if not self._parts.watcher.is_away:
                for step in self._steps:
                    self._guard.run(step, at)
            self._guard.run(self._parts.pool.look, at)
            if not self._parts.watcher.is_away:
                self._guard.run(self._hand_down, at)
            self._guard.run(self._parts.dispatch.rest, at)
            self._guard.run(self._parts.outcomes.look, at)
            self._leave_if_done()
        self._parts.held.rest()  # first: the status tells of a log that can't be written
        self._guard.run(self._tell_status, at)

    def _take(self) -> list[Item]:
        self._pause = UNTOLD
        self._guard.run(self._tell_pause, Moment.read())
        wait = 0.0 if self._signalled else self._pause
        items, queued = list[Item](), self._parts.items
        if wait and queued.empty():
            self._parts.held.tell()
        self._parts.held.rest()
        with suppress(queue.Empty):
            items.append(queued.get(timeout=wait) if wait else queued.get_nowait())
            while len(items) < ITEMS_AT_ONCE:
                items.append(queued.get_nowait())
        return at_once(items) if len(items) > 1 else items

    def _tell_pause(self, at: Moment) -> None:
        self._pause = 0.0 if self._parts.watcher.read_on(at) else self._idle_for(at)

    def _idle_for(self, at: Moment) -> float:
        parts = self._parts
        own = (parts.claimer.retry_at, self._guard.due, parts.outcomes.due)
        retries = [due for due in (*parts.jobs.retries, *own) if due > at.now]
        looks = [
            self._guard.not_before(self._look, parts.watcher.deadline()),
            self._guard.not_before(parts.pool.look, parts.pool.due(at)),
        ]
        if not parts.watcher.is_away:
            looks.append(self._guard.not_before(parts.boards.look, parts.boards.due))
            looks.append(self._guard.not_before(self._draw_on, parts.drawings.due))
            watched = parts.board_watch
            looks.append(self._guard.not_before(watched.look, watched.due))
        return max(0.0, min([*looks, *retries, self._status.due]) - at.now)

    def _hear(self, item: Item, at: Moment) -> None:
        kind: type = type(item.event if isinstance(item, Told) else item)
        act = partial(self._act, item, at)
        if not isinstance(item, OfWorkers):
            self._guard.once(kind, act)
            return
        about = self._unheard.about(item)
        error = self._guard.once(kind, act)
        if error is not None:
            self._guard.once(Unheard, partial(self._unheard.settle, item, about, error, at))
            self._status.touch(True)

    def _act(self, item: Item, at: Moment) -> None:
        parts = self._parts
        match item:
            case Hint(path=None):
                parts.watcher.soon(at)
            case Hint(path=Path() as path, moved_in=True):
                parts.watcher.moved_in(path, at)
            case Hint(path=Path() as path, complete=complete):
                parts.watcher.heard(path, at)
                parts.waiting.hint(path, at, complete=complete)
            case Printed():
                parts.worker_events.print(item)
            case Told(event=event):
                if isinstance(event, Rendered):
                    parts.held.rest()  # its steps are read of before its picture is seen
                parts.status.touch(parts.worker_events.hear(item, at))
            case Gone():
                parts.status.touch(parts.worker_events.bury(item, at))
            case PlaceJoined() | PlaceLeft() | ClusterTrouble():
                parts.status.touch(parts.worker_events.hear_of_place(item, at))

    # --- what is due --------------------------------------------------------------------------

    def _look(self, at: Moment) -> None:
        self._status.touch(self._parts.watcher.look(at))

    def _keep(self, at: Moment) -> None:
        self._parts.upkeep.look(at)
        if self._parts.upkeep.is_ousted:
            self._leaving = ExitCode.HELD

    def _obey(self, at: Moment) -> None:
        self._status.touch(self._parts.commands.perform(at))

    def _refuse(self, at: Moment) -> None:
        self._tell_of_files(at)  # before any of them leaves the inbox
        self._parts.claimer.refuse(at)

    def _tend(self, at: Moment) -> None:
        jobs, before = self._parts.jobs, self._parts.jobs.trouble
        jobs.tend(at)
        self._parts.claimer.look_again(at)
        left, jobs.left = jobs.left, []
        self._parts.empty_folders.look(left, at)
        self._status.touch(jobs.trouble != before)

    def _draw_on(self, at: Moment) -> None:
        if self._parts.watcher.has_looked:
            self._parts.drawings.look(at)

    def _claim(self, at: Moment) -> None:
        if not self._paused and self._parts.dispatch.may_claim(at):
            self._parts.claimer.claim(at, self._parts.pool.wanted)

    def _hand_down(self, at: Moment) -> None:
        if not self._paused and not self._parts.pool.blocked:
            self._status.touch(self._parts.dispatch.hand_down(at))

    def _leave_if_done(self) -> None:
        jobs, waiting = self._parts.jobs, self._parts.waiting
        if not self._until_empty or not self._parts.watcher.has_looked:
            return
        stuck = jobs.is_empty and waiting.is_stuck
        if self._paused or self._trouble() or self._guard.fault or stuck:
            self._leaving = ExitCode.SETUP
        elif waiting.is_empty and jobs.is_empty and self._are_done():
            self._leaving = ExitCode.FAILED if self._parts.outcomes.failures else ExitCode.OK

    def _are_done(self) -> bool:
        return self._parts.boards.is_done and self._parts.drawings.is_done

    # --- small matters ------------------------------------------------------------------------

    def _tell_of_files(self, at: Moment) -> None:
        waiting = self._parts.waiting
        for change in waiting.take_changes(at):
            place = waiting.inbox.place(change.path)
            if change.state == SEEN and place.turn >= 0:  # later/ may wait for hours
                self._parts.dispatch.expect()
            self._parts.held.hold(file_event(change, place.project))
        self._status.touch(self._parts.reports.tell())

    def _trouble(self) -> str | None:
        parts = self._parts
        troubles = (parts.watcher.trouble, parts.jobs.trouble, parts.claimer.trouble)
        return parts.pool.blocked or next(filter(None, troubles), None)

    def _tell_status(self, at: Moment) -> None:
        """Tell what has changed of pause and trouble, and write the status file if it is due."""
        parts, trouble, paused = self._parts, self._trouble(), self._paused
        state = state_of(parts.sources, at, paused=paused, blocked=trouble)
        of_the_disk = (parts.jobs.trouble, parts.claimer.trouble)
        self._announcer.look(
            paused=None if parts.watcher.is_away else paused,
            trouble=trouble or (state.reason if state.word == "blocked" else None),
            advice=PATIENCE if trouble and trouble in of_the_disk else "",
            trying=state.word == "loading",
        )
        self._status.touch(parts.waiting.take_changed() | parts.outcomes.take_changed())
        self._status.write(state, at)

    def _close(self) -> None:
        self._parts.held.rest()
        self._parts.watcher.stop()
        self._parts.board_watch.stop()
        self._parts.boards.stop()
        self._parts.pool.release()
        self._parts.awake.release()
        self._parts.outcomes.look(Moment.read(), at_once=True)
        self._parts.emit(events.DaemonStopped())
        self._status.say("stopped")

"""Which renders are in the air: takes them up in order, moves them, and answers each.

The rules, in full. Renders are taken up in the order they came, and none overtakes another. One
that waits joins those in the air before their next step if it may share a step with them
(`Render.share_key`), and if the engine has room for one more, which it has only where a shared step
is known to make more pictures per second (or has not been tried): so nobody is slowed more than if
they had taken turns. A picture that flies alone and has no more than two calls to go
is let finish first, since whoever joined it would only delay it. Cancelling one leaves the others.

Knows no tensors; the engine decides how many of those in the air move in a call.
"""

from __future__ import annotations

import os
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import NoReturn

from daemon.engine.host.finisher import Finisher
from daemon.engine.host.live_picture import LivePicture
from daemon.engine.host.one_by_one import OneByOne
from daemon.engine.host.outcomes import Turn, describe, outcome_of
from daemon.engine.host.pipes import Arrival, Incoming, Outgoing
from daemon.engine.host.png import stage_png
from daemon.engine.interface import (
    BrokenError,
    Engine,
    InFlight,
    Look,
    OnStep,
    Picture,
    Resting,
    Sharing,
)
from daemon.errors import CancelledError
from daemon.protocol.messages import Capacity, Note, RenderBatch, Started, Step
from daemon.protocol.render import Render

BROKEN = 1

QUIET = 1.0
"""Seconds without a command after which the engine may do what is not urgent."""

NEARLY = 2
"""Calls to go at which a lone picture is as good as done."""


@dataclass(frozen=True, slots=True)
class Queued:
    """A render that was not taken up yet; `number` is its command's, `at` when that came."""

    render: Render
    number: int
    at: float


@dataclass(frozen=True, slots=True, eq=False)
class Scheduled:
    """A render that was taken up."""

    queued: Queued
    turn: Turn
    flight: InFlight


class Scheduler:
    """Serves one engine between the two pipes of a worker."""

    def __init__(
        self, engine: Engine, incoming: Incoming, outgoing: Outgoing, live: str = ""
    ) -> None:
        self._engine: Sharing = engine if isinstance(engine, Sharing) else OneByOne(engine)
        self._incoming = incoming
        self._outgoing = outgoing
        self._line: deque[Queued] = deque()
        self._in_flight: list[Scheduled] = []
        self._capacity: dict[tuple[int, int], int] = {}
        self._warm_at = time.monotonic()
        self._finisher = Finisher()
        self._live = LivePicture(live, self._tell)
        chores = os.environ.get("HOTFOLDER_CHORES") != "off"  # to measure what they cost
        self._may_rest = chores and isinstance(self._engine, Resting)
        self._has_idle_work = self._may_rest

    def serve(self) -> NoReturn:
        """Until the thread that reads commands ends the process."""
        while True:
            self._listen()
            self._take_up()
            self._move()
            self._answer()

    def _listen(self) -> None:
        """Take in what has come; wait only if there is nothing to do."""
        arrival = self._incoming.here() if self._line or self._in_flight else self._rest()
        while arrival is not None:
            self._queue(arrival)
            arrival = self._incoming.here()

    def _rest(self) -> Arrival:
        """Wait; if nobody comes for a while, let the engine do what is not urgent."""
        self._live.end()
        while self._has_idle_work:
            arrival = self._incoming.within(QUIET)
            if arrival is not None:
                return arrival
            assert isinstance(self._engine, Resting)
            try:
                self._has_idle_work = self._engine.idle(self._tell, self._incoming.has_some)
            except BrokenError as error:
                self._leave(error)
            except Exception as error:  # pictures can be made without it
                traceback.print_exc()
                self._tell("ERROR", f"what is done when nobody waits failed: {describe(error)}")
                self._may_rest = self._has_idle_work = False
        return self._incoming.next()

    def _tell(self, level: str, text: str, about: str = "", /) -> None:
        self._outgoing.emit(Note(level, text, about))

    def _queue(self, arrival: Arrival) -> None:
        if not isinstance(arrival.command, RenderBatch):
            self._outgoing.emit(Note("ERROR", "a worker loads once; the second Load is ignored"))
            return
        for render in arrival.command.renders:
            self._line.append(Queued(render, arrival.number, arrival.at))

    # --- up -----------------------------------------------------------------------------------

    def _take_up(self) -> None:
        for queued in [each for each in self._line if self._is_cancelled(each)]:
            self._line.remove(queued)
            self._board(queued)  # which answers it; it need not wait for its turn
        while self._line and self._may_join(self._line[0].render):
            self._board(self._line.popleft())

    def _may_join(self, render: Render) -> bool:
        if not self._in_flight:
            return True
        flights = [scheduled.flight for scheduled in self._in_flight]
        return (
            all(flight.key == render.share_key for flight in flights)
            and not (len(flights) == 1 and flights[0].calls_left <= NEARLY)
            and self._engine.room(flights, render) > len(flights)
        )

    def _board(self, queued: Queued) -> None:
        render = queued.render
        self._has_idle_work = self._may_rest
        waited = queued.at < self._warm_at
        try:
            self._stop_if_cancelled(queued)
            width, height, _ = render.passes[-1]
            started = Started(render.job, render.index, render.total_steps, width, height)
            self._outgoing.emit(started)
            turn = Turn(queued.at if waited else time.monotonic(), waited=waited)
            self._warm_at = 0.0  # whoever comes later waits for others, not for the model
            flight = self._engine.board(render, self._on_step(queued))
        except BrokenError as error:
            self._leave(error)
        except Exception as error:
            self._finisher.put(partial(self._fail, error, render))
        else:
            self._in_flight.append(Scheduled(queued, turn, flight))

    def _on_step(self, queued: Queued) -> OnStep:
        job, index, steps = queued.render.job, queued.render.index, queued.render.total_steps
        ends = {1, *accumulate(passed for _, _, passed in queued.render.passes), steps}

        def on_step(step: int, seconds: float, look: Look | None = None, /) -> None:
            told = Step(job, index, step, steps, seconds)
            self._outgoing.emit(told, may_wait=step not in ends)
            if look is not None and self._is_first(queued):
                self._live.show(look)
            self._stop_if_cancelled(queued)

        return on_step

    def _is_first(self, queued: Queued) -> bool:
        """Of several pictures in the air one is shown: that which has been there longest."""
        return not self._in_flight or self._in_flight[0].queued is queued

    # --- on, and down ---------------------------------------------------------------------------

    def _move(self) -> None:
        for scheduled in self._in_flight:
            if self._is_cancelled(scheduled.queued):
                scheduled.flight.failure = CancelledError("its job was cancelled")
        flights = [p.flight for p in self._in_flight if not p.flight.is_over]
        if not flights:
            return
        try:
            self._engine.step(flights)
        except BrokenError as error:
            self._leave(error)
        except Exception as error:  # a bug: each is answered, none is left in the air
            for flight in flights:
                flight.failure = flight.failure or error
        self._say_capacity()

    def _say_capacity(self) -> None:
        """Tell how many pictures like these would be welcome, if that has changed."""
        render = self._in_flight[0].queued.render
        flights = [scheduled.flight for scheduled in self._in_flight]
        pictures = 1 if render.sampling.strict else self._engine.room(flights, render)
        size = (render.width, render.height)
        if pictures != self._capacity.get(size, 1):
            self._capacity[size] = pictures
            self._outgoing.emit(Capacity(*size, pictures))

    def _answer(self) -> None:
        over = [scheduled for scheduled in self._in_flight if scheduled.flight.is_over]
        self._in_flight = [scheduled for scheduled in self._in_flight if scheduled not in over]
        for scheduled in over:
            self._finish(scheduled)

    def _finish(self, scheduled: Scheduled) -> None:
        """Decoding, saving and the outcome overlap with the next steps; outcomes keep their
        order."""
        flight, render = scheduled.flight, scheduled.queued.render
        failure, flight.failure = flight.failure, None  # its traceback holds the flight in turn
        if failure is not None:
            self._engine.drop(flight)
            self._finisher.put(partial(self._fail, failure, render))
            return
        try:
            develop = self._engine.land(flight)
        except BrokenError as error:
            self._leave(error)
        except Exception as error:
            self._finisher.put(partial(self._fail, error, render))
        else:
            self._finisher.put(partial(self._save, render, scheduled.turn, develop))

    def _save(self, render: Render, turn: Turn, develop: Callable[[], Picture]) -> None:
        try:
            picture = develop()
            developed_at = time.monotonic()
            staged = stage_png(picture.image, render.png_text, render.stage)
            outcome = turn.rendered(render, picture, staged, developed_at, time.monotonic())
        except BrokenError as error:
            self._leave(error)
        except Exception as error:
            self._fail(error, render)
        else:
            self._outgoing.emit(outcome)

    def _fail(self, error: BaseException, render: Render) -> None:
        self._outgoing.emit(outcome_of(error, render))

    # --- small matters --------------------------------------------------------------------------

    def _is_cancelled(self, queued: Queued) -> bool:
        return self._incoming.cancelled(queued.render.job, queued.number)

    def _stop_if_cancelled(self, queued: Queued) -> None:
        if self._is_cancelled(queued):
            raise CancelledError(f"job {queued.render.job} was cancelled")

    def _leave(self, error: BrokenError) -> NoReturn:
        """No outcome for those in the air: the next worker shall try them. Pictures that came
        down before are still told of."""
        traceback.print_exc()
        self._finisher.drain()
        self._outgoing.emit(Note("ERROR", f"the engine is broken: {error}"))
        self._outgoing.leave(BROKEN)

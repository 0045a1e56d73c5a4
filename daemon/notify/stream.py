"""The stream of events: numbers each one and hands it to whoever listens.

`emit` is called by the one thread of the supervisor; it never raises, and never waits for a
subscriber. `attach` is for listeners that are known not to block (the log files) and are called at
once; they may gather what they hear until `rest`. `subscribe` is for any other (see
`daemon.notify.subscribers`). What is wrong with a listener is told as an event itself, once. The
order of listeners means nothing. `overhear` and `tell_soon` are for all other threads, in which
libraries complain and listeners have something to say.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from daemon.errors import HotfolderError
from daemon.notify.events import WARNING, Event, Warned
from daemon.notify.repeats import Repeats
from daemon.notify.subscribers import (
    BOUND,
    Listener,
    Numbered,
    Subscriber,
    Wants,
    everything,
)

MOST_OVERHEARD = 500
"""What other threads have said that is kept until it is told; of more, the oldest are lost."""

UNSEEN = 0.05
"""Seconds by which nobody sees a line come later."""

PATIENCE = 2.0
"""Seconds that subscribers get at the end to take what they have not yet taken."""


class EventStream:
    """`next_number` gives rising numbers, `clock` Unix seconds."""

    def __init__(
        self, next_number: Callable[[], int], clock: Callable[[], float] = time.time
    ) -> None:
        self._next_number = next_number
        self._clock = clock
        self._attached: list[Listener] = []
        self._gatherers: list[Callable[[], None]] = []
        self._owed_since: float | None = None
        self._repeats = Repeats()
        self._overheard: deque[Event] = deque(maxlen=MOST_OVERHEARD)
        self._failed: dict[Callable[..., None], str] = {}
        self._subscribers: list[Subscriber] = []

    def attach(self, listener: Listener, *, at_rest: Callable[[], None] | None = None) -> None:
        """`listener` is called at each event, and `at_rest` when there are no more for now; only
        for what does not block."""
        self._attached.append(listener)
        if at_rest is not None:
            self._gatherers.append(at_rest)

    def subscribe(
        self,
        name: str,
        listener: Listener,
        *,
        bound: int = BOUND,
        at_end: Callable[[], None] = lambda: None,
        wants: Wants = everything,
        gather: float = 0.0,
        at_rest: Callable[[], None] = lambda: None,
    ) -> Subscriber:
        """`listener` is called in a thread of its own with what it `wants`; `name` is what the log
        calls it. The rest is as of `Subscriber`."""
        subscriber = Subscriber(
            name,
            listener,
            bound=bound,
            at_end=at_end,
            wants=wants,
            gather=gather,
            at_rest=at_rest,
        )
        self._subscribers.append(subscriber)
        return subscriber

    def check(self) -> tuple[str, ...]:
        """What is wrong now with the listeners that are called at once, a sentence for each. Tells
        what was overheard; called by the thread that emits."""
        self._tell_overheard()
        return tuple(self._failed.values())

    def overhear(self, text: str) -> None:
        """Told as a warning at the next event or check. Never waits, in any thread."""
        self.tell_soon(Warned(text))

    def tell_soon(self, event: Event) -> None:
        """Told at the next event or check. Never waits, in any thread."""
        self._overheard.append(event)

    def emit(self, event: Event) -> None:
        """Tell every listener. Never raises; called by one thread only."""
        self._tell(event)
        self._tell_overheard()
        for subscriber in self._subscribers:
            for complaint in subscriber.take_complaints():
                self._tell(Warned(f"the listener {subscriber.name} {complaint}"))

    def rest(self) -> None:
        """Whoever emits has nothing more to tell for now: those are woken who would have been in
        the way. Never raises."""
        if self._owed_since is None:
            return
        self._owed_since = None
        for failure in [text for each in self._gatherers for text in self._call(each)]:
            self._tell(Warned(failure))
        for subscriber in self._subscribers:
            subscriber.wake()

    def close(self) -> None:
        """Give the subscribers a little time to take what is left; they hear no more."""
        self._tell_overheard()
        self.rest()
        end = time.monotonic() + PATIENCE
        for subscriber in self._subscribers:
            subscriber.close(max(0.0, end - time.monotonic()))
        self._subscribers = []

    def _tell(self, event: Event) -> None:
        at = self._clock()
        numbered = Numbered(self._next_number(), at, event, self._repeats.is_one(event, at))
        failures = [text for each in self._attached for text in self._call(each, numbered)]
        for subscriber in self._subscribers:
            subscriber.put(numbered)
        for failure in failures:  # after the event itself, so that numbers rise for everyone
            self._tell(Warned(failure))
        if self._owed_since is None:
            self._owed_since = at
        if event.level == WARNING or at - self._owed_since > UNSEEN:
            self.rest()  # what goes wrong is read of before it is seen on the disk

    def _call(self, listener: Callable[..., None], *told: Numbered) -> list[str]:
        """What is wrong with it, if that is news."""
        try:
            listener(*told)
        except Exception as error:  # a consequence never fails its cause
            is_known, self._failed[listener] = listener in self._failed, _failure(error)
            return [] if is_known else [_failure(error)]
        self._failed.pop(listener, None)
        return []

    def _tell_overheard(self) -> None:
        while self._overheard:
            self._tell(self._overheard.popleft())


def _failure(error: Exception) -> str:
    """What is wrong with a listener; one that knows better says it in its own words."""
    if isinstance(error, HotfolderError):
        return str(error)
    return f"a listener fails with {type(error).__name__}: {error}"

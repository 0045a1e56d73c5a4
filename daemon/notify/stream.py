"""The stream of events: numbers each one and hands it to whoever listens.

`emit` is called by the one thread of the supervisor; it never raises, and never waits for a
subscriber. `attach` is for listeners that are known not to block (the log files) and are called at
once; `subscribe` is for any other (see `daemon.notify.subscribers`). What is wrong with a listener
is told as an event itself, once. The order of listeners means nothing. `overhear` and `tell_soon`
are for all other threads, in which libraries complain and listeners have something to say.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from daemon.errors import HotfolderError
from daemon.notify.events import Event, Warned
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
        self._repeats = Repeats()
        self._overheard: deque[Event] = deque(maxlen=MOST_OVERHEARD)
        self._failed: dict[int, str] = {}
        self._subscribers: list[Subscriber] = []

    def attach(self, listener: Listener) -> None:
        """`listener` is called at each event; only for what does not block."""
        self._attached.append(listener)

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

    def close(self) -> None:
        """Give the subscribers a little time to take what is left; they hear no more."""
        self._tell_overheard()
        end = time.monotonic() + PATIENCE
        for subscriber in self._subscribers:
            subscriber.close(max(0.0, end - time.monotonic()))
        self._subscribers = []

    def _tell(self, event: Event) -> None:
        at = self._clock()
        numbered = Numbered(self._next_number(), at, event, self._repeats.is_one(event, at))
        failures = []
        for place, listener in enumerate(self._attached):
            try:
                listener(numbered)
            except Exception as error:  # a consequence never fails its cause
                if place not in self._failed:
                    failures.append(_failure(error))
                self._failed[place] = _failure(error)
            else:
                self._failed.pop(place, None)
        for subscriber in self._subscribers:
            subscriber.put(numbered)
        for failure in failures:  # after the event itself, so that numbers rise for everyone
            self._tell(Warned(failure))

    def _tell_overheard(self) -> None:
        while self._overheard:
            self._tell(self._overheard.popleft())


def _failure(error: Exception) -> str:
    """What is wrong with a listener; one that knows better says it in its own words."""
    if isinstance(error, HotfolderError):
        return str(error)
    return f"a listener fails with {type(error).__name__}: {error}"

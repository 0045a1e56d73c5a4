"""The stream of events: numbers each one and hands it to whoever listens.

`emit` is called by the one thread of the supervisor; it never raises, and never waits for a
subscriber. `attach` is for listeners that are known not to block (the log files) and are called at
once; `subscribe` is for any other (see `daemon.notify.subscribers`). What is wrong with a listener
is told as an event itself, once. The order of listeners means nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from daemon.notify.events import Event, Warned
from daemon.notify.subscribers import BOUND, Listener, Numbered, Subscriber

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
        self._failed: set[int] = set()
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
    ) -> Subscriber:
        """`listener` is called in a thread of its own; `name` is what the log calls it."""
        subscriber = Subscriber(name, listener, bound=bound, at_end=at_end)
        self._subscribers.append(subscriber)
        return subscriber

    def emit(self, event: Event) -> None:
        """Tell every listener. Never raises; called by one thread only."""
        self._tell(event)
        for subscriber in self._subscribers:
            for complaint in subscriber.take_complaints():
                self._tell(Warned(f"the listener {subscriber.name} {complaint}"))

    def close(self) -> None:
        """Give the subscribers a little time to take what is left."""
        end = time.monotonic() + PATIENCE
        for subscriber in self._subscribers:
            subscriber.close(max(0.0, end - time.monotonic()))

    def _tell(self, event: Event) -> None:
        numbered = Numbered(self._next_number(), self._clock(), event)
        failures = []
        for place, listener in enumerate(self._attached):
            try:
                listener(numbered)
            except Exception as error:  # a consequence never fails its cause
                if place not in self._failed:
                    self._failed.add(place)
                    failures.append(f"a listener fails with {type(error).__name__}: {error}")
        for subscriber in self._subscribers:
            subscriber.put(numbered)
        for failure in failures:  # after the event itself, so that numbers rise for everyone
            self._tell(Warned(failure))

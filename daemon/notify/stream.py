"""The stream of events: numbers each one and hands it to whoever listens.

`emit` is called by the one thread of the supervisor and never raises and never waits for a
subscriber. Two kinds of listeners: `attach` is for those that are known not to block (the log
files) and are called at once; `subscribe` gives any other a bounded queue and a thread of its own.
A listener that raises is told of once in the log, and goes on being told; one that is slow loses
the oldest of what it has not taken yet. The order of listeners means nothing.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from daemon.notify.events import Event, Warned

BOUND = 1000
"""Events a subscriber may lag behind before it loses the oldest."""

PATIENCE = 2.0
"""Seconds that subscribers get at the end to take what they have not yet taken."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event with its `number`, which rises over restarts, and when it was (Unix seconds)."""

    number: int
    at: float
    event: Event


Listener = Callable[[Numbered], None]


class Subscriber:
    """A listener behind a queue of at most `bound` events, which a thread of its own empties."""

    def __init__(self, listener: Listener, *, bound: int = BOUND) -> None:
        self._listener = listener
        self._queue: deque[Numbered] = deque(maxlen=bound)
        self._changed = threading.Condition()
        self._closing = False
        self.lost = 0
        self.failure: Exception | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True, name="listener")
        self._thread.start()

    def put(self, numbered: Numbered) -> None:
        """Never waits for the listener: it only waits for a lock held for an append or a pop."""
        with self._changed:
            self.lost += len(self._queue) == self._queue.maxlen
            self._queue.append(numbered)
            self._changed.notify()

    def close(self, patience: float) -> None:
        """Let the listener take what is left, for so many seconds at most."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(patience)

    def _serve(self) -> None:
        while True:
            with self._changed:
                while not self._queue:
                    if self._closing:
                        return
                    self._changed.wait()
                numbered = self._queue.popleft()
            try:
                self._listener(numbered)
            except Exception as error:  # whatever it is, it is no job's fault
                self.failure = error


class EventStream:
    """Numbers from `last` + 1 on; `clock` gives Unix seconds."""

    def __init__(self, last: int = 0, clock: Callable[[], float] = time.time) -> None:
        self.last = last
        self._clock = clock
        self._attached: list[Listener] = []
        self._subscribers: dict[str, Subscriber] = {}
        self._told_of: set[str] = set()

    def attach(self, listener: Listener) -> None:
        """`listener` is called at each event; only for what neither blocks nor fails."""
        self._attached.append(listener)

    def subscribe(self, name: str, listener: Listener, *, bound: int = BOUND) -> Subscriber:
        """`listener` is called in a thread of its own; `name` is what the log calls it."""
        self._subscribers[name] = subscriber = Subscriber(listener, bound=bound)
        return subscriber

    def emit(self, event: Event) -> None:
        """Tell every listener. Never raises; called by one thread only."""
        self._tell(event)
        for name, subscriber in self._subscribers.items():
            if subscriber.failure is not None and name not in self._told_of:
                self._told_of.add(name)
                self._tell(Warned(f"the listener {name} failed: {subscriber.failure!r}"))

    def close(self) -> None:
        """Give the subscribers a little time to take what is left."""
        end = time.monotonic() + PATIENCE
        for subscriber in self._subscribers.values():
            subscriber.close(max(0.0, end - time.monotonic()))

    def _tell(self, event: Event) -> None:
        self.last += 1
        numbered = Numbered(self.last, self._clock(), event)
        for listener in self._attached:
            try:
                listener(numbered)
            except Exception as error:  # a consequence never fails its cause
                self._complain(listener, error)
        for subscriber in self._subscribers.values():
            subscriber.put(numbered)

    def _complain(self, listener: Listener, error: Exception) -> None:
        name = getattr(listener, "__qualname__", repr(listener))
        if name not in self._told_of:
            self._told_of.add(name)
            self._tell(Warned(f"the listener {name} failed: {error!r}"))

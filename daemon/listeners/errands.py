"""Errands: what a listener has to do and may take long over, one after another in its own thread.

Handing one over never waits. Of too many the oldest are lost, and that is said. Knows nothing of
what they are.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from daemon.notify.events import Event

T = TypeVar("T")

LOOK = 0.05
"""Seconds between looks whether one should hurry while the last errands are run."""


class Errands(Generic[T]):
    """Does each item handed over by `put`; `say` is told, by any thread, of what went wrong."""

    def __init__(
        self, name: str, do: Callable[[T], None], say: Callable[[str], None], *, bound: int = 1000
    ) -> None:
        self._name, self._do, self._say = name, do, say
        self._items: deque[T] = deque(maxlen=bound)
        self._changed = threading.Condition()
        self._is_closing = False
        self._lost = False
        self._is_over: Callable[[], bool] = lambda: False
        self.thread: threading.Thread | None = None

    def put(self, item: T) -> None:
        """To be done when its turn comes."""
        with self._changed:
            if self._is_closing:
                return
            is_full = len(self._items) == self._items.maxlen
            lost, self._lost = is_full and not self._lost, is_full
            self._items.append(item)
            if self.thread is None:  # whoever never needs one has none
                self.thread = threading.Thread(target=self._serve, daemon=True, name=self._name)
                self.thread.start()
            self._changed.notify()
        if lost:
            self._say(f"{self._name} can't keep up: the oldest of {self._items.maxlen:,} are lost")

    @property
    def has_more(self) -> bool:
        """Whether others wait behind the one that is done now."""
        return bool(self._items)

    def take_rest(self) -> list[T]:
        """What else waits now, taken out: for errands that can be run together."""
        with self._changed:
            rest = list(self._items)
            self._items.clear()
        return rest

    def close(self, is_over: Callable[[], bool]) -> int:
        """Nothing more is put; waits until all is done, or until `is_over` says that it was long
        enough. Returns how many were not begun."""
        with self._changed:
            self._is_closing, self._is_over = True, is_over
            self._changed.notify()
        while self.thread is not None and self.thread.is_alive() and not is_over():
            self.thread.join(LOOK)
        return len(self.take_rest())

    def _serve(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._items or self._is_closing)
                if not self._items or self._is_over():
                    return
                item = self._items.popleft()
            try:
                self._do(item)
            except Exception as error:  # whatever it is, it is no job's fault
                self._say(f"{self._name} failed with {type(error).__name__}: {error}")


class Patience:
    """How long is waited for others when the daemon leaves: `calm` seconds, `hurried` once somebody
    who sent a signal waits for it."""

    def __init__(self, *, calm: float, hurried: float) -> None:
        self._calm, self._hurried = calm, hurried
        self._began: float | None = None
        self.in_hurry = False
        """A flag, so that a signal handler may set it."""

    def begin(self) -> None:
        """The end has come."""
        self._began = time.monotonic()

    def is_over(self) -> bool:
        """Whether it was waited for long enough."""
        if self._began is None:
            return False
        limit = self._hurried if self.in_hurry else self._calm
        return time.monotonic() - self._began >= limit


class Lingering(Generic[T]):
    """A listener that runs `errands` for the events in `heard`: when the daemon leaves it is given
    time for those that are left, as much as its `patience`."""

    heard: ClassVar[tuple[type[Event], ...]]

    def __init__(self, errands: Errands[T], patience: Patience) -> None:
        self._errands = errands
        self._patience = patience

    def wants(self, event: Event) -> bool:
        """Whether it is to be told of this one."""
        return isinstance(event, self.heard)

    def hurry(self) -> None:
        """Somebody waits for the daemon to leave; safe in a signal handler."""
        self._patience.in_hurry = True

    def close(self) -> None:
        """Run what is left, for a while."""
        self._run_rest()

    def _run_rest(self) -> int:
        """Returns how many were left out."""
        self._patience.begin()
        return self._errands.close(self._patience.is_over)


class Once:
    """Says the same text only once; may be called by any thread of a listener's own."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._said: set[str] = set()

    def __call__(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._say(text)

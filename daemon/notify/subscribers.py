"""Listeners that may be slow or fail, each behind a bounded queue and in a thread of its own.

Whatever a listener does, nobody waits for it: one that is slow loses the oldest of what it has not
taken yet, one that raises is told the next event all the same. Either is remembered as a complaint,
once. Knows of what happened no more than the words for it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

from daemon.notify.events import DEBUG, Event
from daemon.notify.log_lines import line
from daemon.text.printable import one_line

LONGEST = 2000
"""Characters of a line's text."""

BOUND = 20_000
"""Events a subscriber may lag behind before it loses the oldest."""


@dataclass(frozen=True)
class Numbered:
    """An event with its `number`, which rises over restarts, and when it was (Unix seconds).
    `is_repeat`: people were told the same a while ago, and need not be again."""

    number: int
    at: float
    event: Event
    is_repeat: bool = False

    @property
    def is_for_people(self) -> bool:
        """Whether people are to read of it, not programs alone."""
        return self.event.level != DEBUG and not self.is_repeat

    @cached_property
    def text(self) -> str:
        """What the log says of it, printable and in one line; put into words once for all."""
        return one_line(line(self.event), limit=LONGEST)


Listener = Callable[[Numbered], None]
Wants = Callable[[Event], bool]
"""Whether a listener is to hear of an event now; asked by the thread that emits."""


def one_of(kinds: tuple[type[Event], ...]) -> Wants:
    """Events of these kinds."""
    return lambda event: isinstance(event, kinds)


def everything(_: Event) -> bool:
    """Every event."""
    return True


class Subscriber:
    """Calls `listener` with each event in a thread of its own, and `at_end` when it is closed;
    `lost` counts those it was too slow for. What it does not want wakes nobody, and what it wants
    waits for `wake`: a thread that wakes up holds up whoever emits. For the same reason one may
    `gather`: it is woken once in so many seconds at most, and takes then what has come; `at_rest`
    is called when it has taken all there was."""

    def __init__(
        self,
        name: str,
        listener: Listener,
        *,
        bound: int = BOUND,
        at_end: Callable[[], None] = lambda: None,
        wants: Wants = everything,
        gather: float = 0.0,
        at_rest: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self._gather = gather
        self._at_rest = at_rest
        self._wants = wants
        self.lost = 0
        self._listener = listener
        self._at_end = at_end
        self._queue: deque[Numbered] = deque(maxlen=bound)
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._complaints: dict[str, str] = {}  # kind -> its first words, "" once they were taken
        self._thread = threading.Thread(target=self._serve, daemon=True, name=f"listener {name}")
        self._thread.start()

    def put(self, numbered: Numbered) -> None:
        """Never waits for the listener, only for a lock that is held for an append or a pop."""
        if not self._wants(numbered.event):
            return
        with self._changed:
            if len(self._queue) == self._queue.maxlen:
                self.lost += 1
                self._complaints.setdefault("slow", "is too slow and loses events")
            self._queue.append(numbered)

    def wake(self) -> None:
        """Have the listener called with what was put, if it is not at that already."""
        if self._queue:
            with self._changed:
                self._changed.notify()

    def take_complaints(self) -> list[str]:
        """What is wrong with the listener and has not been asked for yet."""
        if not self._complaints:  # asked at every event
            return []
        with self._changed:
            new = [text for text in self._complaints.values() if text]
            self._complaints = dict.fromkeys(self._complaints, "")
        return new

    def close(self, patience: float) -> None:
        """Let the listener take what is left, for so many seconds at most."""
        with self._changed:
            self._closing.set()
            self._changed.notify()
        self._thread.join(patience)

    def _serve(self) -> None:
        while (numbered := self._next()) is not None:
            self._call(partial(self._listener, numbered))
            if not self._queue:
                self._call(self._at_rest)
        self._call(self._at_end)

    def _next(self) -> Numbered | None:
        with self._changed:
            if self._queue:
                return self._queue.popleft()
            self._changed.wait_for(lambda: self._queue or self._closing.is_set())
        if self._gather:
            self._closing.wait(self._gather)
        with self._changed:
            return self._queue.popleft() if self._queue else None

    def _call(self, step: Callable[[], None]) -> None:
        try:
            step()
        except Exception as error:  # whatever it is, it is no job's fault
            with self._changed:
                kind = type(error).__name__
                self._complaints.setdefault(kind, f"fails with {kind}: {error}")

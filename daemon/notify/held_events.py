"""Events that are told a little later, and yet in their order: before whatever is told next.

What nobody acts on (a file was seen) is not told while a job could be claimed in that time, and
`rest` tells whoever gathers lines that no more come for now. One thread holds and emits. Knows
nothing of what the events mean.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from daemon.notify.events import Event


class HeldEvents:
    """In front of `emit`, which tells an event at once, and of `rest`."""

    def __init__(
        self, emit: Callable[[Event], None], rest: Callable[[], None] = lambda: None
    ) -> None:
        self._emit = emit
        self.rest = rest
        self._held: deque[Event] = deque()

    def hold(self, event: Event) -> None:
        """Tell it before the next event, or when `tell` is called: whichever comes first."""
        self._held.append(event)

    def tell(self) -> None:
        """Tell what is held."""
        while self._held:
            self._emit(self._held.popleft())

    def emit(self, event: Event) -> None:
        """Tell what is held, then this."""
        self.tell()
        self._emit(event)

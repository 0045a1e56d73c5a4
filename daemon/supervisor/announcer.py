"""Tells when the daemon pauses, is blocked, and goes on: once per change, whoever caused it."""

from __future__ import annotations

from collections.abc import Callable

from daemon.notify import events


class Announcer:
    """Compares what is so with what was told last."""

    def __init__(self, emit: Callable[[events.Event], None]) -> None:
        self._emit = emit
        self._paused = False
        self._trouble: str | None = None

    def look(self, *, paused: bool | None, trouble: str | None, advice: str) -> None:
        """`trouble` is what keeps everything from going on, if something does; `paused` is None
        while that can't be known (the root is away)."""
        if paused is not None and paused != self._paused:
            self._paused = paused
            self._emit(events.Paused() if paused else events.Resumed())
        if trouble != self._trouble:
            self._trouble = trouble
            self._emit(events.Blocked(trouble, advice) if trouble else events.Unblocked())

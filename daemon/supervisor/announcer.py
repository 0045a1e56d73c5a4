"""Tells when the daemon pauses, is blocked, and goes on: once per change, whoever caused it."""

from __future__ import annotations

from collections.abc import Callable

from daemon.inbox import changes
from daemon.inbox.changes import FileChange
from daemon.notify import events


class Announcer:
    """Compares what is so with what was told last."""

    def __init__(self, emit: Callable[[events.Event], None]) -> None:
        self._emit = emit
        self._paused = False
        self._trouble: str | None = None

    def look(self, *, paused: bool | None, trouble: str | None, advice: str, trying: bool) -> None:
        """`trouble` is what keeps everything from going on, if something does; `paused` is None
        while that can't be known (the root is away). While a worker is `trying` to load, nobody
        knows yet whether the trouble before is mended."""
        if paused is not None and paused != self._paused:
            self._paused = paused
            self._emit(events.Paused() if paused else events.Resumed())
        if trouble != self._trouble and (trouble or not trying):
            self._trouble = trouble
            self._emit(events.Blocked(trouble, advice) if trouble else events.Unblocked())


def file_event(change: FileChange, project: str) -> events.Event:
    """What happened to a file in the inbox."""
    file = change.path.name
    match change.state:
        case changes.SEEN:
            return events.FileSeen(file, project)
        case changes.REMOVED:
            return events.FileRemoved(file, project)
    return events.FileWaiting(file, project, change.state, change.reason, change.lasting)

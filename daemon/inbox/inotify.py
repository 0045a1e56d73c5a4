"""Watchdog's inotify observer as we need it: events at once, in the thread that has read them.

Imported on Linux alone. It knows nothing of what a handler does with them.
"""

from __future__ import annotations

from typing import Any

from watchdog.events import FileSystemEventHandler
from watchdog.observers.api import EventDispatcher, EventQueue
from watchdog.observers.inotify import InotifyObserver
from watchdog.observers.inotify_move_event_grouper import InotifyMoveEventGrouper


class PromptObserver(InotifyObserver):
    """Everything that it watches is for one `handler`, which must never raise."""

    def __init__(self, handler: FileSystemEventHandler) -> None:
        # Our claims rename files out of the inbox; watchdog would hold each such event, and all
        # behind it, for half a second in the hope of its other half, which never comes.
        InotifyMoveEventGrouper.delay = 0
        # "Full" tells a rename into the folder (complete) from the creation of a file (not yet).
        super().__init__(generate_full_events=True)
        self._heard = _Heard(handler)

    @property
    def event_queue(self) -> EventQueue:
        """What the emitters put their events into."""
        return self._heard


class _Heard(EventQueue):
    """Keeps no event: another thread would have to be woken for it."""

    def __init__(self, handler: FileSystemEventHandler) -> None:
        super().__init__()
        self._handler = handler

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """`item`: an event and its watch, or the sign to stop, for which the observer waits."""
        if item is EventDispatcher.stop_event:
            super().put(item, block, timeout)
        else:
            self._handler.dispatch(item[0])

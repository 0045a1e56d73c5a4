"""Watchdog's inotify observer as we need it: events at once, in the thread that has read them.

Imported on Linux alone. It knows nothing of what a handler does with them.
"""

from __future__ import annotations

import os
from typing import Any, Protocol

from watchdog.events import FileSystemEvent
from watchdog.observers.api import (
    DEFAULT_OBSERVER_TIMEOUT,
    BaseObserver,
    EventDispatcher,
    EventQueue,
)
from watchdog.observers.inotify import InotifyFullEmitter, InotifyObserver, InotifyWatchGroup
from watchdog.observers.inotify_c import InotifyConstants, InotifyEvent, InotifyFD
from watchdog.observers.inotify_move_event_grouper import InotifyMoveEventGrouper

_COMPLETE = InotifyConstants.IN_CLOSE_WRITE | InotifyConstants.IN_MOVED_TO
_OF_A_FILE = _COMPLETE | (
    InotifyConstants.IN_CREATE | InotifyConstants.IN_DELETE | InotifyConstants.IN_MOVED_FROM
)


class Handler(Protocol):
    """Hears what has happened, in whichever thread; must never raise."""

    def dispatch(self, event: FileSystemEvent) -> None:
        """As watchdog tells it."""

    def heard(self, path: str, *, complete: bool) -> None:
        """Something has become of a file; `complete`: its writer is done."""


class PromptObserver(InotifyObserver):
    """Everything that it watches is for one `handler`."""

    def __init__(self, handler: Handler) -> None:
        # Our claims rename files out of the inbox; watchdog would hold each such event, and all
        # behind it, for half a second in the hope of its other half, which never comes.
        InotifyMoveEventGrouper.delay = 0
        self._inotify_fd = _Reader(handler)
        self._inotify_fd.start()
        # "Full" tells a rename into the folder (complete) from the creation of a file (not yet).
        BaseObserver.__init__(
            self,
            InotifyFullEmitter,
            timeout=DEFAULT_OBSERVER_TIMEOUT,
            inotify_fd=self._inotify_fd,
        )
        self._heard = _Heard(handler)

    @property
    def event_queue(self) -> EventQueue:
        """What the emitters put their events into."""
        return self._heard


class _Reader(InotifyFD):
    """Tells of files itself: the thread of an emitter would have to be woken for each. What happens
    to folders, of which watchdog keeps books, goes its way."""

    def __init__(self, handler: Handler) -> None:
        super().__init__()
        self._handler = handler

    def handle_event(self, event: InotifyEvent) -> None:
        """Called for each event, in the order in which they happened."""
        if not event.mask & _OF_A_FILE or event.is_directory:
            super().handle_event(event)
            return
        with self._lock:
            watch = self._watch_for_wd.get(event.wd)
            groups = list(watch.callbacks.values()) if watch is not None else []
        for group in groups:
            assert isinstance(group, InotifyWatchGroup)
            folder = group._active_callbacks_by_watch.get(event.wd)
            if folder is not None:
                path = os.fsdecode(os.path.join(folder, event.name))  # noqa: PTH118 (hot path)
                self._handler.heard(path, complete=bool(event.mask & _COMPLETE))


class _Heard(EventQueue):
    """Keeps no event: another thread would have to be woken for it."""

    def __init__(self, handler: Handler) -> None:
        super().__init__()
        self._handler = handler

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """`item`: an event and its watch, or the sign to stop, for which the observer waits."""
        if item is EventDispatcher.stop_event:
            super().put(item, block, timeout)
        else:
            self._handler.dispatch(item[0])

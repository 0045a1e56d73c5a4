"""The watchdog observer: it turns file events into hints, and knows when it has gone deaf.

A hint says "look at this path", never what happened; losing one costs a second or two, no more,
because the scan finds the file anyway. It watches the inbox and the control folder; nothing
here reads a job or decides anything.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from watchdog import events
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

Item = TypeVar("Item")
LINUX = sys.platform.startswith("linux")


@dataclass(frozen=True, slots=True)
class Hint:
    """Look at `path` (None: look at everything). `complete`: its writer is known to be done;
    `moved_in`: it is a folder that was renamed to where it is, from a place that is not watched."""

    path: Path | None
    complete: bool = False
    moved_in: bool = False

    @property
    def is_at_a_path(self) -> bool:
        """Whether a later one at the same path says all that this one does."""
        return self.path is not None and not self.moved_in


def at_once(items: Iterable[Item]) -> list[Item | Hint]:
    """Of several hints at one path, as of a file that was made and closed in a moment, the last, in
    the place of the first; all else as it came."""
    items = list(items)
    last = {item.path: item for item in items if isinstance(item, Hint) and item.is_at_a_path}
    found = list[Item | Hint]()
    for item in items:
        if not (isinstance(item, Hint) and item.is_at_a_path):
            found.append(item)
        elif (latest := last.pop(item.path, None)) is not None:
            found.append(latest)
    return found


class Watch:
    """Watches folders (resolved, with all below) and calls `tell(Hint)` from its own thread."""

    def __init__(self, folders: list[Path], tell: Callable[[Hint], None]) -> None:
        self._folders = folders
        self._tell = tell
        self._observer: BaseObserver | None = None
        self._identities: dict[Path, tuple[int, int]] = {}
        self._log_handler = _OverflowHandler(tell)

    def start(self) -> str:
        """Begin; returns the name of the means ("inotify", "fsevents", …). Raises OSError when the
        system has no watches left, a folder is missing, or the library fails in its own way; then
        `stop` gives back what it has taken."""
        try:
            return self._start()
        except OSError:
            raise
        except Exception as error:
            raise OSError(f"watchdog: {type(error).__name__}: {error}") from error

    def _start(self) -> str:
        handler = _Handler(self._tell)
        observer = self._observer = _make_observer(handler)  # has descriptors before it has begun
        for folder in self._folders:
            self._identities[folder] = _identity(folder)
            observer.schedule(handler, str(folder), recursive=True, event_filter=_FILTER)
        logging.getLogger("watchdog").addHandler(self._log_handler)
        logging.getLogger("watchdog").propagate = False
        observer.start()
        return "inotify" if LINUX else str(type(observer).__name__).removesuffix("Observer").lower()

    def deaf(self) -> str | None:
        """Why events no longer come, or None. `observer.is_alive()` alone does not tell: deleting
        the watched folder ends the emitter under a living observer (watchdog issue 427)."""
        if self._observer is None:
            return "not started"
        if not self._observer.is_alive():
            return "the observer thread ended"
        if not all(emitter.is_alive() for emitter in list(self._observer.emitters)):
            return "an emitter thread ended"
        # Its own books end it (a folder moved out, made anew, both deleted), and nothing else ends.
        reader = getattr(self._observer, "_inotify_fd", None)
        if reader is not None and not reader.is_alive():
            return "the thread that reads inotify ended"
        for folder, identity in self._identities.items():
            try:
                if _identity(folder) != identity:
                    return f"{folder.name} was replaced by another folder"
            except OSError as error:
                return f"{folder.name}: {error.strerror}"
        return None

    def stop(self) -> None:
        """End the threads; safe to call twice. Never raises: an observer whose own books are wrong
        (folders moved out and in again under it) is left to die with its daemon threads."""
        logging.getLogger("watchdog").removeHandler(self._log_handler)
        observer, self._observer = self._observer, None
        if observer is None:
            return
        emitters = list(observer.emitters)
        for end in (observer.stop, *(emitter.stop for emitter in emitters)):
            with contextlib.suppress(Exception):  # KeyError, OSError: of a library's tables
                end()
        with contextlib.suppress(Exception):
            observer.join(timeout=2)


def _make_observer(handler: _Handler) -> BaseObserver:
    if not LINUX:
        return Observer()
    from daemon.inbox.inotify import PromptObserver

    return PromptObserver(handler)


_FILTER: list[type[events.FileSystemEvent]] | None = (
    [
        events.FileClosedEvent,
        events.FileMovedEvent,
        events.FileCreatedEvent,
        events.FileDeletedEvent,
        events.DirCreatedEvent,
        events.DirMovedEvent,
        events.DirDeletedEvent,
    ]
    if LINUX
    else None
)


class _Handler(events.FileSystemEventHandler):
    """Never raises: an exception here would end watchdog's thread for good."""

    def __init__(self, tell: Callable[[Hint], None]) -> None:
        self._tell = tell

    def dispatch(self, event: events.FileSystemEvent) -> None:
        if event.event_type in ("opened", "closed_no_write"):
            return
        moved_to = os.fsdecode(event.dest_path) if event.event_type == "moved" else ""
        path = moved_to or os.fsdecode(event.src_path)
        if event.is_directory:
            if moved_to and not event.src_path:  # only Linux tells it so
                self._tell(Hint(Path(moved_to), moved_in=True))
            elif event.event_type != "modified":
                self._tell(Hint(None))
            return
        self.heard(path, complete=bool(moved_to) or event.event_type == "closed")

    def heard(self, path: str, *, complete: bool) -> None:
        """Something has become of a file."""
        self._tell(Hint(Path(path), complete=complete))


class _OverflowHandler(logging.Handler):
    """Watchdog only logs that the kernel dropped events; for us that means: look at everything."""

    def __init__(self, tell: Callable[[Hint], None]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 (its text does not matter)
        self._tell(Hint(None))


def _identity(folder: Path) -> tuple[int, int]:
    status = os.stat(folder)  # noqa: PTH116 (follows nothing but what the scan follows)
    return (status.st_dev, status.st_ino)

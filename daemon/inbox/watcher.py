"""Looking at the inbox: when to scan, and whether file events still come.

Owns the observer and the scan's schedule. Anything can happen to the inbox folder (deleted,
renamed, replaced, unmounted, made unreadable); each is noticed at the next look and mended or said.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from daemon.fs.moment import Moment
from daemon.fs.read import read_file
from daemon.inbox.observer import Hint, Watch
from daemon.inbox.queue import WaitingQueue
from daemon.inbox.strays import Strays
from daemon.inbox.watch_probe import Probe
from daemon.notify.events import Event, FileEvents, Warned
from daemon.root.apart import REMEDY, not_apart
from daemon.root.layout import Layout
from daemon.settings import Settings

PEEK_BUDGET = 0.02
"""Seconds of reading waiting files in one go, so that everything else goes on meanwhile."""

FULL_SCAN = 30.0
"""Seconds between looks that trust no folder's modification time (network volumes lie)."""

RETRY_WATCH = 60.0
RETRY_DEAF = 600.0

UNTOLD = 0.5
"""Seconds without an event after which a file that only the scan has found is suspicious."""

MAX_DEAF = 3
"""Observers in a row that report nothing, after which we do without for a while."""


class Watcher:
    """Keeps `queue` true to what lies in the inbox. `trouble` says why it can't, if so."""

    def __init__(
        self,
        layout: Layout,
        settings: Settings,
        queue: WaitingQueue,
        strays: Strays,
        emit: Callable[[Event], None],
        tell: Callable[[Hint], None],
    ) -> None:
        self._layout = layout
        self._id = _content(layout.id_file)
        self._folder = queue.inbox.folder
        self._watched = [self._folder, layout.control.resolve()]
        self._interval = settings.scan_interval
        self._queue = queue
        self._strays = strays
        self._emit = emit
        self._tell = tell
        self._watch: Watch | None = None
        self._probe: Probe | None = None
        self._deaf = 0
        self._watch_retry = 0.0
        self._next_scan = 0.0
        self._next_full = 0.0
        self.events: str | None = None
        """The means by which file events come; None if none do."""
        self.trouble: str | None = None
        self.has_looked = False
        self.is_away = False
        """The root is not there (unmounted, deleted), or its folders lead into each other: nothing
        in it may be believed or made."""

    def start(self, at: Moment) -> None:
        """Begin to watch. Only then look: nothing falls between."""
        self._watch = Watch(self._watched, self._tell)
        try:
            self.events = self._watch.start()
            self._probe = Probe(self._folder, at.now)
            self._emit(FileEvents(self.events))
        except OSError as error:
            self._do_without(str(error), at.now + RETRY_WATCH)

    def stop(self) -> None:
        """End the observer, if there is one."""
        watch, probe = self._watch, self._probe
        self._watch, self._probe, self.events = None, None, None
        if probe is not None:
            probe.close()
        if watch is not None:
            watch.stop()

    def heard(self, path: Path, at: Moment) -> None:
        """An event named this path: the observer is not deaf."""
        if self._probe is None:
            return
        if f"{path}{os.sep}".startswith(f"{self._probe.folder}{os.sep}"):
            self._probe.heard(at.now)
            self._deaf = 0

    def moved_in(self, folder: Path, at: Moment) -> None:
        """A folder came by one rename: all of it is there."""
        self._queue.inbox.moved_in(folder, at)
        self.soon(at)

    def soon(self, at: Moment) -> None:
        """Scan at the next look."""
        self._next_scan = at.now

    def look(self, at: Moment) -> bool:
        """Do what is due; True if the queue has changed."""
        changed, now = False, at.now
        if now >= self._next_scan:
            if not self._root_is_sound():
                self._next_scan = now + self._interval
                return True
            self._follow_inbox(at)
            self._tend_watch(at)
            changed = self._scan(at)
            for defaults in self._strays.look(at):
                self._queue.defaults_changed(defaults, at)
        self._queue.look_again(at)
        self._queue.peek_some(at, clock=time.monotonic, budget=PEEK_BUDGET)
        return changed

    def read_on(self, at: Moment) -> bool:
        """Go on reading waiting files; True if some are left."""
        return self._queue.peek_some(at, clock=time.monotonic, budget=PEEK_BUDGET)

    def deadline(self) -> float:
        """When to look again at the latest (monotonic)."""
        return min(self._next_scan, self._queue.deadline())

    def _scan(self, at: Moment) -> bool:
        now, began = at.now, time.monotonic()
        full = now >= self._next_full
        first = not self.has_looked
        try:
            changed = self._queue.scan(at, full=full)
        except OSError as error:
            self._inbox_trouble(error, at)
            return True
        finally:
            cost = time.monotonic() - began
            self._next_scan = now + max(self._interval, 20 * cost)
        if full:
            self._next_full = now + FULL_SCAN
        recovered, self.trouble, self.has_looked = self.trouble is not None, None, True
        if changed and not first and self._probe and now - self._probe.heard_at > UNTOLD:
            self._probe.suspect()
        return bool(changed) or recovered

    def _inbox_trouble(self, error: OSError, at: Moment) -> None:
        if isinstance(error, FileNotFoundError) and self._make_inbox():
            self._emit(Warned(f"the inbox was gone; made a new one at {self._folder}"))
            self._next_full = at.now
            return
        self.trouble = f"inbox: {error.strerror or error} ({self._folder})"

    def _make_inbox(self) -> bool:
        """Only where the root is ours to see: a link that leads nowhere is a disk that is away."""
        if self._layout.inbox.is_symlink():
            return False
        try:
            self._folder.mkdir(exist_ok=True)
        except OSError:
            return False
        return True

    def _root_is_sound(self) -> bool:
        """Whether the root still holds the marker it had (an unmounted disk leaves an empty folder,
        which must not read as "everything was deleted"), and its inbox holds nothing of ours."""
        found = _content(self._layout.id_file)
        if self._id is None:  # the disk refused at the start, and may have for that moment only
            self._id = found
        told: str | None = f"{self._layout.root} is not there: unmounted, moved or deleted"
        if found == self._id:
            apart = not_apart(self._layout)
            told = f"{apart} {REMEDY}" if apart else None
        self.is_away = told is not None
        self.trouble = told if told is not None else self.trouble
        return not self.is_away

    def _follow_inbox(self, at: Moment) -> None:
        """The inbox may be, or have become, a link to somewhere else."""
        folder = Path(os.path.realpath(self._layout.inbox))
        if folder == self._folder:
            return
        self._emit(Warned(f"the inbox now is {folder}; looking there"))
        self._folder, self._watched[0], self._next_full = folder, folder, at.now
        self._queue.move_to(folder)
        self.stop()
        self._watch_retry = at.now

    def _tend_watch(self, at: Moment) -> None:
        if self._watch is None or self._probe is None:
            if at.now >= self._watch_retry and self._is_there(self._folder):
                self.start(at)
            return
        reason = self._watch.deaf()
        if reason is None and (reason := self._probe.deaf(at.now)) is not None:
            self._deaf += 1
        if reason is None or not self._is_there(self._folder):
            return
        self.stop()
        self._next_full = at.now
        if self._deaf >= MAX_DEAF:
            self._deaf = 0
            self._do_without(f"{reason}, {MAX_DEAF} times", at.now + RETRY_DEAF)
            return
        self._emit(Warned(f"file events had stopped ({reason}); watching again"))
        self.start(at)
        if self._deaf and self._probe is not None:
            self._probe.suspect()  # is it any better now?

    def _do_without(self, reason: str, until: float) -> None:
        self.stop()
        self._watch_retry = until
        self._emit(FileEvents(None, reason))

    def _is_there(self, folder: Path) -> bool:
        return os.path.isdir(folder)  # noqa: PTH112 (Path.is_dir raises where we may not look)


def _content(file: Path) -> bytes | None:
    try:
        return read_file(file, 1000)
    except OSError:
        return None

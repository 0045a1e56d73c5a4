"""The page kept up to date: the album compared once, then what events say, soon after they came.

Not at once: in the moment of an event a picture may be on its way out, and the disk and the
processor are its own. Ends when `until` says so. What the disk refuses is tried again with the next
event; the page is never worth more than a line in the log.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from daemon.notify.stream_files import follow_after, last_number
from daemon.page.album import AT_ONCE, Album
from daemon.page.boards import BoardPages
from daemon.page.live import Live
from daemon.page.places import HIDDEN, REBUILD
from daemon.page.saved_marks import SavedMarks
from daemon.root.layout import Layout

LULL = 0.2
"""Seconds without news after which what is owed is done: not while a picture is on its way out."""
LATEST = 0.5
"""Seconds until it is done all the same, however much news there is."""
SWEEP = 5.0
SWEEPS_SHARE = 50
"""Seconds between looks at what people did to pictures, and how many times as long as the last look
took, if that is more."""
CALM = 2.0
"""Seconds without news after which small pictures that are late are made one after the other."""
THUMBS, THUMBS_MEANWHILE, THUMBS_PAUSE = 0.2, 0.05, 5.0
"""Seconds of making them between looks at what else is due: in a calm, which ends with the first
news, and otherwise, and how often that is."""
DRAWINGS, DRAWINGS_MEANWHILE = 1.0, 0.4
"""Seconds of drawing thumbnails of what is still to come, likewise."""

Event = Mapping[str, object]


def follow(layout: Layout, *, until: Callable[[], bool]) -> None:
    """Serve the page of one root. Raises OSError only where the outbox can't be read at all."""
    number = last_number(layout)
    events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
    reader = threading.Thread(target=_read, args=(layout, number, events, until), daemon=True)
    reader.start()
    page = _Page(layout, has_news=lambda: not events.empty())
    page.tell(page.album.compare)
    while (event := _next(events)) is not None:
        if event:
            page.hear(event)
        if not event or page.is_late:
            page.work(is_calm=not event)
    page.work(is_calm=False)
    page.end()


def make_anew(layout: Layout) -> None:
    """Read every record again and write all pages. Raises OSError."""
    album = Album(layout.outbox, layout.references)
    album.rebuild()
    boards = BoardPages(layout)
    album.mark_boards(boards.look(), boards.to_come)
    album.write()
    (layout.outbox / REBUILD).unlink(missing_ok=True)


def _read(
    layout: Layout,
    number: int,
    events: queue.SimpleQueue[Event | None],
    until: Callable[[], bool],
) -> None:
    with contextlib.suppress(OSError):
        for line in follow_after(layout, number, until=until):
            with contextlib.suppress(ValueError, RecursionError):
                event = json.loads(line)
                if isinstance(event, dict):
                    events.put(event)
    events.put(None)


def _next(events: queue.SimpleQueue[Event | None]) -> Event | None:
    """The next event; one without a word where nothing came for a while; None at the end."""
    try:
        return events.get(timeout=LULL)
    except queue.Empty:
        return {}


class _Page:
    """Album, boards and live script of one root."""

    def __init__(self, layout: Layout, has_news: Callable[[], bool]) -> None:
        self._has_news = has_news
        self._outbox = layout.outbox
        self.album = Album(layout.outbox, layout.references)
        self._boards = BoardPages(layout)
        self._live = Live(layout)
        self._marks = SavedMarks(layout)
        self._new: list[str] = []
        self._sweep_due = self._heard = self._thumbs_due = time.monotonic()
        self._owed_since: float | None = None
        self._said = ""

    @property
    def is_late(self) -> bool:
        """Whether something has been owed for as long as it may be."""
        return self._owed_since is not None and time.monotonic() - self._owed_since >= LATEST

    def hear(self, event: Event) -> None:
        """One event, noted in no time: whoever makes pictures is at work now."""
        self._heard = time.monotonic()
        self._live.hear(event)
        if event.get("event") == "published":
            self._new += _paths(event, self._outbox)
        if self._owed_since is None:
            self._owed_since = time.monotonic()

    def work(self, *, is_calm: bool) -> None:
        """Do what is owed, and where it `is_calm` more of what nobody waits for."""
        self._owed_since = None
        new, self._new = self._new, []
        for path in new:
            self.tell(partial(self.album.add, path, thumb=len(new) <= AT_ONCE))
        self.tell(self.write)
        self.tell(partial(self._live.write, self._boards.troubles, self._marks.told))
        if is_calm:
            self.tell(self._boards.expect)
            self.tell(partial(self._boards.draw, DRAWINGS, self._has_news))
        else:  # steps may come so fast that there is no calm for hours
            self.tell(partial(self._boards.draw, DRAWINGS_MEANWHILE))
        self._make_thumbs()
        if (self._outbox / REBUILD).exists():
            self.tell(self._rebuild)
        if time.monotonic() >= self._sweep_due:
            begun = time.monotonic()
            self.tell(self.album.sweep)
            self.tell(self._boards.sweep)
            self.tell(self._marks.look)
            took = time.monotonic() - begun
            self._sweep_due = begun + max(SWEEP, SWEEPS_SHARE * took)

    def _make_thumbs(self) -> None:
        """Those that are late: a hundred thousand new files would keep the disk from the daemon,
        which waits for it at each publication."""
        now = time.monotonic()
        if now - self._heard >= CALM:
            self.tell(partial(self.album.make_thumbs, THUMBS, self._has_news))
        elif now >= self._thumbs_due:
            self._thumbs_due = now + THUMBS_PAUSE
            self.tell(partial(self.album.make_thumbs, THUMBS_MEANWHILE))

    def write(self) -> None:
        """What was added, and what boards want now. Raises OSError."""
        self.album.mark_boards(self._boards.look(), self._boards.to_come)
        self.album.write()

    def end(self) -> None:
        self.tell(self._live.end)

    def _rebuild(self) -> None:
        asked = self._outbox / REBUILD
        try:
            self.album.rebuild()
            self._boards.forget()
            self.write()
        except Exception as error:  # whoever asked waits for an answer
            with contextlib.suppress(OSError):
                asked.write_text(_why(error), encoding="utf-8", errors="replace")
            raise
        asked.unlink(missing_ok=True)

    def tell(self, step: Callable[[], object]) -> None:
        """Do it; what the disk refuses is said once, and tried again with whatever comes next."""
        try:
            step()
        except Exception as error:  # the page may fail at anything, and serves on
            said = f"the page is behind: {_why(error)}"
            if said != self._said:
                complain(said)
            self._said = said


def complain(text: str) -> None:
    """A line to whoever started us, who puts it into the log."""
    sys.stderr.write(f"{text}\n")


def _why(error: Exception) -> str:
    """Without the name of a file where the disk is what is wrong: each draft has another."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror} ({HIDDEN} of the outbox)"
    return f"{type(error).__name__}: {error}"


def _paths(event: Event, outbox: Path) -> list[str]:
    pictures = event.get("pictures")
    found = []
    for each in pictures if isinstance(pictures, list) else ():
        with contextlib.suppress(ValueError):
            found.append(Path(os.path.normpath(str(each))).relative_to(outbox).as_posix())
    return found

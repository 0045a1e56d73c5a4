"""The page kept up to date: the album compared once, then every event as it comes.

Ends when `until` says so. What the disk refuses is tried again with the next event; the page is
never worth more than a line in the log.
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
from daemon.page.album import Album
from daemon.page.boards import BoardPages
from daemon.page.live import Live
from daemon.page.places import REBUILD
from daemon.root.layout import Layout

WAIT = 0.25
"""Seconds without news after which what is late is done."""
SWEEP = 10.0
"""Seconds between looks whether the newest pictures are still there."""
WRITE = 0.5
"""Seconds between two writes at most while events come faster than they are heard."""
BACKLOG = 20
"""Events not heard yet, with which small pictures are put off."""
THUMBS = 0.2
"""Seconds of making small pictures between looks at what else is due."""
DRAWINGS = 0.15
"""Seconds of drawing thumbnails of what is still to come between two events."""

Event = Mapping[str, object]


def follow(layout: Layout, *, until: Callable[[], bool]) -> None:
    """Serve the page of one root. Raises OSError only where the outbox can't be read at all."""
    number = last_number(layout)
    events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
    reader = threading.Thread(target=_read, args=(layout, number, events, until), daemon=True)
    reader.start()
    page = _Page(layout)
    page.tell(page.album.compare)
    while (event := _next(events)) is not None:
        page.hear(event, more=events.qsize() > BACKLOG)
    page.tell(page.write)
    page.end()


def make_anew(layout: Layout) -> None:
    """Read every record again and write all pages. Raises OSError."""
    album = Album(layout.outbox)
    album.rebuild()
    album.mark_boards(BoardPages(layout).look())
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
        return events.get(timeout=WAIT)
    except queue.Empty:
        return {}


class _Page:
    """Album, boards and live script of one root."""

    def __init__(self, layout: Layout) -> None:
        self._outbox = layout.outbox
        self.album = Album(layout.outbox)
        self._boards = BoardPages(layout)
        self._live = Live(layout)
        self._sweep_due = self._write_due = time.monotonic()
        self._said = ""

    def hear(self, event: Event, *, more: bool) -> None:
        """One event, or nothing ({}); whether there are `more`."""
        if event:
            self._live.hear(event)
        if event.get("event") == "published":
            for path in _paths(event, self._outbox):
                self.tell(partial(self.album.add, path, thumb=not more))
        if not more or time.monotonic() >= self._write_due:
            self._write_due = time.monotonic() + WRITE
            self.tell(self.write)
        self.tell(self._live.write)
        if not more:  # steps of a picture come too fast for there to be a while without news
            self.tell(partial(self._boards.draw, DRAWINGS))
        if not event:
            self.tell(partial(self.album.make_thumbs, THUMBS))
            if (self._outbox / REBUILD).exists():
                self.tell(self._rebuild)
            if time.monotonic() >= self._sweep_due:
                self._sweep_due = time.monotonic() + SWEEP
                self.tell(self.album.sweep)

    def write(self) -> None:
        """What was added, and what boards want now. Raises OSError."""
        self.album.mark_boards(self._boards.look())
        self.album.write()

    def end(self) -> None:
        self.tell(self._live.end)

    def _rebuild(self) -> None:
        self.album.rebuild()
        self._boards.forget()
        self.write()
        (self._outbox / REBUILD).unlink(missing_ok=True)

    def tell(self, step: Callable[[], object]) -> None:
        """Do it; what the disk refuses is said once, and tried again with whatever comes next."""
        try:
            step()
        except Exception as error:  # the page may fail at anything, and serves on
            said = f"the page: {type(error).__name__}: {error}"
            if said != self._said:
                sys.stderr.write(f"{said}\n")
            self._said = said


def _paths(event: Event, outbox: Path) -> list[str]:
    pictures = event.get("pictures")
    found = []
    for each in pictures if isinstance(pictures, list) else ():
        with contextlib.suppress(ValueError):
            found.append(Path(os.path.normpath(str(each))).relative_to(outbox).as_posix())
    return found

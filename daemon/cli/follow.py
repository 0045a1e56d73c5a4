"""Dropped files followed through the stream of events to their ends, for `submit --wait`, `wait`.

Knows job files only by name; the stream and the status file are all it reads.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from daemon.cli.printing import say_aside
from daemon.cli.progress import Progress
from daemon.errors import HotfolderError, NoDaemonError, OverdueError, SetupError
from daemon.fs.read import read_file
from daemon.notify.stream_files import follow_after, last_number
from daemon.protocol.outcome import Outcome
from daemon.root.layout import Layout
from daemon.root.lock import is_held
from daemon.root.own_command import command_here
from daemon.root.status_file import STALE_AFTER, read_status

LOOK = 0.5
"""Seconds between looks at what the daemon says of itself."""

Line = Mapping[str, object]
IsOver = Callable[[bool], bool]
"""Whether there is nothing left to wait for; told whether it must look now, since nobody serves."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file put into the inbox. `after` is the last job number given before it lay there: a job
    of its name with a later number is its own, and one with an earlier is of another file. `job` is
    its number if it is claimed already, `project` its folder where that is not the file's own."""

    file: Path
    after: int
    job: int | None = None
    project: str | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """How a dropped file ended; `pictures` are absolute paths. `job` is None, and `outcome` "",
    of one that was taken away before it was begun, or has not ended. `board` is where one lives
    now that was no job."""

    file: Path
    job: int | None = None
    outcome: str = ""
    reason: str = ""
    pictures: tuple[str, ...] = ()
    board: str = ""

    @property
    def is_good(self) -> bool:
        return self.outcome in set(Outcome) and Outcome(self.outcome).is_good


class StreamFollower:
    """The stream of one root from this moment on, for `patience` seconds if that is said."""

    def __init__(self, layout: Layout, *, patience: float | None = None) -> None:
        self._layout = layout
        self._looked = 0.0
        self._end = None if patience is None else time.monotonic() + patience
        self._trouble: HotfolderError | None = None
        self._is_over: IsOver | None = None
        self._is_done = False
        self._last = last_number(layout)
        self._lines = follow_after(layout, self._last, until=self._must_stop)

    def see_through(self, files: Sequence[Dropped], progress: Progress) -> Iterator[Followed]:
        """Each of the files as it ends, in the order given; shows meanwhile what happens to them.
        Raises NoDaemonError if the daemon stops, SetupError if it is paused or blocked,
        OverdueError."""
        waiting = {place: each for place, each in enumerate(files) if each.job is None}
        jobs = {each.job: place for place, each in enumerate(files) if each.job is not None}
        ended: dict[int, Followed] = {}
        told = 0
        while told < len(files):
            event = self._next()
            place = self._ours(event, waiting, jobs)
            if place is None:
                progress.show_worker(event)
                continue
            progress.show(event)
            if (end := _end(event, files[place].file)) is not None:
                waiting.pop(place, None)
                ended[place] = end
            while told in ended:
                yield ended[told]
                told += 1

    def until(self, is_over: IsOver) -> Iterator[Line]:
        """Every event that has not been looked at yet, until `is_over`, which is asked at moments
        without news. Raises as `see_through`."""
        self._is_over, self._is_done = is_over, False
        self._lines = follow_after(self._layout, self._last, until=self._must_stop)
        while not self._is_done:
            try:
                yield self._next()
            except HotfolderError:
                if not self._is_done:
                    raise

    def _ours(self, event: Line, waiting: dict[int, Dropped], jobs: dict[int, int]) -> int | None:
        """Which of our files an event is about, by its place; a claim gives the file its number."""
        number = event.get("job")
        if isinstance(number, int) and number in jobs:
            return jobs[number]
        key = (str(event.get("file", "")), str(event.get("project", "")))
        for place, dropped in waiting.items():
            if _key(dropped, self._layout) != key:
                continue
            if not isinstance(number, int):
                return place
            if number > dropped.after:
                del waiting[place]
                jobs[number] = place
                return place
        return None

    def _next(self) -> Line:
        for text in self._lines:
            with contextlib.suppress(ValueError):
                event = json.loads(text)
                if isinstance(event, dict):
                    number = event.get("number")
                    self._last = number if isinstance(number, int) else self._last
                    return event
        raise self._trouble or NoDaemonError(
            "The daemon has stopped; the job goes on when it is started again."
        )

    def _must_stop(self) -> bool:
        """Whether nothing more will come; asked at moments without news."""
        is_served = is_held(self._layout.lock_file)
        if self._is_over is not None and self._is_over(not is_served):
            self._is_done = True
        if self._is_done or not is_served:
            return True
        if time.monotonic() - self._looked >= LOOK:
            self._looked = time.monotonic()
            self._trouble = trouble(self._layout)
        if self._trouble is None and self._end is not None and time.monotonic() >= self._end:
            self._trouble = OverdueError("The time is over; the job goes on.")
        return self._trouble is not None


@contextlib.contextmanager
def leaving(layout: Layout, words: Sequence[str]) -> Iterator[None]:
    """Ctrl-C ends the watching alone, which is said: what is meant by `words` goes on."""
    try:
        yield
    except KeyboardInterrupt:
        stop = command_here(layout, f"cancel {shlex.join(words[:3])}{' …' * (len(words) > 3)}")
        say_aside(f"What was dropped goes on; `{stop}` stops it.")
        raise


def trouble(layout: Layout) -> SetupError | None:
    """Why a daemon that runs begins nothing, if that is so."""
    snapshot = read_status(layout) or {}
    beat = snapshot.get("heartbeat_unix")
    if not isinstance(beat, int | float) or time.time() - beat > STALE_AFTER:
        return None
    if snapshot.get("state") == "paused":
        return SetupError(
            "The daemon is paused; what was dropped waits.",
            remedy=f"Go on: {command_here(layout, 'resume')}",
        )
    if snapshot.get("state") == "blocked":
        reason = str(snapshot.get("reason") or "see `hotfolder status`").rstrip(".")
        return SetupError(f"The daemon is blocked: {reason}.", remedy="What was dropped waits.")
    return None


def _end(event: Line, file: Path) -> Followed | None:
    """How the file ended, if this event says so."""
    word, job = str(event.get("event", "")), event.get("job")
    if word == "removed":
        return Followed(file, reason="it was taken away before it was begun")
    if word == "board_moved":
        return Followed(file, board=str(event.get("home", "")))
    if word not in set(Outcome) or not isinstance(job, int):
        return None
    pictures = event.get("pictures")
    found = tuple(map(str, pictures)) if isinstance(pictures, list) else ()
    good = found if Outcome(word) is Outcome.DONE else ()
    return Followed(file, job, word, str(event.get("reason") or ""), good)


def _key(dropped: Dropped, layout: Layout) -> tuple[str, str]:
    project = dropped.project
    if project is None:
        project = dropped.file.parent.relative_to(layout.inbox).as_posix()
    return dropped.file.name, "" if project == "." else project


def served_within(layout: Layout, seconds: float) -> bool:
    """Whether a daemon serves the root now, or begins to (a script may have just started it)."""
    end = time.monotonic() + seconds
    while not is_held(layout.lock_file):
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def last_job(layout: Layout) -> int:
    """The largest job number given so far, 0 if none was."""
    return max([0, *_numbers(layout)])


def _numbers(layout: Layout) -> Iterator[int]:
    with contextlib.suppress(OSError, ValueError):
        yield int(read_file(layout.counter_file))
    with contextlib.suppress(OSError):
        yield from (
            int(name) for name in os.listdir(layout.spool) if name.isascii() and name.isdigit()
        )

"""One dropped file followed through the log to its end, for `submit --wait`.

Knows job files only by name; the log is all it reads. Standard library only.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from daemon.cli.printing import say, say_aside
from daemon.errors import ExitCode, NoDaemonError
from daemon.notify.stream_files import follow_after, last_number
from daemon.protocol.outcome import Outcome
from daemon.root.layout import Layout
from daemon.root.lock import is_held


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the log for programs, as far as it tells of a job."""

    job: int | None
    file: str
    project: str
    event: str
    level: str
    message: str
    images: tuple[str, ...]

    @classmethod
    def from_text(cls, text: bytes) -> LogLine | None:
        """What the line says; None if it is none of ours."""
        try:
            line = json.loads(text)
        except ValueError:
            return None
        if not isinstance(line, dict):
            return None
        job = line.get("job")
        return cls(
            job=job if isinstance(job, int) else None,
            file=str(line.get("file", "")),
            project=str(line.get("project", "")),
            event=str(line.get("event", "")),
            level=str(line.get("level", "")),
            message=str(line.get("message", "")),
            images=tuple(map(str, line.get("images") or ())),
        )


class LogFollower:
    """The log from this moment on, read job by job."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._last = max([0, *_numbers(layout)])
        self._seen: list[LogLine] = []
        self._lines = follow_after(
            layout, last_number(layout), until=lambda: not is_held(layout.lock_file)
        )

    def see_through(self, file: Path) -> int:
        """Print what happens to `file` until it is done; 1 if it failed."""
        project = file.parent.relative_to(self._layout.inbox).as_posix()
        key = (file.name, "" if project == "." else project)
        number: int | None = None
        for line in self._events():
            if number is None and (line.file, line.project) == key:
                number = line.job if (line.job or 0) > self._last else None
            if number is None or line.job != number:
                continue
            if line.level != "DEBUG":
                say_aside(line.message)
            if line.event in set(Outcome):
                for image in line.images:
                    say(f"#{number} {self._layout.outbox / image}", flush=True)
                return ExitCode.OK if Outcome(line.event).is_good else ExitCode.FAILED
        raise NoDaemonError("The daemon has stopped; the job goes on when it is started again.")

    def _events(self) -> Iterator[LogLine]:
        yield from list(self._seen)
        for text in self._lines:
            line = LogLine.from_text(text)
            if line is not None:
                self._seen.append(line)
                yield line


def _numbers(layout: Layout) -> Iterator[int]:
    """Job numbers given so far: a later one under our file's name is ours."""
    with contextlib.suppress(OSError, ValueError):
        yield int(layout.counter_file.read_bytes())
    with contextlib.suppress(OSError):
        yield from (int(name) for name in os.listdir(layout.spool) if name.isdigit())

"""One dropped file followed through the log to its end, for `submit --wait`.

Knows job files only by name; the log is all it reads. Standard library only.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from daemon.cli.tail import follow
from daemon.errors import ExitCode, NoDaemonError
from daemon.protocol.outcome import Outcome
from daemon.root.layout import Layout
from daemon.root.lock import is_held


class LogFollower:
    """The log from this moment on, read job by job."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._last = max([0, *_numbers(layout)])
        self._seen: list[dict[str, Any]] = []
        self._lines = follow(layout.jsonl_file, until=lambda: not is_held(layout.lock_file))

    def see_through(self, file: Path) -> int:
        """Print what happens to `file` until it is done; 1 if it failed."""
        project = file.parent.relative_to(self._layout.inbox).as_posix()
        key = (file.name, "" if project == "." else project)
        number: int | None = None
        for line in self._events():
            job = line.get("job")
            if number is None and (line.get("file"), line.get("project")) == key:
                number = job if isinstance(job, int) and job > self._last else None
            if number is None or line.get("job") != number:
                continue
            if line.get("level") != "DEBUG":
                print(line["message"], file=sys.stderr, flush=True)
            if line.get("event") in set(Outcome):
                for image in line.get("images", ()):
                    print(f"#{number} {self._layout.outbox / image}")
                is_good = Outcome(line["event"]).is_good
                return ExitCode.OK if is_good else ExitCode.FAILED
        raise NoDaemonError("The daemon has stopped; the job goes on when it is started again.")

    def _events(self) -> Iterator[dict[str, Any]]:
        yield from list(self._seen)
        for text in self._lines:
            with contextlib.suppress(ValueError):
                line = json.loads(text)
                if isinstance(line, dict):
                    self._seen.append(line)
                    yield line


def _numbers(layout: Layout) -> Iterator[int]:
    """Job numbers given so far: a later one under our file's name is ours."""
    with contextlib.suppress(OSError, ValueError):
        yield int(layout.counter_file.read_bytes())
    with contextlib.suppress(OSError):
        yield from (int(name) for name in os.listdir(layout.spool) if name.isdigit())

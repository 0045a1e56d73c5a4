"""`hotfolder events`: the stream of events as lines of JSON, for scripts.

Prints the lines as they lie in `logs/`, rotated files included; each event once and in order.
Standard library only.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping

from daemon.cli.names import Names, job_number
from daemon.cli.printing import say_text
from daemon.cli.wake import existing_root
from daemon.errors import ExitCode, UsageError
from daemon.notify.stream_files import events_after, follow_after, last_number
from daemon.root.layout import Layout

Event = Mapping[str, object]


def events(arguments: argparse.Namespace) -> int:
    """Print every event that is kept, those after `--since`, or with --follow what comes from now
    on; of some jobs if given. 2 if a name means no job, or several files."""
    layout = existing_root(arguments)
    is_wanted = _wanted(layout, arguments.job, patient=arguments.follow)
    since, count = arguments.since, 0
    if since is None:
        since = last_number(layout) if arguments.follow else 0
    lines = follow_after(layout, since) if arguments.follow else events_after(layout, since)
    for text in _told(lines, is_wanted):
        say_text(text, flush=arguments.follow)
        count += 1
    if not count and arguments.since is None and _is_strange(layout, arguments.job):
        raise UsageError(f"There is no job {arguments.job}, and no event of one.")
    return ExitCode.OK


def _told(lines: Iterator[bytes], is_wanted: Callable[[Event], bool]) -> Iterator[str]:
    for line in lines:
        event = _read(line)
        if event is not None and is_wanted(event):
            yield line.decode("utf-8", "replace")


def _read(line: bytes) -> Event | None:
    """The event in a line; None for one that a power cut has torn."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def _wanted(layout: Layout, word: str | None, *, patient: bool) -> Callable[[Event], bool]:
    """Whether an event is about what the word means. A number is looked for in the stream itself,
    which may know more than the files; so is a name that is still to come, where one is
    `patient`. Raises UsageError."""
    if word is None:
        return lambda _: True
    number = job_number(word)
    names = Names(layout)
    if number is not None and all(number != job.number for job in names.jobs):
        return lambda event: event.get("job") == number
    if patient and not names.knows(word):
        return lambda event: word in (_place(event), event.get("file"), event.get("name"))
    jobs = names.tries(word)
    numbers = {job.number for job in jobs if job.number is not None}
    if number in numbers and number is not None:
        return lambda event: event.get("job") in numbers
    places = {job.place.removeprefix("again/") for job in jobs}
    return lambda event: event.get("job") in numbers or _place(event) in places


def _place(event: Event) -> str:
    """The file an event is about, below the inbox."""
    project, file = event.get("project"), str(event.get("file") or "")
    return f"{project}/{file}" if project else file


def _is_strange(layout: Layout, word: str | None) -> bool:
    """Whether no file tells of this job number."""
    number = job_number(word) if word else None
    return number is not None and all(number != job.number for job in Names(layout).jobs)

"""`hotfolder events`: the stream of events as lines of JSON, for scripts.

Prints the lines as they lie in `logs/`, rotated files included; each event once and in order.
Standard library only.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping

from daemon.cli.printing import say
from daemon.errors import ExitCode
from daemon.notify.stream_files import events_after, follow_after, last_number
from daemon.root.layout import Layout, find_root


def events(arguments: argparse.Namespace) -> int:
    """Print every event that is kept, those after `--since`, or with --follow what comes from now
    on; of one job if given."""
    layout = Layout(find_root(arguments.root))
    since = arguments.since
    if since is None:
        since = last_number(layout) if arguments.follow else 0
    lines = follow_after(layout, since) if arguments.follow else events_after(layout, since)
    for line in lines:
        event = _read(line)
        if event is not None and (arguments.job is None or is_about(arguments.job, event)):
            say(line.decode("utf-8", "replace"), flush=arguments.follow)
    return ExitCode.OK


def _read(line: bytes) -> Mapping[str, object] | None:
    """The event in a line; None for one that a power cut has torn."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def is_about(job: str, event: Mapping[str, object]) -> bool:
    """Whether an event is about this job: `42` or `#42`, its name, or its file (with its project
    in front, or without)."""
    number = event.get("job")
    if number is not None and job.removeprefix("#") == str(number):
        return True
    file = event.get("file")
    return file is not None and job in (event.get("name"), file, f"{event.get('project')}/{file}")

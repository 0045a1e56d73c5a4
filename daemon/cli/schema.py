"""`hotfolder schema`: the JSON Schema of job files and boards, for editors."""

from __future__ import annotations

import argparse
import json
from contextlib import suppress
from pathlib import Path

from daemon import boards
from daemon.cli.printing import say_json
from daemon.errors import ExitCode
from daemon.fs import atomic
from daemon.fs.read import read_file
from daemon.root.layout import Layout

NAME = "job.schema.json"
"""In `.hotfolder/`: what the first line of a job file points an editor to."""

KEPT = Path(boards.__file__).with_name(NAME)
"""The schema as `make docs` has written it; to make it anew costs a start a tenth of its time."""


def schema(arguments: argparse.Namespace) -> int:  # noqa: ARG001 (every verb takes them)
    """Print the JSON Schema of job files and boards."""
    say_json(json.loads(read_file(KEPT)))
    return ExitCode.OK


def keep_schema(layout: Layout) -> None:
    """Write the schema into the root, for the editors of its job files, unless it is there."""
    file, data = layout.state / NAME, read_file(KEPT)
    with suppress(OSError):
        if read_file(file) == data:
            return
    atomic.write_cache(file, data)

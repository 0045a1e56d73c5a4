"""`hotfolder schema`: the JSON Schema of a job file, for editors."""

from __future__ import annotations

import argparse

from daemon.cli.printing import say_json
from daemon.errors import ExitCode
from daemon.jobfile import job_schema


def schema(arguments: argparse.Namespace) -> int:  # noqa: ARG001 (every verb takes them)
    """Print the JSON Schema of a job file."""
    say_json(job_schema())
    return ExitCode.OK

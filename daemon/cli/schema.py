"""`hotfolder schema`: the JSON Schema of a job file, for editors."""

from __future__ import annotations

import argparse
import json

from daemon.errors import ExitCode
from daemon.jobfile import job_schema


def schema(arguments: argparse.Namespace) -> int:  # noqa: ARG001 (every verb takes them)
    """Print the JSON Schema of a job file."""
    print(json.dumps(job_schema(), indent=2, ensure_ascii=False))
    return ExitCode.OK

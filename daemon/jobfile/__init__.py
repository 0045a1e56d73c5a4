"""Job files: from the bytes a person dropped to a Job, or to an error that person can act on.

Pure: opens no file. No content can
crash it, keep it busy or make it large. Names, aliases and rules are tables in `aliases` and
`schema`; `level` checks one level of keys, `read` merges the levels.
"""

from __future__ import annotations

from daemon.jobfile.job import Job, JobReference
from daemon.jobfile.read import read_job
from daemon.protocol.json_object import JsonObject

__all__ = ["Job", "JobReference", "job_schema", "read_job"]


def job_schema() -> JsonObject:
    """The JSON Schema of a job file, made anew; what makes it is imported for those who ask."""
    from daemon.jobfile import json_schema

    return json_schema.job_schema()

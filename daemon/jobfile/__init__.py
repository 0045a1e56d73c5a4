"""Job files: from the bytes a person dropped to a Job, or to an error that person can act on.

Pure: opens no file. No content can
crash it, keep it busy or make it large. Names, aliases and rules are tables in `aliases` and
`schema`; `level` checks one level of keys, `read` merges the levels.
"""

from __future__ import annotations

from daemon.jobfile.job import Job, JobReference
from daemon.jobfile.json_schema import job_schema
from daemon.jobfile.read import read_job

__all__ = ["Job", "JobReference", "job_schema", "read_job"]

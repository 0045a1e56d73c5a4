"""Job files: from the bytes a person dropped to a Job, or to an error that person can act on.

Pure: reads no file except a dropped picture's own record (`job_text_from_png`). No content can
crash it, keep it busy or make it large. Names, aliases and rules are tables in `names` and
`form`; `levels` checks one level of keys, `read` merges the levels.
"""

from __future__ import annotations

from daemon.jobfile.job import Job, JobReference
from daemon.jobfile.json_schema import job_schema
from daemon.jobfile.read import read_job
from daemon.records.png_job import job_text_from_png

__all__ = ["Job", "JobReference", "job_schema", "job_text_from_png", "read_job"]

"""Job files as texts: what is read of one, and how one is refused."""

from __future__ import annotations

from typing import Any

import pytest

from daemon.errors import JobError
from daemon.jobfile import Job, read_job
from daemon.settings import Settings


def job(
    text: str, *, file: str = "job.yaml", settings: Settings | None = None, **levels: str
) -> Job:
    """The job in `text`; other keywords are `_defaults.yaml` files, outermost first."""
    return read_job(
        text.encode(),
        file=file,
        base=(settings or Settings()).job_defaults,
        defaults=[(f"{name}/_defaults.yaml", content.encode()) for name, content in levels.items()],
    )


def refusal(text: str, **more: Any) -> JobError:
    with pytest.raises(JobError) as caught:
        job(text, **more)
    return caught.value

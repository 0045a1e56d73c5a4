"""What is kept of a job while it waits: enough to order it, show it and estimate it, and no more.

Ten thousand waiting files must not cost what ten thousand jobs weigh; each is read again, whole,
when it is claimed. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daemon.jobfile import Job

SHOWN = 120
"""Letters kept of a prompt, for those who list what waits."""


def outline(job: Job) -> Job:
    """The same job without its long texts; its pictures, sizes, steps, priority and model stand."""
    sampling = replace(
        job.sampling,
        prompt=job.sampling.prompt[:SHOWN],
        negative_prompt="",
        prompt_2=None,
        negative_prompt_2=None,
    )
    return replace(
        job,
        sampling=sampling,
        count=job.pictures,
        seeds=None,
        references=(),
        controls=(),
        loras=(),
        notes=None,
        written=None,
        rows=(),
        warnings=(),
        lines={},
    )

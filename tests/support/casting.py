"""A cast and a library of characters, and jobs read with them."""

from __future__ import annotations

import pytest

from daemon.errors import JobError
from daemon.jobfile import Job, read_job
from daemon.jobfile.cast import CastLibrary, Member
from daemon.settings import Settings

EPISODE = """
cast:
  Anna: anna.png
  Ben:
    look: ben/
    as: a man of forty, grey beard
    avoid: hat
"""
LIBRARY = CastLibrary(
    {
        name: Member(name, {"look": [{"image": f"{name}.png", "of_library": True}], **more})
        for name, more in {"anna": {}, "Zoë": {"as": "a girl with a red scarf"}}.items()
    },
    {"carl": JobError("Bad.", file="cast/carl.yaml", line=2)},
)


def job(text: str, *defaults: str, library: CastLibrary = LIBRARY) -> Job:
    return read_job(
        text.encode(),
        file="job.yaml",
        base=Settings().job_defaults,
        defaults=[(f"{n}/_defaults.yaml", one.encode()) for n, one in enumerate(defaults)],
        cast=library,
    )


def refusal(text: str, *defaults: str) -> JobError:
    with pytest.raises(JobError) as caught:
        job(text, *defaults)
    return caught.value

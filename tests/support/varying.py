"""Jobs that vary, read with a few lists beside them and a chance that is known."""

from __future__ import annotations

import random
from typing import Any

from daemon.errors import NotYetError
from daemon.jobfile import Job, read_job
from daemon.jobfile.vary import Outside
from daemon.settings import Settings

LISTS = {"lights.txt": ("dawn", "noon", "dusk", "night", "dusk"), "steps.txt": ("9", "12"),
         "empty.txt": (), "bad.txt": ("9", "nine")}  # fmt: skip


def lines(name: str) -> tuple[str, ...]:
    if name not in LISTS:
        raise NotYetError(f"The list {name} is not there.")
    return LISTS[name]


def job(text: str, file: str = "a.yaml", *, seed: int = 0, **more: Any) -> Job:
    base = Settings(max_pictures=60).job_defaults
    outside = Outside(lines, random.Random(seed))
    return read_job(text.encode(), file=file, base=base, outside=outside, **more)

"""Models to plan for, and plans made without a root."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from daemon.jobfile import Job, read_job
from daemon.models.catalogue import Card
from daemon.plan.input_pictures import as_inputs
from daemon.plan.plan import Plan
from daemon.plan.planner import PlanContext, make_plan
from daemon.protocol.render import KeptPicture
from daemon.settings import Settings

SMALL = Card(
    name="sketch",
    folder=Path("/models/sketch"),
    weights=Path("/models/sketch"),
    native_size=256,
    preset_sizes={768: 256, 1024: 384},
    min_size=192,
    max_size=384,
    adapters={"base": Path("/models/sketch/base.safetensors")},
)
SDXL = Card(name="sdxl", folder=Path("/m"), weights=Path("/m"))


def job(text: str) -> Job:
    return read_job(text.encode(), file="a.yaml", base=Settings().job_defaults)


def plan(text: str, card: Card = SMALL, **changes: Any) -> Plan:
    read = job(text)
    seeds: Callable[[], int] = itertools.count(100).__next__
    facts: dict[str, Any] = {
        "number": 42,
        "name": "lighthouse",
        "project": "",
        "card": card,
        "inputs": as_inputs(read, dict.fromkeys(read.inputs, KeptPicture("/store/x", "f" * 64))),
        "draw_seed": seeds,
        "stage": Path("/root/outbox/.stage"),
        "taken": lambda _: False,
    }
    return make_plan(read, PlanContext(**{**facts, **changes}))

"""Pictures of a job as they are sent to a worker, and the model they are planned for."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st
from support import planning

from daemon.jobfile import Job
from daemon.models.catalogue import Card
from daemon.plan.input_pictures import as_inputs
from daemon.plan.plan import Picture
from daemon.plan.planner import PlanContext, make_plan
from daemon.protocol.render import KeptPicture, Render
from daemon.text.printable import visible

SMALL = replace(
    planning.SMALL,
    adapters={"base": Path("b"), "plus": Path("p"), "plus-face": Path("f")},
    loras={"chalk": Path("chalk.safetensors"), "мел": Path("мел.safetensors")},
    sha256="ab" * 32,
)
"""The small model with all that a record may tell of one."""


def pictures(job: Job, card: Card, number: int = 1, name: str = "a") -> tuple[Picture, ...]:
    found = {one: KeptPicture(f"/store/{one.typed}", one.sha256 or "5" * 64) for one in job.inputs}
    plan = make_plan(
        job,
        PlanContext(
            number=number,
            name=job.name or name,
            project="",
            card=card,
            inputs=as_inputs(job, found),
            sha256_of=lambda path: hashlib.sha256(path.name.encode()).hexdigest(),
            draw_seed=itertools.count(500).__next__,
            stage=Path(f"/stage{number}"),
            taken=lambda _: False,
        ),
    )
    return tuple(replace(picture, render=plan.to_send(picture)) for picture in plan.pictures)


def bare(render: Render) -> Render:
    """What makes the picture, without where and as what it is made."""
    return replace(render, job=0, index=0, stage="", png_text={})


TEXT = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=40
).filter(visible)

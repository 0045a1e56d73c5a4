"""From a Job to pictures with nothing left open: sizes, seeds, names, and each picture's record.

Pure and repeatable: all that a plan depends on beside its job, chance included, comes in with its
context.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.errors import JobError
from daemon.jobfile.prompt_syntax import emphasis
from daemon.plan import model_checks
from daemon.plan.output_names import output_name, outputs
from daemon.plan.plan import ModelMark, Picture, Plan
from daemon.plan.sizes import picture_size
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import Emphasis, InputPicture, Render
from daemon.records.sidecar import job_block

if TYPE_CHECKING:
    from daemon.jobfile.job import Job
    from daemon.models.catalogue import Card


MAX_NOTES = 100_000
"""Letters of a job's notes, as JSON."""


@dataclass(frozen=True, slots=True)
class PlanContext:
    """What a plan depends on beside its job.

    `number`, `name` and `project` are the job's; `card` its model's; `inputs` its pictures, found
    and kept, one for one. `draw_seed` is asked for each seed the job leaves open; pictures are
    staged in the folder `stage`. `image_size` is the upright size of the job's `image`, where its
    shape is taken. `taken(output)` tells whether the outbox has or has reserved a
    picture or record of that name; `sha256_of` is asked for the content of LoRAs.
    """

    number: int
    name: str
    project: str
    card: Card
    inputs: tuple[InputPicture, ...]
    draw_seed: Callable[[], int]
    stage: Path
    taken: Callable[[str], bool]
    sha256_of: model_checks.HashOf = lambda _: None
    image_size: tuple[int, int] | None = None


def make_plan(job: Job, context: PlanContext) -> Plan:
    """Every picture of `job`. Raises JobError for what its model can't do."""
    card = context.card
    assert len(context.inputs) == len(job.inputs), "inputs are the job's, one for one"
    _check_notes(job)
    model_checks.check_adapters(job, card)
    width, height, warnings = picture_size(job, card, context.image_size)
    job, told = model_checks.fitted_hires(job, card, width, height)
    loras = model_checks.job_loras(job, card, context.sha256_of)
    model_checks.check_strength(job)
    like = Render(
        job=context.number,
        index=0,
        width=width,
        height=height,
        seed=-1,
        stage="",
        sampling=job.sampling,
        inputs=context.inputs,
        loras=loras,
        strength=job.strength if job.image else 1.0,
        hires=model_checks.second_pass(job, card, width, height),
        emphasis=_weighted(job),
    )
    seeds = job.seeds or tuple(context.draw_seed() for _ in range(job.pictures))
    names = outputs(output_name(context.name), context.project, len(seeds), context.taken)
    block = job_block(job, like, model=card.name if card.has_files else None)
    pictures = tuple(
        _picture(_numbered(like, context.stage, index, seed), output, block)
        for index, (seed, output) in enumerate(zip(seeds, names, strict=True), start=1)
    )
    return Plan(
        context.number,
        context.name,
        context.project,
        pictures,
        (*job.warnings, *warnings, *told, *model_checks.unknown_words(job, card)),
        ModelMark(card.name, card.sha256, card.sampler),
        context.image_size,
    )


def _numbered(render: Render, stage: Path, index: int, seed: int) -> Render:
    file = stage / f"{render.job:06d}-{index:02d}.png"
    return replace(render, index=index, seed=seed, stage=str(file))


def _picture(render: Render, output: str, block: JsonObject) -> Picture:
    """With its record, whose values all pictures of the job share."""
    return Picture(render, output, {**block, "seed": render.seed})


def _check_notes(job: Job) -> None:
    """Every picture and every record carries them."""
    size = len(json.dumps(job.notes, ensure_ascii=False)) if job.notes is not None else 0
    if size > MAX_NOTES:
        raise JobError(
            f"`notes` are longer than {MAX_NOTES:,} letters.",
            line=job.lines.get("notes"),
            key="notes",
            why=f"They have {size:,}, and would be kept in every picture and beside it.",
            remedy="Keep the long text in a file of its own and name that file in `notes`.",
        )


def _weighted(job: Job) -> Emphasis | None:
    if job.prompt_syntax != "a1111":
        return None
    said = job.sampling
    return emphasis(said.prompt, said.negative_prompt, said.prompt_2, said.negative_prompt_2)

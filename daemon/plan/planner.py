"""From a Job to pictures with nothing left open: sizes, seeds, names, and each picture's record.

Pure and repeatable: all that a plan depends on beside its job, chance included, comes in with its
context.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.errors import JobError
from daemon.jobfile.assemble import bounded
from daemon.jobfile.prompt_syntax import emphasis
from daemon.plan import model_checks
from daemon.plan.control_models import control_models
from daemon.plan.followed import unfollowed
from daemon.plan.output_names import output_name, outputs
from daemon.plan.plan import ModelMark, Picture, Plan
from daemon.plan.sizes import picture_size
from daemon.plan.takes import take_of
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import Emphasis, InputPicture, Render
from daemon.records.sidecar import job_block

if TYPE_CHECKING:
    from daemon.jobfile.job import Job
    from daemon.models.catalogue import Card


Size = tuple[int, int]
"""Width and height in pixels."""

MAX_NOTES = 100_000
"""Letters of a job's notes, as JSON."""


@dataclass(frozen=True, slots=True)
class PlanContext:
    """What a plan depends on beside its job.

    `number`, `name` and `project` are the job's; `card` its model's; `inputs` its pictures, found
    and kept, one for one. `draw_seed` is asked for each seed the job leaves open; pictures are
    staged in the folder `stage`. `image_size` is asked for the upright size of a job's `image`,
    where its shape is taken. `taken(output)` tells whether the outbox has or has reserved a
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
    image_size: Callable[[Job, Sequence[InputPicture]], Size | None] = lambda _job, _inputs: None


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a job: the seeds of its pictures, and the render and record that they share."""

    label: str
    seeds: tuple[int, ...]
    image_size: Size | None
    like: Render
    block: JsonObject
    warnings: tuple[str, ...]


def make_plan(job: Job, context: PlanContext) -> Plan:
    """Every picture of `job`, row after row. Raises JobError for what its model can't do."""
    card = context.card
    assert len(context.inputs) == len(job.inputs), "inputs are the job's, one for one"
    _check_notes(job)
    rows = _rows(job, context)
    sizes = [(row.label, len(row.seeds)) for row in rows]
    name = output_name(context.name)
    take = take_of(job, name, context.project, context.taken)
    named = (take.output,) if take else outputs(name, context.project, sizes, context.taken)
    names, alone = iter(named), job.name if job.pictures == 1 else None
    pictures: list[Picture] = []
    for row in rows:
        row.block["name"] = take.name if take else alone
        if take is not None:
            row.block["board"] = dict(take.board)
        for seed in row.seeds:
            render = _numbered(row.like, context.stage, len(pictures) + 1, seed)
            pictures.append(_picture(render, next(names), row.block))
    warnings = [*job.warnings, *(text for row in rows for text in row.warnings)]
    return Plan(
        context.number,
        take.name if take else context.name,
        context.project,
        tuple(pictures),
        bounded(warnings),
        ModelMark(card.name, card.sha256, card.sampler),
        rows[0].image_size,
    )


def _rows(job: Job, context: PlanContext) -> list[_Row]:
    """Every row. Seeds that are left open are drawn once for the job, so that its rows can be
    compared."""
    inputs = iter(context.inputs)
    drawn: list[int] = []
    rows = []
    for part in job.parts:
        one, last = part.job, part.take + part.job.pictures
        mine = tuple(itertools.islice(inputs, len(one.inputs)))
        image_size = context.image_size(one, mine)
        shared = _shared(one, context, mine, image_size)
        if not one.seeds:
            drawn += [context.draw_seed() for _ in range(last - len(drawn))]
        seeds = one.seeds or tuple(drawn[part.take : last])
        rows.append(_Row(part.label, seeds, image_size, *shared))
    return rows


def check_plan(job: Job, context: PlanContext) -> None:
    """Raises what `make_plan` would raise before anything is named, and makes no plan of it."""
    _check_notes(job)
    inputs = iter(context.inputs)
    for part in job.parts:
        mine = tuple(itertools.islice(inputs, len(part.job.inputs)))
        _fitted(part.job, context, mine, context.image_size(part.job, mine))


def _fitted(
    job: Job, context: PlanContext, inputs: tuple[InputPicture, ...], image_size: Size | None
) -> tuple[Job, Render, tuple[str, ...]]:
    """A row as its model can make it, a render of it but for what is each picture's own, and what
    had to give. Raises JobError for what its model can't do."""
    card = context.card
    model_checks.check_adapters(job, card)
    model_checks.check_sampling(job, card)
    width, height, warnings = picture_size(job, card, image_size)
    job, told = model_checks.fitted_hires(job, card, width, height)
    model_checks.check_strength(job)
    render = Render(
        job=context.number,
        index=0,
        width=width,
        height=height,
        seed=-1,
        stage="",
        sampling=job.sampling,
        inputs=inputs,
        loras=model_checks.job_loras(job, card, context.sha256_of),
        control_models=control_models(job, card, context.sha256_of),
        strength=job.strength if job.image else 1.0,
        hires=model_checks.second_pass(job, card, width, height),
        emphasis=_weighted(job),
        made_with=job.made_with,
    )
    return job, render, (*warnings, *told)


def _shared(
    job: Job, context: PlanContext, inputs: tuple[InputPicture, ...], image_size: Size | None
) -> tuple[Render, JsonObject, tuple[str, ...]]:
    """A render and a record of this row but for what is each picture's own, and warnings."""
    card = context.card
    job, render, warnings = _fitted(job, context, inputs, image_size)
    block = job_block(job, render, model=card.name if card.has_files else None)
    unheard = model_checks.unheard(job, card)
    same, strange = model_checks.of_one_file(render.loras), model_checks.unknown_words(job, card)
    return render, block, (*warnings, *same, *unheard, *unfollowed(job, render), *strange)


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

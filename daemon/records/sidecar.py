"""The record of a picture: the `job` block that makes it again, and the `result` of how it went.

Pure. The block says everything, absent things as null, so that no default of tomorrow can change
what it means; it never carries `id`, so a dropped record is always rendered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from daemon import __version__
from daemon.jobfile.schema import (
    CONTROL_NAMES,
    HIRES_NAMES,
    LORA_NAMES,
    NAMES,
    REFERENCE_NAMES,
    RESOLVED,
)
from daemon.protocol.json_object import JsonObject
from daemon.protocol.messages import Ready, Rendered
from daemon.protocol.render import CONTROL, Render
from daemon.protocol.sampling import SAMPLING_KEYS

if TYPE_CHECKING:
    from daemon.jobfile.job import Job

SCHEMA = 1

Block = JsonObject


# --- the job block --------------------------------------------------------------------------------


def job_block(job: Job, render: Render, *, model: str | None) -> Block:
    """`render` in the words of a job file. A picture of several goes by its own file's name.
    `model` None is a dry run: how a folder is tried out, no model to insist on."""
    return {
        **dict.fromkeys(key for key in NAMES if key != "id" and key not in RESOLVED),
        **_of(render.sampling, SAMPLING_KEYS),
        "preset": job.preset,
        "width": render.width,
        "height": render.height,
        "seed": render.seed,
        "loras": [_of(lora, LORA_NAMES) for lora in render.loras],
        **_pictures(job, render),
        "strength": render.strength if render.image else None,
        "hires": _second_pass(job, render),
        "prompt_syntax": job.prompt_syntax,
        "model": model or job.model,
        "priority": job.priority,
        "name": job.name if job.pictures == 1 else None,
        "notes": job.notes,
        "parent": job.parent,
        "written": job.written,
        **({"board": dict(job.board)} if job.board else {}),
    }


def _of(value: object, keys: Sequence[str]) -> Block:
    """Fields that bear the names of a job file's keys."""
    found = {key: getattr(value, key) for key in keys}
    return {key: list(one) if isinstance(one, tuple) else one for key, one in found.items()}


def _pictures(job: Job, render: Render) -> Block:
    """Every picture where the job names it, as it is called, with its content."""
    references: list[Block] = [dict.fromkeys(REFERENCE_NAMES) for _ in job.references]
    controls: list[Block] = [dict.fromkeys(CONTROL_NAMES) for _ in job.controls]
    block: Block = {"references": references, "controls": controls}
    for named, kept in zip(job.inputs, render.inputs, strict=True):
        place = references[named.item] if named.of_reference else block
        place = controls[named.item] if named.of_control else place
        key = "image" if named.role == CONTROL else named.key
        place |= {key: named.recorded, named.pin: kept.source.sha256}
        place |= asdict(kept.reference) if kept.reference else {}
        place |= asdict(kept.control) if kept.control else {}
    for place, model in zip(controls, render.control_models, strict=False):
        place |= {"model": model.name, "model_sha256": model.sha256}
    return block


def _second_pass(job: Job, render: Render) -> Block | None:
    if job.hires is None or render.hires is None:
        return None
    return {**_of(job.hires, HIRES_NAMES), "steps": render.hires.steps}


# --- the whole record -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Course:
    """How a picture came about, as far as the worker can't know. `queued_at` is when the job file
    was first seen, `queued` the seconds from there to the worker taking the picture up; `image` is
    the picture's file name, `job_file` the job's."""

    job_file: str
    image: str
    attempt: int
    parent: int | None
    queued_at: str
    queued: float
    warnings: tuple[str, ...] = ()


def sidecar(block: Block, rendered: Rendered, ready: Ready, course: Course) -> JsonObject:
    """The whole record, ready for JSON."""
    return {"schema": SCHEMA, "job": block, "result": _result(block, rendered, ready, course)}


def _result(block: Block, rendered: Rendered, ready: Ready, course: Course) -> JsonObject:
    return {
        "job": rendered.job,
        "parent": course.parent,
        "job_file": course.job_file,
        "image": course.image,
        "sha256": rendered.sha256,
        "pixels_sha256": rendered.pixels_sha256,
        "width": rendered.width,
        "height": rendered.height,
        "seed": block["seed"],
        "attempt": course.attempt,
        "queued_at": course.queued_at,
        "started_at": rendered.started_at,
        "finished_at": rendered.finished_at,
        "timings": {"queued": course.queued, **rendered.timings.to_json()},
        "batch": {"size": rendered.batch.get("size", 1), "index": rendered.batch.get("index", 0)},
        "exact": rendered.exact,
        "cache": {key: rendered.cache.get(key) for key in ("prompt", "references")},
        "model": {"name": None, "sha256": None, **ready.model},
        "adapters": list(rendered.adapters),
        "device": {"type": None, "name": None, "memory": None, **ready.device},
        "versions": {"hotfolder": __version__, **ready.versions},
        "peak_memory_bytes": rendered.peak_memory_bytes,
        "warnings": [*course.warnings, *rendered.warnings],
    }

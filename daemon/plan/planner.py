"""From a Job to pictures with nothing left open: sizes, seeds, names, and each picture's record.

Pure and repeatable: chance comes in as `draw_seed`, the outbox as `taken`. A plan is written to
disk before the first step, so a job that is interrupted goes on as the same pictures.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daemon.errors import JobError
from daemon.fs.naming import first_free
from daemon.jobfile.prompt_syntax import emphasis
from daemon.plan import model_checks
from daemon.protocol.messages import build
from daemon.protocol.render import KeptPicture, Reference, Render
from daemon.records import sidecar

if TYPE_CHECKING:
    from daemon.jobfile.job import Job
    from daemon.models.catalogue import Card

MAX_NAME_BYTES = 200

#: Width and height of the pictures SDXL was trained on, the wide half; the tall half mirrors it.
BUCKETS = (
    (1024, 1024), (1024, 960), (1088, 960), (1088, 896), (1152, 896), (1152, 832), (1216, 832),
    (1280, 768), (1344, 768), (1344, 704), (1408, 704), (1472, 704), (1536, 640), (1600, 640),
    (1664, 576), (1728, 576), (1792, 576), (1856, 512), (1920, 512), (1984, 512), (2048, 512),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picture:
    """`output` is relative to the outbox, without suffix; `block` is the sidecar's `job`."""

    render: Render
    output: str
    block: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    number: int
    name: str
    project: str
    pictures: tuple[Picture, ...]
    warnings: tuple[str, ...] = ()


def make_plan(
    job: Job,
    *,
    number: int,
    name: str,
    project: str,
    card: Card,
    references: Sequence[Reference],
    draw_seed: Callable[[], int],
    stage: Path,
    taken: Callable[[str], bool],
    max_pictures: int = 256,
    image: KeptPicture | None = None,
    mask: KeptPicture | None = None,
    sha256_of: model_checks.HashOf = lambda _: None,
) -> Plan:
    """Every picture of `job` on the model `card`. Raises JobError for what this model can't do.

    `references`, `image` and `mask` are the job's, found and kept; `taken(output)` tells whether
    the outbox has or has reserved a picture or record of that name; `sha256_of` is asked for the
    content of LoRAs.
    """
    _check_references(job, card, references)
    seeds = _seeds(job, draw_seed, max_pictures)
    width, height, warnings = picture_size(job, card)
    loras = model_checks.job_loras(job, card, sha256_of)
    model_checks.check_strength(job)
    hires = model_checks.second_pass(job, card, width, height)
    weighted = None
    if job.prompt_syntax == "a1111":
        weighted = emphasis(job.prompt, job.negative_prompt, job.prompt_2, job.negative_prompt_2)
    outputs = _outputs(output_name(name), project, len(seeds), taken)
    pictures = []
    for index, (seed, output) in enumerate(zip(seeds, outputs, strict=True), start=1):
        render = Render(
            job=number,
            index=index,
            prompt=job.prompt,
            negative_prompt=job.negative_prompt,
            prompt_2=job.prompt_2,
            negative_prompt_2=job.negative_prompt_2,
            width=width,
            height=height,
            steps=job.steps,
            guidance_scale=job.guidance_scale,
            seed=seed,
            sampler=job.sampler,
            schedule=job.schedule,
            clip_skip=job.clip_skip,
            references=tuple(references),
            loras=loras,
            image=image,
            strength=job.strength if job.image else 1.0,
            mask=mask,
            hires=hires,
            emphasis=weighted,
            strict=job.strict,
            original_size=job.original_size,
            target_size=job.target_size,
            crops_coords_top_left=job.crops_coords_top_left,
            stage=str(stage / f"{number:06d}-{index:02d}.png"),
        )
        block = sidecar.job_block(job, render, model=card.name, alone=len(seeds) == 1)
        text = sidecar.png_text(render, block, card)
        pictures.append(Picture(replace(render, png_text=text), output, block))
    return Plan(number, name, project, tuple(pictures), (*job.warnings, *warnings))


def plan_to_json(plan: Plan) -> str:
    return json.dumps(asdict(plan), allow_nan=False)


def plan_from_json(text: str) -> Plan:
    """The same plan again; raises ValueError if `text` is none of ours."""
    try:
        return build(Plan, json.loads(text))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a plan: {error}") from error


# --- seeds and references -------------------------------------------------------------------------


def _seeds(job: Job, draw_seed: Callable[[], int], most: int) -> tuple[int, ...]:
    if job.pictures > most:
        raise JobError(
            f"The job asks for {job.pictures:,} pictures; at most {most:,} are allowed.",
            remedy="Make several files of it, or raise `max_pictures` in hotfolder.yaml.",
        )
    return job.seeds or tuple(draw_seed() for _ in range(job.pictures))


def _check_references(job: Job, card: Card, references: Sequence[Reference]) -> None:
    assert len(references) == len(job.references), "references are the job's, one for one"
    for wanted in job.references:
        if wanted.model in card.adapters:
            continue
        here = ", ".join(card.adapters) if card.adapters else "none"
        raise JobError(
            f"The model {card.name} has no IP-Adapter named {wanted.model}.",
            line=wanted.line,
            key="references",
            why=f"Its IP-Adapters: {here}.",
            remedy="Write one of these as the reference's `model`, or choose another model."
            if card.adapters
            else "Remove the references, or choose a model that has one (`hotfolder models`).",
        )


# --- sizes ----------------------------------------------------------------------------------------


def picture_size(job: Job, card: Card) -> tuple[int, int, tuple[str, ...]]:
    """Width, height and warnings of the job's pictures on this model."""
    width, height = _mapped(job.width, card), _mapped(job.height, card)
    if job.size_from in ("explicit", "width"):
        width = job.width
    if job.size_from in ("explicit", "height"):
        height = job.height
    if job.aspect and job.size_from == "preset":
        width, height = _shaped(width * height, job.aspect, card)
    elif job.aspect and job.size_from == "width":
        height = _multiple(width * job.aspect[1] / job.aspect[0], card)
    elif job.aspect and job.size_from == "height":
        width = _multiple(height * job.aspect[0] / job.aspect[1], card)
    fitted = _multiple(width, card), _multiple(height, card)
    warnings = []
    if fitted != (width, height):
        warnings.append(
            f"The size {width}x{height} was rounded to {fitted[0]}x{fitted[1]}: "
            f"the model {card.name} needs multiples of {card.size_multiple}."
        )
    _check_bounds(fitted, card, job)
    return *fitted, tuple(warnings)


def _mapped(side: int, card: Card) -> int:
    """A preset's side, which is SDXL's, as this model's."""
    if not card.preset_sizes:
        return side
    if side in card.preset_sizes:
        return card.preset_sizes[side]
    # A person's own preset: scaled as the nearest side that the card does name.
    near = min(card.preset_sizes, key=lambda known: (abs(known - side), known))
    scaled = _multiple(side * card.preset_sizes[near] / near, card)
    return min(max(scaled, card.min_size), card.max_size)


def _multiple(side: float, card: Card) -> int:
    step = card.size_multiple
    return max(step, math.floor(side / step + 0.5) * step)


def _shaped(area: int, aspect: tuple[int, int], card: Card) -> tuple[int, int]:
    """About `area` pixels in the shape `aspect`."""
    ratio = aspect[0] / aspect[1]
    if card.native_size == 1024 and area == 1024 * 1024:
        both = [*BUCKETS, *((low, high) for high, low in BUCKETS)]
        fitting = [b for b in both if card.min_size <= min(b) and max(b) <= card.max_size]
        best = min(
            fitting, key=lambda b: (abs(math.log(b[0] / b[1] / ratio)), -b[0] * b[1]), default=None
        )
        if best and abs(math.log(best[0] / best[1] / ratio)) < 0.1:
            return best
    width = _multiple(math.sqrt(area * ratio), card)
    height = _multiple(math.sqrt(area / ratio), card)
    # A very wide shape keeps its proportions when one side meets the model's bounds.
    longest, shortest = max(width, height), min(width, height)
    if longest > card.max_size:
        return _shaped_by(
            card.max_size // card.size_multiple * card.size_multiple, True, ratio, card
        )
    if shortest < card.min_size:
        return _shaped_by(_multiple(card.min_size, card), False, ratio, card)
    return width, height


def _shaped_by(side: int, is_longest: bool, ratio: float, card: Card) -> tuple[int, int]:
    """One side given, the other by the shape; kept within the bounds at the shape's expense."""
    other = side / max(ratio, 1 / ratio) if is_longest else side * max(ratio, 1 / ratio)
    other = min(max(_multiple(other, card), card.min_size), card.max_size)
    longest, shortest = (side, int(other)) if is_longest else (int(other), side)
    return (longest, shortest) if ratio >= 1 else (shortest, longest)


def _check_bounds(size: tuple[int, int], card: Card, job: Job) -> None:
    for key, side in zip(("width", "height"), size, strict=True):
        if not card.min_size <= side <= card.max_size:
            bound = f"at least {card.min_size}" if side < card.min_size else ""
            raise JobError(
                f"A {key} of {side} is {'too small' if bound else 'too large'} "
                f"for the model {card.name}.",
                line=job.lines.get(key) or job.lines.get("aspect") or job.lines.get("preset"),
                key=key,
                why=f"Its sides can be {card.min_size} to {card.max_size} pixels; "
                f"it was made for {card.native_size}.",
                remedy=f"Ask for {bound or f'at most {card.max_size}'}, or use a preset.",
            )


# --- names ----------------------------------------------------------------------------------------

_SEPARATORS = str.maketrans(dict.fromkeys("/\\:", "-"))
_STEERING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def output_name(text: str) -> str:
    """`text` as a file name: as typed, but for what a file name can't or shouldn't hold."""
    letters = (
        "_" if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in _STEERING else c
        for c in unicodedata.normalize("NFC", text).translate(_SEPARATORS)
    )
    name = "".join(letters).strip()
    if name.startswith("."):
        name = "_" + name.lstrip(".")
    cut = name.encode("utf-8")[:MAX_NAME_BYTES].decode("utf-8", "ignore").rstrip()
    return cut if cut.strip("_. ") else "picture"


def _outputs(
    name: str, project: str, pictures: int, taken: Callable[[str], bool]
) -> tuple[str, ...]:
    prefix = f"{project}/" if project else ""
    digits = max(2, len(str(pictures)))

    def numbered(number: int) -> tuple[str, ...]:
        stem = name if number == 1 else f"{name}-{number}"
        if pictures == 1:
            return (prefix + stem,)
        return tuple(f"{prefix}{stem}/{stem}-{i:0{digits}d}" for i in range(1, pictures + 1))

    number = first_free(lambda number: not any(map(taken, numbered(number))))
    if number is None:
        raise JobError(f"There are too many pictures named {name}.", remedy="Name this one anew.")
    return numbered(number)

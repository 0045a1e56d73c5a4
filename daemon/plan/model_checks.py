"""What a job asks for beyond a plain picture, checked against one model: IP-Adapters, LoRAs,
samplers and second passes.

Pure, like `plan`, which it serves: the catalogue comes in with the card, hashing as `sha256_of`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.errors import JobError, sentences
from daemon.models import vocabulary
from daemon.protocol.render import Hires, Lora, made_steps
from daemon.protocol.samplers import SAMPLERS, Sampler, clash, sampler_row
from daemon.text.counted import counted
from daemon.text.suggest import did_you_mean

if TYPE_CHECKING:
    from daemon.jobfile.job import Job, JobLora
    from daemon.models.catalogue import Card

HashOf = Callable[[Path], str | None]

LEAST_LARGER = 1.1
"""Times larger: less is not worth a second pass."""


def job_loras(job: Job, card: Card, sha256_of: HashOf) -> tuple[Lora, ...]:
    """The job's LoRAs as files of the catalogue. A card without files wears any."""
    if not card.has_files:
        return tuple(Lora(lora.name, "", lora.sha256, _scale(lora)) for lora in job.loras)
    return tuple(_lora(lora, job, card, sha256_of) for lora in job.loras)


def _lora(lora: JobLora, job: Job, card: Card, sha256_of: HashOf) -> Lora:
    line = job.lines.get("loras") or job.lines.get("prompt")
    path = card.loras.get(lora.name)
    if path is None:
        here = f"Here are: {', '.join(sorted(card.loras))}." if card.loras else "There is none."
        guess = did_you_mean(lora.name, card.loras)
        raise JobError(
            f"The model {card.name} has no LoRA named {lora.name}.",
            line=line,
            key="loras",
            why=sentences(here, guess),
            remedy="Put its .safetensors file into the folder `loras` beside the model's files, "
            "or into the one in the models folder (`hotfolder models` says where).",
        )
    try:
        found = sha256_of(path)
    except JobError as error:
        error.line, error.key = error.line or line, error.key or "loras"
        raise
    if lora.sha256 and found and lora.sha256 != found:
        raise JobError(
            f"The LoRA {lora.name} is another one than this record was made with.",
            line=line,
            key="loras",
            why=f"Its content is {found[:12]}…; the record says {lora.sha256[:12]}….",
            remedy="Put the other one back, or remove `sha256` to take the one that is here.",
        )
    return Lora(lora.name, str(path), found, _scale(lora))


def of_one_file(loras: Sequence[Lora]) -> tuple[str, ...]:
    """A warning of LoRAs that are one file under several names: each is worn, so that their scales
    add up."""
    names: dict[str, list[Lora]] = {}
    for lora in loras:
        if key := lora.sha256 or lora.path:
            names.setdefault(key, []).append(lora)
    return tuple(
        f"The LoRAs {' and '.join(each.name for each in same)} are one file under "
        f"{len(same)} names: each is worn, which comes to a scale of "
        f"{sum(each.scale for each in same):g}."
        for same in names.values()
        if len(same) > 1
    )


def _scale(lora: JobLora) -> float:
    return 1.0 if lora.scale is None else lora.scale


def fitted_hires(job: Job, card: Card, width: int, height: int) -> tuple[Job, tuple[str, ...]]:
    """The job with a second pass no larger than the model allows, where the job asks for that, and
    a warning that says so. Raises JobError where nothing is left to enlarge."""
    if job.hires is None or not job.hires.fits:
        return job, ()
    step = card.size_multiple
    most = card.max_size // step * step / max(width, height)
    if job.hires.scale <= most:
        return replace(job, hires=replace(job.hires, fits=False)), ()
    if most < LEAST_LARGER:
        raise JobError(
            f"The picture can't be made larger: it is {width}x{height}.",
            why=f"With the model {card.name} sides can be up to {card.max_size} pixels.",
            remedy="Enlarge it in a picture editor.",
        )
    scale = math.floor(most * 1000) / 1000
    said = (
        f"It was enlarged {scale:g} times, not {job.hires.scale:g} times: with the model "
        f"{card.name} sides can be up to {card.max_size} pixels."
    )
    return replace(job, hires=replace(job.hires, scale=scale, fits=False)), (said,)


def second_pass(job: Job, card: Card, width: int, height: int) -> Hires | None:
    """The size and steps of the pass over the enlarged picture."""
    if job.hires is None:
        return None
    line = job.lines.get("hires") or job.lines.get("enable_hr")
    step = card.size_multiple
    larger = [math.floor(side * job.hires.scale / step + 0.5) * step for side in (width, height)]
    if max(larger) > card.max_size:
        most = card.max_size / max(width, height)
        raise JobError(
            f"The second pass would be {larger[0]}x{larger[1]}, "
            f"too large for the model {card.name}.",
            line=line,
            key="hires",
            why=f"Its sides can be up to {card.max_size} pixels; "
            f"the first pass is {width}x{height}.",
            remedy=f"Make `scale` at most {math.floor(most * 100) / 100:g}, "
            "or ask for a smaller picture."
            if most > 1
            else "Ask for a smaller picture, which leaves room for a second pass.",
        )
    steps = job.hires.steps or job.sampling.steps
    _check_made(steps, job.hires.strength, "hires", line, "The second pass")
    return Hires(larger[0], larger[1], steps, job.hires.strength)


def check_strength(job: Job) -> None:
    """A picture repainted so faintly that no step is made is a mistake."""
    if job.image is not None:
        line = job.lines.get("strength") or job.lines.get("image")
        _check_made(job.sampling.steps, job.strength, "strength", line, "Painting over the picture")


def _check_made(steps: int, strength: float, key: str, line: int | None, what: str) -> None:
    if made_steps(steps, strength) >= 1:
        return
    left = f"a strength of {strength:g} leaves {steps * strength:.2g}"
    raise JobError(
        f"{what} would take no step at all.",
        line=line,
        key=key,
        why=f"Of {counted(steps, 'step')}, {left}.",
        remedy=f"Make the strength at least {math.ceil(100 / steps) / 100:g}, or `steps` more.",
    )


def check_sampling(job: Job, card: Card) -> None:
    """Its sampler can take so many steps of its schedule, in every pass; recipes have spoken."""
    row, said = _sampled_by(job, card), job.sampling
    if row is None:
        return  # a model's own of a kind that only the engine knows
    if said.sampler is None:
        whose = f"It is the model {card.name}'s own, since no other is named."
    else:
        whose = "" if "sampler" in job.said else "A recipe says so."
    second = job.hires.steps if job.hires is not None else None
    for passing, steps in (("steps", said.steps), ("hires", second or 1)):
        found = clash(row, said.schedule, steps, from_noise=card.from_noise)
        if found is not None:
            key = passing if found.key == "steps" else found.key
            lines = (job.lines.get(one) for one in (key, "schedule", "sampler", "preset"))
            raise JobError(
                found.what,
                line=next(filter(None, lines), None),
                key=key,
                why=sentences(whose, found.why),
                remedy=found.remedy,
            )


def _sampled_by(job: Job, card: Card) -> Sampler | None:
    """The row of its sampler; None for a model's own of a kind that there is no row for."""
    if job.sampling.sampler:
        return sampler_row(job.sampling.sampler)
    return next((row for row in SAMPLERS if row.label == card.sampler), None)


def unknown_words(job: Job, card: Card) -> tuple[str, ...]:
    """The one warning of a job that asks for what its model has no words for, where the model's
    card lists its words. Negative prompts are not looked at: what a model does not know, it does
    not paint."""
    if not card.vocabulary:
        return ()
    said = job.sampling
    prompts = [text for text in (said.prompt, said.prompt_2) if text]
    words = vocabulary.unknown_words(prompts, card.vocabulary)
    if not words:
        return ()
    return (vocabulary.warning(card.name, card.about, words, len(card.vocabulary)),)


def unheard(job: Job, card: Card) -> tuple[str, ...]:
    """Warnings of what a job says that changes nothing in how it is sampled."""
    said, told = job.sampling, []
    if said.negative_prompt and said.guidance_scale <= 1:
        told.append(
            "The negative prompt is not heard: a guidance_scale of "
            f"{said.guidance_scale:g} leads away from nothing."
        )
    row = _sampled_by(job, card)
    if said.eta and row is not None and not row.takes_eta:
        able = " and ".join(row.name for row in SAMPLERS if row.takes_eta)
        told.append(f"`eta` is left aside: the sampler {row.name} has none; {able} have one.")
    return tuple(told)


def settled_adapters(job: Job, card: Card) -> Job:
    """The job with each look that would best be read by an IP-Adapter the model lacks read by
    another one, and a warning that says so."""
    if not job.references:
        return job
    references, warnings = [], list(job.warnings)
    for wanted in job.references:
        other, lacking = wanted.otherwise, wanted.params.model not in card.adapters
        if other is not None and lacking and other.model in card.adapters:
            warnings.append(
                f"The model {card.name} has no IP-Adapter named {wanted.params.model}: "
                f"{wanted.image} is read by {other.model}."
            )
            wanted = replace(wanted, params=other)
        references.append(replace(wanted, otherwise=None))
    return replace(job, references=tuple(references), warnings=tuple(warnings))


def check_adapters(job: Job, card: Card) -> None:
    """Every reference is read by an IP-Adapter that the model has, and can use."""
    for wanted in job.references:
        name = wanted.params.model
        if name in card.adapters:
            continue
        spoiled = next((one for one in card.unusable if one.name == name), None)
        if spoiled is not None:
            raise JobError(
                f"The IP-Adapter {name} can't be used with the model {card.name}.",
                line=wanted.line,
                key="references",
                why=f"{spoiled.file}: {spoiled.why}{_others(card)}",
                remedy=spoiled.remedy,
            )
        here = ", ".join(card.adapters) if card.adapters else "none"
        others = "".join(f" {one}" for one in card.unusable)
        raise JobError(
            f"The model {card.name} has no IP-Adapter named {name}.",
            line=wanted.line,
            key="references",
            why=f"Its IP-Adapters: {here}.{others}",
            remedy="Write one of these as the reference's `model`, or choose another model."
            if card.adapters
            else "Fetch them for all models with `hotfolder models pull sdxl`, remove the "
            "references, or choose a model that has one (`hotfolder models`).",
        )


def _others(card: Card) -> str:
    return f" Usable here: {', '.join(card.adapters)}." if card.adapters else ""

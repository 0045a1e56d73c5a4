"""What recipes add to a job: the values it leaves open, words that a LoRA answers to, how closely a
drawing is followed, and the LoRA for few steps where `preset: draft` asks for one.

Pure, like `planner`, but that recipes are read where they lie. A recipe that is no good is told,
and the job goes on without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.errors import JobError, SetupError, sentences
from daemon.jobfile.job import TRIGGER, JobControl, JobLora
from daemon.jobfile.schema import MAX_PROMPT
from daemon.models.recipes import Recipe, recipe_of
from daemon.plan.control_models import model_for
from daemon.protocol.closeness import closeness
from daemon.protocol.json_object import JsonObject
from daemon.text.counted import agrees, counted

if TYPE_CHECKING:
    from daemon.jobfile.job import Job
    from daemon.models.catalogue import Card

_BEST = 4
"""Steps: of several LoRAs for few steps a draft takes the one that is nearest above."""


@dataclass(slots=True)
class _Shelf:
    """Recipes where they lie; `bad` says what is wrong with those that can't be used."""

    bad: list[str] = field(default_factory=list)

    def recipe(self, weights: Path, *, controls: bool = False) -> Recipe | None:
        try:
            return recipe_of(weights, controls=controls)
        except SetupError as error:
            self.bad.append(str(error))
            return None


def with_recipes(job: Job, card: Card) -> Job:
    """The job with what the recipes of its LoRAs, of its control models and of its model say where
    it says nothing. Raises JobError for a draft where nothing draws in few steps."""
    if not card.has_files:
        return job
    shelf = _Shelf()
    own = shelf.recipe(card.weights)
    loras = _with_few_steps(job, card, own) if job.few_steps else job.loras
    worn = {
        lora.name: recipe
        for lora in loras
        if (path := card.loras.get(lora.name)) and (recipe := shelf.recipe(path))
    }
    named = [(f"The LoRA {name}", recipe) for name, recipe in worn.items()]
    named += [(f"The model {card.name}", own)] if own else []
    recipes = [recipe for _, recipe in named]
    controls = tuple(_closely(each, card, shelf) for each in job.controls)
    job = replace(
        job,
        controls=controls,
        loras=tuple(_scaled(lora, worn.get(lora.name)) for lora in loras),
        sampling=replace(job.sampling, **_left_open(job, recipes)),
        warnings=(*job.warnings, *shelf.bad, *_disagreements(job, named)),
    )
    return _triggered(job, recipes)


def _with_few_steps(job: Job, card: Card, own: Recipe | None) -> tuple[JobLora, ...]:
    """The job's LoRAs, and the one for few steps if neither they nor the model are. Raises
    JobError."""
    shelf = _Shelf()
    few = {
        name: recipe.few_steps
        for name, path in card.loras.items()
        if (recipe := shelf.recipe(path)) and recipe.few_steps
    }
    if (own and own.few_steps) or any(lora.name in few for lora in job.loras):
        return job.loras
    if not few:
        raise JobError(
            f"The model {card.name} has no LoRA that draws in few steps.",
            line=job.lines.get("preset"),
            key="preset",
            why=sentences("`preset: draft` draws with one, by the recipe beside it.", *shelf.bad),
            remedy="Fetch one, such as `hotfolder models pull hyper-sd-8-cfg`, write a recipe "
            "beside one that is here, or take `preset: fast`.",
        )

    def turn(name: str) -> tuple[bool, bool, int, str]:
        ours = card.folder in card.loras[name].parents
        return not ours, few[name] < _BEST, abs(few[name] - _BEST), name

    return (*job.loras, JobLora(min(few, key=turn)))


def _scaled(lora: JobLora, recipe: Recipe | None) -> JobLora:
    if lora.scale is not None:
        return lora
    known = recipe.scale if recipe else None
    return replace(lora, scale=1.0 if known is None else known)


def _closely(control: JobControl, card: Card, shelf: _Shelf) -> JobControl:
    """A control with what its model's recipe says of how closely its picture is followed."""
    found = model_for(control, card) if control.left_open else None
    recipe = shelf.recipe(found.place, controls=True) if found else None
    if recipe is None:
        return control
    params = control.params
    start = params.start if "end" in control.left_open else None
    meant = closeness(control.word, params.kind, recipe.closeness, start=start)
    numbers = {key: meant[key] for key in control.left_open}
    return replace(control, params=replace(params, **numbers), left_open=())


def _left_open(job: Job, recipes: Sequence[Recipe]) -> JsonObject:
    """Values for the keys that nobody wrote; the first recipe that has one counts."""
    found: JsonObject = {}
    for recipe in recipes:
        for key, value in recipe.values.items():
            if key not in job.said:
                found.setdefault(key, value)
    return found


def _disagreements(job: Job, named: Sequence[tuple[str, Recipe]]) -> Iterator[str]:
    """Where the job itself says other steps or another guidance than what it is drawn with."""
    for key, shown in (("steps", _steps), ("guidance_scale", "a guidance_scale of {:g}".format)):
        said = getattr(job.sampling, key)
        verb = agrees(said if key == "steps" else 1, "is", "are")
        for what, recipe in named:
            meant = recipe.values.get(key)
            if key in job.said and isinstance(meant, int | float) and meant != said:
                yield f"{what} is made for {shown(meant)}; {shown(said)} {verb} asked for."


def _steps(number: float) -> str:
    return counted(number, "step")


def _triggered(job: Job, recipes: Sequence[Recipe]) -> Job:
    """The job with the words that its LoRAs answer to at the end of its prompts. A record has them
    already, or was made without them."""
    if TRIGGER in job.said:
        return job
    said, typed, warnings = job.sampling, {}, list(job.warnings)
    for key in ("prompt", "prompt_2"):
        text = before = getattr(said, key)
        for recipe in recipes:
            if text is None or recipe.trigger.casefold() in text.casefold():
                continue
            joined = f"{text.rstrip(_ENDS)}, {recipe.trigger}"
            if len(joined) > MAX_PROMPT:
                warnings.append(f"The prompt is too long for the words of {recipe.file.name}.")
                continue
            text = joined
        if text != before:
            typed[key] = before
            said = replace(said, **{key: text})
    if not typed:
        return replace(job, warnings=tuple(warnings))
    written = {**typed, **(job.written or {})}
    return replace(job, sampling=said, written=written, warnings=tuple(warnings))


_ENDS = " \t\r\n.,;"

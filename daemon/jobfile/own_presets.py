"""A person's own presets: each `base:` another plus what differs.

Knows the tree they were read from and the built-in ones; not which file they stand in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from daemon.errors import JobError
from daemon.jobfile import tree
from daemon.jobfile.collected import Place
from daemon.jobfile.job import JobHires
from daemon.jobfile.level import make_level
from daemon.jobfile.precedence import find_preset
from daemon.jobfile.presets import DEFAULT, PRESETS, SAMPLED_BY, Preset
from daemon.jobfile.sampling_words import check_sampling
from daemon.jobfile.schema import Fraction, Guidance, Name, Side, Steps


class PresetForm(BaseModel):
    """One preset as it is written."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    base: Name | None = None
    width: Side | None = None
    height: Side | None = None
    steps: Steps | None = None
    guidance_scale: Guidance | None = None
    sampler: str | None = None
    schedule: str | None = None
    eta: Fraction | None = None
    loras: object = None


class FinalForm(BaseModel):
    """How final/ enlarges, as it is written."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    scale: Annotated[float, Field(ge=1, le=4)] = 2.0
    strength: Annotated[float, Field(ge=0.01, le=1)] = 0.35
    steps: Steps = 30
    preset: Name | None = None

    def second_pass(self, presets: Mapping[str, Preset]) -> JobHires:
        """What is made of a picture: of a preset its steps, unless they are said."""
        known = presets.get(self.preset) if self.preset else None
        own = "steps" in self.model_fields_set or known is None
        return JobHires(self.scale, self.steps if own or known is None else known.steps,
                        self.strength, fits=True)  # fmt: skip


def own_presets(forms: Mapping[str, PresetForm], node: tree.Node | None) -> dict[str, Preset]:
    """The built-in presets and the person's own, each built on its base first. Raises
    JobError for a base that is missing or leads back."""
    presets = dict(PRESETS)
    lines = node.key_lines if isinstance(node, tree.Table) else {}
    written = node.items if isinstance(node, tree.Table) else {}
    waiting = dict(forms)
    while waiting:
        ready = [
            name
            for name, form in waiting.items()
            if form.base == name or (form.base or DEFAULT.name) not in waiting
        ]
        if not ready:
            name = next(iter(waiting))
            raise JobError(
                f"The preset {tree.shown(name)} is built on itself, by way of its `base`.",
                line=lines.get(name),
                key="base",
            )
        for name in ready:
            form = waiting.pop(name)
            place = Place("base", lines.get(name))
            presets[name] = _preset(name, form, presets, place, written.get(name))
    return presets


def _preset(
    name: str,
    form: PresetForm,
    presets: Mapping[str, Preset],
    place: Place,
    node: tree.Node | None,
) -> Preset:
    base = find_preset(form.base or DEFAULT.name, presets, place)
    if not isinstance(node, tree.Table):
        return replace(base, name=name)
    own = {key: item for key, item in node.items.items() if key != "base"}
    values = make_level(replace(node, items=own)).values
    given = {key: value for key, value in values.items() if value is not None}
    if "loras" in given:
        given["loras"] = tuple(given["loras"])
    said = base.said | (given.keys() & set(SAMPLED_BY))
    made = replace(base, name=name, said=said, **given)
    sampled = {key: getattr(made, key) for key in SAMPLED_BY}
    check_sampling(sampled, {"sampler": replace(place, key=name)})
    return made

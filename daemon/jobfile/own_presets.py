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
from daemon.jobfile.presets import DEFAULT, PRESETS, Preset
from daemon.jobfile.schema import Name, Side


class PresetForm(BaseModel):
    """One preset as it is written."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    base: Name | None = None
    width: Side | None = None
    height: Side | None = None
    steps: Annotated[int, Field(ge=1, le=150)] | None = None
    guidance_scale: Annotated[float, Field(ge=0, le=50)] | None = None
    sampler: str | None = None
    schedule: str | None = None


class FinalForm(BaseModel):
    """How final/ enlarges, as it is written."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    scale: Annotated[float, Field(ge=1, le=4)] = 2.0
    strength: Annotated[float, Field(ge=0.01, le=1)] = 0.35
    steps: Annotated[int, Field(ge=1, le=150)] = 30
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
            presets[name] = _preset(name, form, presets, Place("base", lines.get(name)))
    return presets


def _preset(name: str, form: PresetForm, presets: Mapping[str, Preset], place: Place) -> Preset:
    base = find_preset(form.base or DEFAULT.name, presets, place)
    given = form.model_dump(exclude_unset=True, exclude={"base"})
    given = {key: value for key, value in given.items() if value is not None}
    table = tree.Table(
        {key: tree.Scalar(value, place.line or 1) for key, value in given.items()},
        place.line or 1,
        dict.fromkeys(given, place.line or 1),
    )
    return replace(base, name=name, **make_level(table).values)

"""Named sets of size, steps and guidance: what `preset: fast` stands for.

The first three constants are the ones the daemon was first asked for; a person's own presets live
in hotfolder.yaml and are read by `settings`. Sizes are SDXL's: a model's card maps them to its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from daemon.protocol.json_object import JsonObject


@dataclass(frozen=True, slots=True)
class Preset:
    """`sampler` None is the scheduler in the model's folder. `loras` are as in a job, None where it
    names none. `said` are the keys that a person wrote: a recipe's values count under them and over
    the others. `few_steps`: drawn with the catalogue's LoRA for few steps, by its recipe."""

    name: str
    width: int
    height: int
    steps: int
    guidance_scale: float
    sampler: str | None = None
    schedule: str | None = None
    eta: float | None = None
    loras: tuple[JsonObject, ...] | None = None
    said: frozenset[str] = field(default=frozenset(), compare=False)
    few_steps: bool = False


FAST = Preset("fast", 768, 768, 10, 6.5)
BALANCED = Preset("balanced", 768, 768, 15, 7.0)
QUALITY = Preset("quality", 1024, 1024, 20, 7.5)
DRAFT = Preset("draft", 768, 768, 4, 0.0, few_steps=True)

DEFAULT = BALANCED
PRESETS: Mapping[str, Preset] = MappingProxyType(
    {preset.name: preset for preset in (FAST, BALANCED, QUALITY, DRAFT)}
)
SAMPLED_BY = ("steps", "guidance_scale", "sampler", "schedule", "eta")
"""The keys that a preset gives a value to, and that a recipe may."""

"""Named sets of size, steps and guidance: what `preset: fast` stands for.

The three constants are the ones the daemon was first asked for; a person's own presets live in
hotfolder.yaml and are read by `settings`. Sizes are SDXL's: a model's card maps them to its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Preset:
    """`sampler` None is the scheduler in the model's folder."""

    name: str
    width: int
    height: int
    steps: int
    guidance_scale: float
    sampler: str | None = None
    schedule: str | None = None


FAST = Preset("fast", 768, 768, 10, 6.5)
BALANCED = Preset("balanced", 768, 768, 15, 7.0)
QUALITY = Preset("quality", 1024, 1024, 20, 7.5)

DEFAULT = BALANCED
PRESETS: Mapping[str, Preset] = MappingProxyType({p.name: p for p in (FAST, BALANCED, QUALITY)})

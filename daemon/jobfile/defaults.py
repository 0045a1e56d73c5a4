"""What holds for every job before any file is read: the owner's preset, presets and values.

Plain and frozen; who makes one of the settings is `settings`' own affair.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from daemon.jobfile.presets import DEFAULT, PRESETS, Preset


@dataclass(frozen=True, slots=True)
class JobDefaults:
    """`preset` names one of `presets`; `values` are checked values under our keys; a job may ask
    for `max_pictures` at most."""

    preset: str = DEFAULT.name
    presets: Mapping[str, Preset] = field(default_factory=lambda: PRESETS)
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    max_pictures: int = 256

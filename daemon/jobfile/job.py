"""What a job file means once it is read: every level merged, every name ours, nothing invented.

A Job still leaves open what needs a model or chance: the size a preset has on this model, seeds
not given, where references lie. `plan` settles those.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

STRENGTH = 0.75
"""How much of a picture is painted anew when a job doesn't say; other tools begin there too."""


@dataclass(frozen=True, slots=True)
class JobReference:
    """A picture to follow: `image` as typed; `sha256` only when a sidecar pinned its content."""

    image: str
    sha256: str | None = None
    scale: float = 0.6
    kind: str = "subject"
    model: str = "base"
    start: float = 0.0
    end: float = 1.0
    mask: str | None = None
    mask_sha256: str | None = None
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class JobLora:
    """A LoRA by its name in the catalogue; `sha256` only when a sidecar pinned its content."""

    name: str
    scale: float = 1.0
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class JobHires:
    """A second pass; `steps` None: as many as the first."""

    scale: float = 1.5
    steps: int | None = None
    strength: float = 0.5


@dataclass(frozen=True, slots=True)
class Job:
    """One job file, validated.

    `size_from` says what `width` and `height` are: "preset" (SDXL's numbers, to be mapped by the
    model's card), "explicit", or "width"/"height" when only that one was given.
    `seeds` None: `count` pictures (1 if None) with seeds drawn by the plan.
    `image` and `mask` are as typed; their `…_sha256` only when a sidecar pinned their content.
    Under `prompt_syntax` a1111 the LoRAs named in the prompt are in `loras`, not in the prompt.
    `lines` tells in which line the file itself says what.
    """

    prompt: str
    width: int
    height: int
    steps: int
    guidance_scale: float
    negative_prompt: str = ""
    prompt_2: str | None = None
    negative_prompt_2: str | None = None
    preset: str | None = None
    size_from: str = "preset"
    aspect: tuple[int, int] | None = None
    seeds: tuple[int, ...] | None = None
    count: int | None = None
    sampler: str | None = None
    schedule: str | None = None
    references: tuple[JobReference, ...] = ()
    loras: tuple[JobLora, ...] = ()
    image: str | None = None
    image_sha256: str | None = None
    strength: float = STRENGTH
    mask: str | None = None
    mask_sha256: str | None = None
    hires: JobHires | None = None
    prompt_syntax: str = "plain"
    priority: int = 0
    id: str | None = None
    name: str | None = None
    notes: Any = None
    strict: bool = False
    clip_skip: int | None = None
    original_size: tuple[int, int] | None = None
    target_size: tuple[int, int] | None = None
    crops_coords_top_left: tuple[int, int] | None = None
    model: str | None = None
    parent: int | None = None
    warnings: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    @property
    def pictures(self) -> int:
        """How many pictures it asks for."""
        return len(self.seeds) if self.seeds else (self.count or 1)

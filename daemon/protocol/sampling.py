"""How a picture is drawn: the scalars that a job says and the engine samples by.

One value that travels whole from the job file through plan and wire to the engine and into the
picture's record. Its fields bear the names of a job file's keys, and each is read, sent and
recorded because it stands here. Standard library only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from daemon.protocol.json_object import JsonObject

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingParams:
    """`prompt_2` and `negative_prompt_2` None are the first ones; `sampler` None is the scheduler
    of the model's folder, `schedule` None its spacing, `eta` None the sampler's own. Sizes are
    pixels, width before height; `crops_coords_top_left` is (top, left). `strict`: alone in its
    batch, exact paths only."""

    prompt: str
    negative_prompt: str = ""
    prompt_2: str | None = None
    negative_prompt_2: str | None = None
    steps: int
    guidance_scale: float
    sampler: str | None = None
    schedule: str | None = None
    eta: float | None = None
    clip_skip: int | None = None
    original_size: Pair | None = None
    target_size: Pair | None = None
    crops_coords_top_left: Pair | None = None
    strict: bool = False

    @classmethod
    def of(cls, values: Mapping[str, object]) -> SamplingParams:
        """From checked values by key, absent or None for a field's default; others are ignored."""
        said: JsonObject = {
            key: value for key in SAMPLING_KEYS if (value := values.get(key)) is not None
        }
        for key in said.keys() & _SHAPES.keys():
            said[key] = _SHAPES[key](said[key])
        return cls(**said)


SAMPLING_KEYS: tuple[str, ...] = tuple(each.name for each in fields(SamplingParams))
_SHAPES: dict[str, Callable[[Any], object]] = {
    **dict.fromkeys(("guidance_scale", "eta"), float),
    **dict.fromkeys(("original_size", "target_size", "crops_coords_top_left"), tuple),
}
"""What JSON and YAML write in another way."""

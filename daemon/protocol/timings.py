"""Where the seconds of one picture went, as the worker tells them and the sidecar has them.

Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from daemon.protocol.json_object import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondPass:
    """Of a pass over the enlarged picture: enlarging, each step, all of them, and their mean."""

    enlarge: float = 0.0
    steps: tuple[float, ...] = ()
    denoise: float = 0.0
    seconds_per_step: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Seconds from a picture's being taken up to its staged PNG, stage by stage. `waited` is what
    the stages leave of the `total`: for other pictures to be decoded or saved, and for memory.
    The denoising steps are told one by one; `seconds_per_step` is their mean."""

    load: float = 0.0
    encode_prompt: float = 0.0
    encode_references: float = 0.0
    encode_image: float = 0.0
    steps: tuple[float, ...] = ()
    denoise: float = 0.0
    decode: float = 0.0
    save: float = 0.0
    waited: float = 0.0
    total: float = 0.0
    seconds_per_step: float = 0.0
    hires: SecondPass | None = None

    def to_json(self) -> JsonObject:
        return {**_told(self), "hires": self.hires and _told(self.hires)}


def _told(timings: SecondPass | Timings) -> JsonObject:
    """Field by field: `asdict` copies every step's number on its own, twice a picture."""
    body = {each.name: getattr(timings, each.name) for each in fields(timings)}
    return {**body, "steps": list(timings.steps)}

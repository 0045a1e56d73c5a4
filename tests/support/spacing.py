"""How diffusers' manual has the same samplers told: timesteps as a list, and `eta`."""

from __future__ import annotations

import numpy as np

from daemon.protocol.sampling import SamplingParams

OWN = ("lcm", "tcd", "dpmpp_sde")
"""Samplers whose scheduler takes another spacing only as a list."""


def timesteps_of(sampler: str | None, schedule: str | None, steps: int) -> list[int] | None:
    """The list to hand to a scheduler; None where the steps' number says all."""
    if sampler not in OWN:
        return None
    lists = {
        "trailing": np.round(np.arange(1000, 0, -1000 / steps)) - 1,
        "leading": (np.arange(0, steps) * (1000 // steps)).round()[::-1],
        "linspace": np.linspace(0, 999, steps).round()[::-1],
    }
    found = lists.get(schedule or "")
    return None if found is None else [int(step) for step in found]


def eta_of(said: SamplingParams) -> float:
    """What is handed to a pipeline, whose own default is 0 for every scheduler."""
    if said.eta is not None:
        return said.eta
    return 0.3 if said.sampler == "tcd" else 0.0

"""Where the steps lie: every sampler and spacing beside diffusers' own classes, told as its manual
says, on SDXL's config, which names a spacing of its own.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
from support.places import PACKAGE
from support.spacing import timesteps_of

from daemon.engine.interface import RenderError
from daemon.protocol.samplers import SAMPLERS, SCHEDULES, Sampler, Schedule

pytestmark = pytest.mark.filterwarnings("ignore")

BASE = PACKAGE / "engine" / "sdxl" / "loading" / "sdxl_base" / "scheduler"
CONFIG = json.loads((BASE / "scheduler_config.json").read_text())
STEPS = (1, 2, 4, 8, 15, 30)

Spaced = tuple[list[float], list[float]] | None
"""Timesteps, and noise levels where the scheduler has those; None where it can't."""


def laid_out(scheduler) -> Spaced:
    sigmas = getattr(scheduler, "sigmas", None)
    return (
        np.asarray(scheduler.timesteps, dtype=float).tolist(),
        [] if sigmas is None else np.asarray(sigmas, dtype=float).tolist(),
    )


def ours(sampler: str, schedule: str | None, steps: int) -> Spaced:
    import torch

    from daemon.engine.sdxl.schedulers import build_scheduler, set_steps

    try:
        scheduler = build_scheduler(CONFIG, sampler, schedule)
        set_steps(scheduler, steps, torch.device("cpu"), schedule)
    except RenderError:
        return None
    return laid_out(scheduler)


def theirs(row: Sampler, schedule: Schedule | None, steps: int) -> Spaced:
    import diffusers

    kind = getattr(diffusers, row.scheduler)
    options = dict(row.options)
    if schedule is not None and schedule.spacing:
        if schedule.spacing not in kind._get_init_keys(kind):
            return None
        options[schedule.spacing] = True
    if schedule is not None and schedule.timesteps:
        options["timestep_spacing"] = schedule.timesteps
    scheduler = kind.from_config({**CONFIG, **options})
    listed = timesteps_of(row.name, schedule and schedule.name, steps)
    if listed is not None and schedule.name == "leading":
        listed = [step + CONFIG["steps_offset"] for step in listed]
    try:
        if listed is None:
            scheduler.set_timesteps(steps)
        else:
            scheduler.set_timesteps(timesteps=listed)
    except (ValueError, IndexError, ZeroDivisionError):
        return None
    return laid_out(scheduler)


@pytest.mark.parametrize("row", SAMPLERS, ids=lambda row: row.name)
def test_timesteps_and_noise_levels_are_those_of_diffusers(row: Sampler) -> None:
    """But for the beta schedule, which diffusers asks scipy for (see test_beta_schedule)."""
    schedules = [each for each in SCHEDULES if each.name != "beta"]
    told = {
        (schedule and schedule.name, steps): (
            ours(row.name, schedule and schedule.name, steps),
            theirs(row, schedule, steps),
        )
        for schedule in (None, *schedules)
        for steps in STEPS
    }

    other = {case: pair for case, pair in told.items() if pair[0] != pair[1]}
    assert not other
    assert sum(pair[0] is not None for pair in told.values()) >= 5 * len(STEPS)


@pytest.mark.parametrize(
    ("sampler", "schedule", "steps"),
    [
        ("euler", None, [751, 501, 251, 1]),  # as SDXL's config has it
        ("euler", "leading", [751, 501, 251, 1]),
        ("euler", "trailing", [999, 749, 499, 249]),
        ("ddim", "trailing", [999, 749, 499, 249]),
        ("euler", "linspace", [999, 666, 333, 0]),
        ("lcm", None, [999, 759, 499, 259]),
        ("lcm", "trailing", [999, 749, 499, 249]),  # DMD2's list
        ("tcd", None, [999, 759, 499, 259]),
        ("dpmpp_sde", "trailing", [999, 749, 499, 249]),
    ],
)
def test_four_steps_begin_where_models_for_four_steps_were_trained(
    sampler: str, schedule: str | None, steps: list[int]
) -> None:
    assert ours(sampler, schedule, 4)[0] == steps

"""Where the steps lie: every sampler and spacing beside diffusers' own classes, told as its manual
says, on SDXL's config, which names a spacing of its own.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
from support.job_texts import job, refusal
from support.places import PACKAGE
from support.spacing import timesteps_of

from daemon.engine.interface import RenderError
from daemon.protocol.samplers import SAMPLERS, SCHEDULES, Sampler, Schedule, clash

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


# --- what goes with what: told once, judged where a job is read ------------------------------------

EVERY = (None, *(each.name for each in SCHEDULES))
"""`schedule` as a job may say it, or leave it out."""

FROM_NOISE = {"rescale_betas_zero_snr": True, "prediction_type": "v_prediction"}

FEW = 4
"""Steps that are really made: so many are where schedulers come to their ends."""


def drawn(row: Sampler, schedule: str | None, steps: int, *, from_noise: bool = False) -> bool:
    """Whether the engine's scheduler can be built and, of few steps, goes all the way from noise to
    a picture."""
    import torch

    from daemon.engine.sdxl.schedulers import build_scheduler, set_steps

    try:
        config = {**CONFIG, **FROM_NOISE} if from_noise else CONFIG
        scheduler = build_scheduler(config, row.name, schedule)
        set_steps(scheduler, steps, torch.device("cpu"), schedule)
    except RenderError:
        return False
    if steps > FEW:
        return True
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(0)  # as the engine does: two timesteps may be equal
    canvas = torch.randn(1, 4, 2, 2, generator=torch.Generator().manual_seed(1))
    for timestep in scheduler.timesteps:
        seen = scheduler.scale_model_input(canvas, timestep)
        canvas = scheduler.step(seen * 0.5, timestep, canvas).prev_sample
    return bool(torch.isfinite(canvas).all())


@pytest.mark.parametrize("row", SAMPLERS, ids=lambda row: row.name)
def test_a_row_says_of_its_scheduler_what_diffusers_says(row: Sampler) -> None:
    import diffusers

    kind = getattr(diffusers, row.scheduler)
    known = kind._get_init_keys(kind)
    assert {each.spacing in known for each in SCHEDULES if each.spacing} == {row.spreads}
    assert ("rescale_betas_zero_snr" in known) == row.from_noise
    taken = []
    for steps in (*range(1, 60), 150):
        try:
            kind.from_config({**CONFIG, **row.options}).set_timesteps(steps)
        except ValueError:
            continue
        taken.append(steps)
    assert taken == [steps for steps in (*range(1, 60), 150) if steps <= (row.most_steps or 150)]


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 50, 51, 150])
@pytest.mark.parametrize("row", SAMPLERS, ids=lambda row: row.name)
def test_what_reading_takes_the_engine_draws_and_what_it_can_not_reading_refuses(
    row: Sampler, steps: int
) -> None:
    for schedule in EVERY:
        said = f"prompt: a\nsampler: {row.name}\nsteps: {steps}\n"
        said += f"schedule: {schedule}\n" if schedule else ""
        if drawn(row, schedule, steps):
            assert job(said).sampling.schedule == schedule
            continue
        refused = refusal(said)
        assert refused.key == ("steps" if "steps" in refused.what else "schedule")
        assert refused.line == {"steps": 3, "schedule": 4}[refused.key]
        assert all((refused.what, refused.why, refused.remedy))


@pytest.mark.parametrize("row", SAMPLERS, ids=lambda row: row.name)
def test_where_a_model_begins_at_noise_alone_the_table_knows_who_can(row: Sampler) -> None:
    for schedule in EVERY:
        told = clash(row, schedule, 4, from_noise=True)
        assert (told is None) == drawn(row, schedule, 4, from_noise=True), schedule


def test_a_models_own_scheduler_that_no_job_can_name_is_asked_itself() -> None:
    from daemon.engine.sdxl.schedulers import build_scheduler

    other = {**CONFIG, "_class_name": "DDPMScheduler"}
    assert build_scheduler(other, None, "trailing")
    with pytest.raises(RenderError, match="DDPMScheduler has no karras schedule"):
        build_scheduler(other, None, "karras")
    deis = {**CONFIG, "_class_name": "DEISMultistepScheduler"}
    assert build_scheduler(deis, None, "karras").config.use_karras_sigmas
    with pytest.raises(RenderError, match="can't begin where this model does"):
        build_scheduler({**deis, "rescale_betas_zero_snr": True}, None, None)

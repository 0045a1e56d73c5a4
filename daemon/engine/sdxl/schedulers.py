"""The diffusers schedulers behind our samplers and schedules.

A scheduler holds the state of one picture, so each picture gets a new one, built from the config
in the model's folder; only what the name asks for is changed.
"""

from __future__ import annotations

import inspect
from collections.abc import Container
from functools import partial
from typing import TYPE_CHECKING

import diffusers
import numpy as np

from daemon.engine.interface import RenderError, UnloadableError
from daemon.engine.sdxl.beta_schedule import beta_spaced
from daemon.protocol.json_object import JsonObject
from daemon.protocol.samplers import (
    SCHEDULES,
    Clash,
    Schedule,
    clash,
    never_from_noise,
    no_such_schedule,
    own_row,
    sampler_row,
    schedule_row,
)
from daemon.text.counted import counted

if TYPE_CHECKING:
    import torch

    from daemon.engine.sdxl.networks import NoiseScheduler

_SPACINGS = tuple(row.spacing for row in SCHEDULES if row.spacing)
_TIMESTEPS = "timestep_spacing"
_LISTED = ("LCMScheduler", "TCDScheduler", "DPMSolverSinglestepScheduler")
"""Those that spread their steps in a way of their own, and another one only as a list of them."""

_ZERO_SNR = "rescale_betas_zero_snr"


def check_scheduler(config: JsonObject) -> None:
    """Raises UnloadableError for a model whose scheduler is of another kind than SDXL's: flow
    matching, EDM, or none that diffusers has."""
    name = str(config.get("_class_name"))
    kind = getattr(diffusers, name, None)
    if kind is None or "beta_schedule" not in inspect.signature(kind).parameters:
        raise UnloadableError(
            f"This model's scheduler is {name}, whose noise is not that of SDXL.",
            "Take an SDXL model, or put SDXL's scheduler_config.json into its scheduler folder "
            "if it is one.",
        )


def build_scheduler(
    config: JsonObject, sampler: str | None, schedule: str | None
) -> NoiseScheduler:
    """A new scheduler; `sampler` None is the folder's own, `schedule` None leaves its spacing."""
    row = sampler_row(sampler) if sampler else None
    name = row.scheduler if row else config["_class_name"]
    kind = getattr(diffusers, name)
    known = inspect.signature(kind).parameters
    from_noise = bool(config.get(_ZERO_SNR))
    if (told := row or own_row(config)) is not None:
        found = clash(told, schedule, from_noise=from_noise)
    else:  # a model's own, of a kind that no job can name: diffusers alone knows what it can do
        found = _unknown(name, known, schedule, from_noise)
    if found is not None:
        raise RenderError(found.what, why=found.why, remedy=found.remedy)
    settings = {**config, **(row.options if row else {})}
    if schedule is not None:
        settings |= _spacing(known, schedule)
    scheduler = kind.from_config(settings)
    if schedule == "beta":
        # diffusers asks scipy for this spacing alone; the exponential one takes the same way
        # through the scheduler and hands over the same ends, so ours goes in its place.
        bounds = {name: scheduler.config.get(name) for name in ("sigma_min", "sigma_max")}
        scheduler._convert_to_exponential = partial(beta_spaced, **bounds)
    return scheduler


def _spacing(known: Container[str], schedule: str) -> dict[str, bool | str]:
    chosen: dict[str, bool | str] = {name: False for name in _SPACINGS if name in known}
    row = _spread(schedule)
    if row.spacing is None:
        return {**chosen, _TIMESTEPS: row.timesteps} if row.timesteps else chosen
    return {**chosen, row.spacing: True}


def _spread(schedule: str) -> Schedule:
    """The row whose way through diffusers a schedule takes."""
    return schedule_row("exponential" if schedule == "beta" else schedule)


def _unknown(
    name: str, known: Container[str], schedule: str | None, from_noise: bool
) -> Clash | None:
    wanted = _spread(schedule).spacing if schedule else None
    if schedule and wanted and wanted not in known:
        return no_such_schedule(name, schedule)
    return never_from_noise(name) if from_noise and _ZERO_SNR not in known else None


def set_steps(
    scheduler: NoiseScheduler, steps: int, device: torch.device, schedule: str | None = None
) -> None:
    """Lay out the timesteps as the `schedule` it was built for says; what a sampler can't do
    becomes a text for the job's author."""
    spacing = schedule_row(schedule).timesteps if schedule else None
    try:
        if spacing and type(scheduler).__name__ in _LISTED:
            scheduler.set_timesteps(timesteps=listed(spacing, steps, scheduler), device=device)
        else:
            scheduler.set_timesteps(steps, device=device)
    except (ValueError, IndexError, ZeroDivisionError) as error:
        raise RenderError(
            f"This sampler can't take {counted(steps, 'step')}.",
            why=f"{type(scheduler).__name__} says: {error}.",
            remedy="Change `steps` or `sampler`.",
        ) from error


def listed(spacing: str, steps: int, scheduler: NoiseScheduler) -> list[int]:
    """The timesteps of a spacing, as diffusers' own schedulers round them: at 4 steps `trailing` is
    999, 749, 499, 249, the list that DMD2 was trained on."""
    trained = scheduler.config.num_train_timesteps
    if spacing == "trailing":
        found = (trained - np.arange(steps) * trained / steps).round() - 1
    elif spacing == "leading":
        found = np.arange(steps)[::-1] * (trained // steps) + scheduler.config.get(
            "steps_offset", 0
        )
    else:
        found = np.linspace(0, trained - 1, steps)[::-1].round()
    return [int(step) for step in found]

"""The diffusers schedulers behind our samplers and schedules.

A scheduler holds the state of one picture, so each picture gets a new one, built from the config
in the model's folder; only what the name asks for is changed.
"""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING

import diffusers
import numpy as np

from daemon.engine.interface import RenderError, UnloadableError
from daemon.engine.sdxl.beta_schedule import beta_spaced
from daemon.protocol.json_object import JsonObject
from daemon.protocol.samplers import SAMPLERS, SCHEDULES, Sampler, sampler_row, schedule_row

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
    if config.get(_ZERO_SNR) and _ZERO_SNR not in known:
        able = ", ".join(row.name for row in SAMPLERS if _can(row, _ZERO_SNR))
        raise RenderError(
            f"The sampler {sampler or name} can't begin where this model does, at noise alone.",
            why="It was trained down to a signal of zero (zero terminal SNR).",
            remedy=f"Take a sampler that can: {able}.",
        )
    settings = {**config, **(row.options if row else {})}
    if schedule is not None:
        settings |= _spacing(kind, sampler or name, schedule)
    scheduler = kind.from_config(settings)
    if schedule == "beta":
        # diffusers asks scipy for this spacing alone; the exponential one takes the same way
        # through the scheduler and hands over the same ends, so ours goes in its place.
        bounds = {name: scheduler.config.get(name) for name in ("sigma_min", "sigma_max")}
        scheduler._convert_to_exponential = partial(beta_spaced, **bounds)
    return scheduler


def _spacing(kind: type, sampler: str, schedule: str) -> dict[str, bool | str]:
    known = inspect.signature(kind).parameters
    chosen: dict[str, bool | str] = {name: False for name in _SPACINGS if name in known}
    row = schedule_row("exponential" if schedule == "beta" else schedule)
    wanted = row.spacing
    if wanted is None:
        return {**chosen, _TIMESTEPS: row.timesteps} if row.timesteps else chosen
    if wanted not in known:
        able = ", ".join(row.name for row in SAMPLERS if _can(row, wanted))
        raise RenderError(
            f"The sampler {sampler} has no {schedule} schedule.",
            remedy=f"Leave `schedule` out, or take a sampler that has one: {able}.",
        )
    return {**chosen, wanted: True}


def _can(sampler: Sampler, wanted: str) -> bool:
    return wanted in inspect.signature(getattr(diffusers, sampler.scheduler)).parameters


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
            f"This sampler can't take {steps} steps.",
            why=f"{type(scheduler).__name__} says: {error}",
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

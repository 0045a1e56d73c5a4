"""Our names for samplers and schedules, and the diffusers classes behind them.

A scheduler holds the state of one picture, so each picture gets a new one, built from the config
in the model's folder; only what the name asks for is changed.
"""

from __future__ import annotations

import inspect
from typing import Any

import diffusers

from daemon.engine.interface import RenderError
from daemon.engine.sdxl.beta_schedule import beta_spaced

#: name -> (diffusers class, what the name means beyond its class). Latents are never clipped.
SAMPLERS: dict[str, tuple[str, dict[str, Any]]] = {
    "euler": ("EulerDiscreteScheduler", {}),
    "euler_a": ("EulerAncestralDiscreteScheduler", {}),
    "heun": ("HeunDiscreteScheduler", {}),
    "dpmpp_2m": ("DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver++"}),
    "dpmpp_2m_sde": ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
    "dpmpp_sde": (
        "DPMSolverSinglestepScheduler",
        {"algorithm_type": "sde-dpmsolver++", "lower_order_final": True},
    ),
    "ddim": ("DDIMScheduler", {"clip_sample": False}),
    "unipc": ("UniPCMultistepScheduler", {}),
    "lcm": ("LCMScheduler", {"clip_sample": False}),
}

SPACINGS = ("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas")


def build_scheduler(config: dict[str, Any], sampler: str | None, schedule: str | None) -> Any:
    """A new scheduler; `sampler` None is the folder's own, `schedule` None leaves its spacing."""
    name, changes = SAMPLERS[sampler] if sampler else (config["_class_name"], {})
    kind = getattr(diffusers, name)
    settings = {**config, **changes}
    if schedule is not None:
        settings |= _spacing(kind, sampler or name, schedule)
    scheduler = kind.from_config(settings)
    if schedule == "beta":
        # diffusers asks scipy for this spacing alone; the exponential one takes the same way
        # through the scheduler and hands over the same ends, so ours goes in its place.
        scheduler._convert_to_exponential = beta_spaced
    return scheduler


def _spacing(kind: type, sampler: str, schedule: str) -> dict[str, bool]:
    known = inspect.signature(kind).parameters
    chosen = {name: False for name in SPACINGS if name in known}
    if schedule == "normal":
        return chosen
    wanted = f"use_{'exponential' if schedule == 'beta' else schedule}_sigmas"
    if wanted not in known:
        able = ", ".join(name for name in SAMPLERS if _can(name, wanted))
        raise RenderError(
            f"The sampler {sampler} has no {schedule} schedule.",
            remedy=f"Leave `schedule` out, or take a sampler that has one: {able}.",
        )
    return {**chosen, wanted: True}


def _can(sampler: str, wanted: str) -> bool:
    return wanted in inspect.signature(getattr(diffusers, SAMPLERS[sampler][0])).parameters


def set_steps(scheduler: Any, steps: int, device: Any) -> None:
    """Lay out the timesteps; what a sampler can't do becomes a text for the job's author."""
    try:
        scheduler.set_timesteps(steps, device=device)
    except (ValueError, IndexError, ZeroDivisionError) as error:
        raise RenderError(
            f"This sampler can't take {steps} steps.",
            why=f"{type(scheduler).__name__} says: {error}",
            remedy="Change `steps` or `sampler`.",
        ) from error

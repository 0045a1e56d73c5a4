"""Samplers and schedules, one row each: what they are called by us, by others and by diffusers.

The only place that lists them: job files, their schema, the text inside pictures and the engine
all read these rows, so a row is all that another sampler needs. Plain values; nothing of diffusers
is imported. Standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sampler:
    """`label` is AUTOMATIC1111's name; `scheduler` a class of diffusers, made with `options`
    beyond the model's own config. `aliases` are other tools' names, however they are spelt; ours,
    the label and those of another row need no mention."""

    name: str
    label: str
    scheduler: str
    options: Mapping[str, str | bool] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    automatic: str = "normal"
    """The schedule A1111 takes for it where none is named."""
    takes_eta: bool = False
    """Whether `eta` says how much chance its steps add."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How steps are spread. `spacing` is the option of a diffusers scheduler that asks for it,
    None for plain spacing; `timesteps` is diffusers' word for where plain steps lie, None for
    where the model's own do. A sampler's name may end in the name of a schedule that has either,
    or in its `suffix`."""

    name: str
    label: str
    spacing: str | None = None
    aliases: tuple[str, ...] = ()
    suffix: str | None = None
    timesteps: str | None = None


SAMPLERS = (
    Sampler(
        "euler",
        "Euler",
        "EulerDiscreteScheduler",
        aliases=("k_euler", "EulerDiscrete"),
    ),
    Sampler(
        "euler_a",
        "Euler a",
        "EulerAncestralDiscreteScheduler",
        aliases=(
            "k_euler_a",
            "euler_an",
            "euler_ancestral",
            "k_euler_ancestral",
            "EulerAncestralDiscrete",
        ),
    ),
    Sampler(
        "heun",
        "Heun",
        "HeunDiscreteScheduler",
        aliases=("k_heun", "HeunDiscrete"),
    ),
    Sampler(
        "dpmpp_2m",
        "DPM++ 2M",
        "DPMSolverMultistepScheduler",
        {"algorithm_type": "dpmsolver++"},
        aliases=("dpm_2m", "k_dpmpp_2m", "DPMSolverMultistep"),
        automatic="karras",
    ),
    Sampler(
        "dpmpp_2m_sde",
        "DPM++ 2M SDE",
        "DPMSolverMultistepScheduler",
        {"algorithm_type": "sde-dpmsolver++"},
        aliases=("k_dpmpp_2m_sde", "dpmpp_2m_sde_gpu"),
        automatic="exponential",
    ),
    Sampler(
        "dpmpp_sde",
        "DPM++ SDE",
        "DPMSolverSinglestepScheduler",
        {"algorithm_type": "sde-dpmsolver++", "lower_order_final": True},
        aliases=("k_dpmpp_sde", "dpmpp_sde_gpu", "DPMSolverSDE"),
        automatic="karras",
    ),
    Sampler("ddim", "DDIM", "DDIMScheduler", {"clip_sample": False}, takes_eta=True),
    Sampler("unipc", "UniPC", "UniPCMultistepScheduler", aliases=("uni_pc_bh2", "UniPCMultistep")),
    Sampler("lcm", "LCM", "LCMScheduler", {"clip_sample": False}),
    Sampler("tcd", "TCD", "TCDScheduler", {"clip_sample": False}, takes_eta=True),
)
"""Latents are never clipped, so a scheduler that would is told not to."""

SCHEDULES = (
    Schedule("normal", "Normal", aliases=("uniform", "default")),
    Schedule("karras", "Karras", "use_karras_sigmas", suffix="_k"),
    Schedule("exponential", "Exponential", "use_exponential_sigmas"),
    Schedule("beta", "Beta", "use_beta_sigmas"),
    Schedule("trailing", "SGM Uniform", aliases=("sgm_uniform",), timesteps="trailing"),
    Schedule("leading", "Leading", timesteps="leading"),
    Schedule("linspace", "Linspace", timesteps="linspace"),
)
"""`trailing` begins at the last step of training, where models made for few steps begin; SDXL's own
spacing is `leading`, which begins a step earlier: at 4 steps, at 751 instead of 999."""

SAMPLER_NAMES: tuple[str, ...] = tuple(row.name for row in SAMPLERS)
SCHEDULE_NAMES: tuple[str, ...] = tuple(row.name for row in SCHEDULES)

_SAMPLERS = {row.name: row for row in SAMPLERS}
_SCHEDULES = {row.name: row for row in SCHEDULES}


def sampler_row(name: str) -> Sampler:
    """The row of a sampler by our name for it. Raises KeyError."""
    return _SAMPLERS[name]


def automatic_schedule(sampler: str) -> str | None:
    """The schedule A1111 takes for a sampler of ours where none is named; None for no sampler."""
    row = _SAMPLERS.get(sampler)
    return row.automatic if row else None


def schedule_row(name: str) -> Schedule:
    """The row of a schedule by our name for it. Raises KeyError."""
    return _SCHEDULES[name]

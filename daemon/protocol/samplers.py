"""Samplers and schedules, one row each: what they are called by us, by others and by diffusers.

The only place that lists them, and that knows what goes with what: job files, their schema, the
text inside pictures and the engine all read these rows, so a row is all that another sampler needs.
Plain values; nothing of diffusers is imported. Standard library only.
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
    spreads: bool = True
    """Whether its steps can be spread by a schedule that has a `spacing`."""
    from_noise: bool = True
    """Whether it can begin at noise alone, where a model was trained down to no signal at all."""
    most_steps: int | None = None
    """How many it can take, unless its schedule is a list of `timesteps`."""


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
        spreads=False,
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
        from_noise=False,
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
        from_noise=False,
    ),
    Sampler("ddim", "DDIM", "DDIMScheduler", {"clip_sample": False}, takes_eta=True, spreads=False),
    Sampler("unipc", "UniPC", "UniPCMultistepScheduler", aliases=("uni_pc_bh2", "UniPCMultistep")),
    Sampler("lcm", "LCM", "LCMScheduler", {"clip_sample": False}, spreads=False, most_steps=50),
    Sampler(
        "tcd",
        "TCD",
        "TCDScheduler",
        {"clip_sample": False},
        takes_eta=True,
        spreads=False,
        most_steps=50,
    ),
)
"""Latents are never clipped, so a scheduler that would is told not to. LCM and TCD take their steps
out of the 50 that models for them were trained on."""

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


def own_row(config: Mapping[str, object]) -> Sampler | None:
    """The row that a model's own scheduler is, by its config; None for one we have no row for."""
    rows = [row for row in SAMPLERS if row.scheduler == config.get("_class_name")]
    fitting = [row for row in rows if _fits(row, config)]
    return next(iter(fitting or rows), None)


def _fits(row: Sampler, config: Mapping[str, object]) -> bool:
    """Whether the config asks for what the row's options ask for, as far as it says."""
    return all(config.get(key, value) == value for key, value in row.options.items())


# --- what goes with what --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clash:
    """Why a picture can't be sampled as it is asked for: `key` is the one to change, the rest are
    sentences."""

    key: str
    what: str
    why: str
    remedy: str


def clash(
    row: Sampler, schedule: str | None, steps: int = 1, *, from_noise: bool = False
) -> Clash | None:
    """What keeps a sampler from so many steps of that schedule, if anything does; `from_noise`:
    with a model that begins at noise alone. Asked where jobs are read and where they are drawn."""
    spread = schedule_row(schedule) if schedule else None
    if spread and spread.spacing and not row.spreads:
        return no_such_schedule(row.name, spread.name)
    if from_noise and not row.from_noise:
        return never_from_noise(row.name)
    most = row.most_steps
    if most is not None and steps > most and not (spread and spread.timesteps):
        lists = _either([each.name for each in SCHEDULES if each.timesteps])
        return Clash(
            "steps",
            f"The sampler {row.name} can't take {steps} steps.",
            f"It takes them out of the {most} that models for it were trained on.",
            f"Make them at most {most}, or take a `schedule` that lists them: {lists}.",
        )
    return None


def no_such_schedule(sampler: str, schedule: str) -> Clash:
    """Of a sampler, by whatever name, that can't spread its steps so."""
    lists = _either([each.name for each in SCHEDULES if not each.spacing])
    able = ", ".join(each.name for each in SAMPLERS if each.spreads)
    return Clash(
        "schedule",
        f"The sampler {sampler} has no {schedule} schedule.",
        f"It can have {lists}.",
        f"Take one of these, or a sampler that has {schedule}: {able}.",
    )


def never_from_noise(sampler: str) -> Clash:
    """Of a sampler, by whatever name, that needs a trace of the picture to begin with."""
    able = ", ".join(each.name for each in SAMPLERS if each.from_noise)
    return Clash(
        "sampler",
        f"The sampler {sampler} can't begin where this model does, at noise alone.",
        "It was trained down to a signal of zero (zero terminal SNR).",
        f"Take a sampler that can: {able}.",
    )


def _either(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"

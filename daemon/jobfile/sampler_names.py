"""Samplers and schedules under the names other tools give them.

One mechanism: a name is folded to lower case without punctuation; a schedule at its end
("Karras", or InvokeAI's "_k") is split off; the rest is looked up.
"""

from __future__ import annotations

import re

from daemon.protocol.render import SAMPLERS, SCHEDULES

_NAMES: dict[str, str] = {
    "euler": "euler",
    "keuler": "euler",
    "eulerdiscrete": "euler",
    "eulera": "euler_a",
    "keulera": "euler_a",
    "euleran": "euler_a",
    "eulerancestral": "euler_a",
    "keulerancestral": "euler_a",
    "eulerancestraldiscrete": "euler_a",
    "heun": "heun",
    "kheun": "heun",
    "heundiscrete": "heun",
    "dpm2m": "dpmpp_2m",
    "dpmpp2m": "dpmpp_2m",
    "kdpmpp2m": "dpmpp_2m",
    "dpmsolvermultistep": "dpmpp_2m",
    "dpmpp2msde": "dpmpp_2m_sde",
    "kdpmpp2msde": "dpmpp_2m_sde",
    "dpmpp2msdegpu": "dpmpp_2m_sde",
    "dpmppsde": "dpmpp_sde",
    "kdpmppsde": "dpmpp_sde",
    "dpmppsdegpu": "dpmpp_sde",
    "dpmsolversde": "dpmpp_sde",
    "ddim": "ddim",
    "unipc": "unipc",
    "unipcbh2": "unipc",
    "unipcmultistep": "unipc",
    "lcm": "lcm",
}
_SCHEDULE_NAMES: dict[str, str] = {
    **{name: name for name in SCHEDULES},
    "uniform": "normal",
    "automatic": "normal",
    "default": "normal",
}
_DIFFUSERS = "scheduler"


def _fold(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold().replace("++", "pp"))


def schedule_named(name: str) -> str | None:
    """Our word for a schedule, or None."""
    return _SCHEDULE_NAMES.get(_fold(name))


def sampler_named(name: str) -> tuple[str, str | None] | None:
    """Our words for a sampler and the schedule its name implies, or None."""
    if name in SAMPLERS:
        return name, None
    folded = _fold(name).removesuffix(_DIFFUSERS)
    if folded in _NAMES:
        return _NAMES[folded], None
    for schedule in ("karras", "exponential", "beta"):
        if folded.endswith(schedule) and (stem := folded.removesuffix(schedule)) in _NAMES:
            return _NAMES[stem], schedule
    if name.casefold().endswith("_k") and (stem := folded.removesuffix("k")) in _NAMES:
        return _NAMES[stem], "karras"
    return None

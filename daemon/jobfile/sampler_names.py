"""Samplers and schedules under the names other tools give them.

One mechanism: a name is folded to lower case without punctuation; a schedule at its end
("Karras", or InvokeAI's "_k") is split off; the rest is looked up in the one table.
"""

from __future__ import annotations

import re

from daemon.protocol.samplers import SAMPLER_NAMES, SAMPLERS, SCHEDULES, Sampler, Schedule

_DIFFUSERS = "scheduler"


def folded_names(row: Sampler | Schedule) -> tuple[str, ...]:
    """Every name a row goes by, as it is looked up."""
    return tuple(dict.fromkeys(_fold(name) for name in (row.name, row.label, *row.aliases)))


def schedule_named(name: str) -> str | None:
    """Our word for a schedule, or None."""
    return _SCHEDULE_NAMES.get(_fold(name))


def is_automatic(name: str) -> bool:
    """Whether a tool leaves the schedule to the sampler."""
    return _fold(name) in ("automatic", "auto")


def sampler_named(name: str) -> tuple[str, str | None] | None:
    """Our words for a sampler and the schedule its name implies, or None."""
    if name in SAMPLER_NAMES:
        return name, None
    folded = _fold(name).removesuffix(_DIFFUSERS)
    if folded in _NAMES:
        return _NAMES[folded], None
    for schedule in SCHEDULES:
        stem = _without(schedule, name, folded)
        if stem in _NAMES:
            return _NAMES[stem], schedule.name
    return None


def _without(schedule: Schedule, name: str, folded: str) -> str:
    """The sampler's part of a name that ends in this schedule; empty if it doesn't."""
    if schedule.spacing or schedule.timesteps:
        for end in folded_names(schedule):
            if folded.endswith(end):
                return folded.removesuffix(end)
    if schedule.suffix and name.casefold().endswith(schedule.suffix):
        return folded.removesuffix(_fold(schedule.suffix))
    return ""


def _fold(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold().replace("++", "pp"))


_NAMES = {name: row.name for row in SAMPLERS for name in folded_names(row)}
_SCHEDULE_NAMES = {name: row.name for row in SCHEDULES for name in folded_names(row)}

"""Samplers and schedules as a job file names them: under our names or refused, each by itself and
both together.
"""

from __future__ import annotations

from collections.abc import Mapping

from daemon.errors import JobError
from daemon.jobfile import tree
from daemon.jobfile.collected import Place, Sheet
from daemon.jobfile.sampler_names import is_automatic, sampler_named, schedule_named
from daemon.protocol.json_object import JsonObject
from daemon.protocol.samplers import SAMPLER_NAMES, SCHEDULE_NAMES, clash, sampler_row
from daemon.text.suggest import did_you_mean


def means_schedule(value: object) -> bool:
    """What a `scheduler` names: ComfyUI and A1111 call the spread of the steps so; diffusers and
    InvokeAI the sampler."""
    if not isinstance(value, str):
        return False
    return schedule_named(value) is not None or is_automatic(value)


def sampler(sheet: Sheet, place: Place, value: str) -> str:
    """Our word for a sampler; a schedule that its name implies is put beside. Raises JobError."""
    found = sampler_named(value)
    if found is None:
        guess = did_you_mean(value, SAMPLER_NAMES)
        raise JobError(
            f"`{place.key}` names no sampler known here: {tree.shown(value)}.",
            line=place.line,
            key=place.key,
            why=guess,
            remedy=f"It can be {', '.join(SAMPLER_NAMES[:-1])} or {SAMPLER_NAMES[-1]}.",
        )
    name, implied = found
    if implied:
        sheet.put("schedule", implied, place)
    return name


def schedule(sheet: Sheet, place: Place, value: str) -> str | None:
    """Our word for a schedule; None where the tool leaves it to the sampler. Raises JobError."""
    if is_automatic(value):
        sheet.automatic = place
        return None
    found = schedule_named(value)
    if found is None:
        raise JobError(
            f"`{place.key}` names no schedule known here: {tree.shown(value)}.",
            line=place.line,
            key=place.key,
            why=did_you_mean(value, SCHEDULE_NAMES),
            remedy=f"It can be {', '.join(SCHEDULE_NAMES[:-1])} or {SCHEDULE_NAMES[-1]}.",
        )
    return found


def check_sampling(values: JsonObject, places: Mapping[str, Place]) -> None:
    """Whether a sampler that is named can take the steps and the schedule that are. Raises
    JobError, at what was written nearest to the job."""
    name = values.get("sampler")
    found = name and clash(sampler_row(name), values.get("schedule"), values.get("steps") or 1)
    if not found:
        return
    written = [places[key] for key in (found.key, "schedule", "sampler") if key in places]
    place = max(written, key=_nearness, default=Place(found.key))
    raise JobError(
        found.what,
        line=place.line,
        key=place.key,
        file=place.file,
        why=found.why,
        remedy=found.remedy,
    )


def _nearness(place: Place) -> tuple[bool, int]:
    """The file itself is nearest, then the folder whose defaults lie deepest."""
    return place.file is None, len(place.file or "")


def join_sampler_index(sheet: Sheet) -> None:
    """A1111's `sampler_index` is its older word, which counts where no sampler is named."""
    value, place = sheet.values.pop("sampler_index", None), sheet.places.pop("sampler_index", None)
    if place is None or value in (None, "") or sheet.values.get("sampler") is not None:
        return
    named = sampler(sheet, place, value) if isinstance(value, str) else value
    sheet.put("sampler", named, place)

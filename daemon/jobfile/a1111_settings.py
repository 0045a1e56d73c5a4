"""What the settings of A1111's text say in the keys of a job file, one function each.

A1111's text lies in pictures, beside them and in people's notes. What we write into our own
pictures, `records.png_text` lists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from daemon.jobfile.a1111_text import A1111Text, split_text
from daemon.jobfile.foreign import UNREAD
from daemon.jobfile.foreign_values import clip_skip
from daemon.jobfile.sampler_names import is_automatic, schedule_named
from daemon.protocol.json_object import JsonObject

Read = Callable[[str, Mapping[str, str]], "JsonObject | None"]
"""A value, and all settings beside it -> keys of a job; None if it has no use for us."""

OURS = "Hotfolder"
"""With it the `Version` begins that we write ourselves."""

MOST_UNREAD = 50
"""Settings without a use that are named one by one."""

_DECIMAL = r"\d{1,4}(?:\.\d{1,9})?"
_SIZE = r"([0-9]{1,6})x([0-9]{1,6})"
_LORA = re.compile(rf"([^:,]{{1,200}}): (-?{_DECIMAL})(?:, |$)")


def from_parameters(text: str) -> JsonObject:
    """A job from A1111's text: prompt, negative prompt, and a line of settings."""
    parts = split_text(text)
    job = {"prompt": parts.prompt}
    if parts.negative:
        job["negative_prompt"] = parts.negative
    return job | job_keys(parts)


def job_keys(text: A1111Text) -> JsonObject:
    """What the settings of A1111's text say in the keys of a job file; those without a use under
    UNREAD, which is there also where there are none: by it the job is known for another tool's."""
    # Whoever else writes this text writes A1111's language; ours says so when it does.
    settings = text.settings
    job: JsonObject = {} if _is_ours(settings) else {"prompt_syntax": "a1111"}
    unread: dict[str, str] = {}
    for name, value in settings.items():
        said, read = value.strip(), READ.get(name)
        if not said or name in _FACTS:
            continue
        found = read(said, settings) if read else None
        if found is None:
            unread[name] = said[:200]
        else:
            job |= found
    if not _is_ours(settings):
        unread |= {line[:200]: "" for line in text.rest}
        job[UNREAD] = dict(list(unread.items())[:MOST_UNREAD])
    return job


def _whole(key: str, digits: int = 20) -> Read:
    def read(said: str, _: Mapping[str, str]) -> JsonObject | None:
        return {key: int(said)} if re.fullmatch(rf"[0-9]{{1,{digits}}}", said) else None

    return read


def _read_sampler(said: str, settings: Mapping[str, str]) -> JsonObject:
    is_own = _is_ours(settings) and "Sampler from" in settings
    return {} if is_own else {"sampler": said}


def _read_schedule(said: str, _: Mapping[str, str]) -> JsonObject | None:
    known = schedule_named(said) is not None or is_automatic(said)
    return {"schedule": said} if known else None


def _read_guidance(said: str, _: Mapping[str, str]) -> JsonObject | None:
    return {"guidance_scale": float(said)} if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", said) else None


def _read_size(said: str, _: Mapping[str, str]) -> JsonObject | None:
    match = re.fullmatch(_SIZE, said)
    return {"width": int(match[1]), "height": int(match[2])} if match else None


def _read_clip_skip(said: str, _: Mapping[str, str]) -> JsonObject | None:
    return clip_skip(said)


def _read_loras(said: str, settings: Mapping[str, str]) -> JsonObject | None:
    found = _LORA.findall(said) if _is_ours(settings) else []
    loras = [{"name": name, "scale": float(scale)} for name, scale in found]
    return {"loras": loras} if loras else None


def _read_syntax(said: str, _: Mapping[str, str]) -> JsonObject | None:
    return {"prompt_syntax": "a1111"} if said == "a1111" else None


def _read_larger(said: str, settings: Mapping[str, str]) -> JsonObject | None:
    by_size = re.fullmatch(_SIZE, settings.get("Hires resize", "")) is not None
    if not re.fullmatch(_DECIMAL, said) or by_size:
        return None
    return {"enable_hr": True, "hr_scale": float(said)}


def _read_larger_size(said: str, settings: Mapping[str, str]) -> JsonObject | None:
    """The size the second pass comes to, as far as it keeps the first's shape."""
    asked, first = re.fullmatch(_SIZE, said), re.fullmatch(_SIZE, settings.get("Size", ""))
    if not asked or not first or int(first[1]) * int(first[2]) == 0:
        return None
    wide, high = (int(asked[side]) / int(first[side]) for side in (1, 2))
    if abs(wide - high) > 0.02 * max(wide, high):
        return None
    return {"enable_hr": True, "hr_scale": round(wide, 6)}


def _read_strength(said: str, settings: Mapping[str, str]) -> JsonObject | None:
    good = _enlarges(settings) and re.fullmatch(_DECIMAL, said)
    return {"denoising_strength": float(said)} if good else None


def _read_steps_again(said: str, settings: Mapping[str, str]) -> JsonObject | None:
    """A1111 counts the steps that are made, and leaves the number out where it is the first's."""
    return _whole("hr_second_pass_steps", 3)(said, settings) if _enlarges(settings) else None


def _read_upscaler(said: str, settings: Mapping[str, str]) -> JsonObject | None:
    """Ours is Lanczos; another is left aside with a warning."""
    if not _enlarges(settings):
        return None
    return {} if said == "Lanczos" else {"hr_upscaler": said}


def _is_ours(settings: Mapping[str, str]) -> bool:
    return settings.get("Version", "").startswith(OURS)


def _enlarges(settings: Mapping[str, str]) -> bool:
    by_factor = re.fullmatch(_DECIMAL, settings.get("Hires upscale", "").strip()) is not None
    return by_factor or _read_larger_size(settings.get("Hires resize", ""), settings) is not None


READ: Mapping[str, Read] = {
    "Steps": _whole("steps"),
    "Sampler": _read_sampler,
    "Schedule type": _read_schedule,
    "CFG scale": _read_guidance,
    "Seed": _whole("seed"),
    "Size": _read_size,
    "Clip skip": _read_clip_skip,
    "Denoising strength": _read_strength,
    "Hires upscale": _read_larger,
    "Hires resize": _read_larger_size,
    "Hires steps": _read_steps_again,
    "Hires upscaler": _read_upscaler,
    "Loras": _read_loras,
    "Prompt syntax": _read_syntax,
}
_FACTS = frozenset(("Version", "App"))
"""Who wrote the text: it asks for nothing."""

"""Values as other tools write them, turned into keys of a job.

Each conversion is given a plain value and answers with keys and values of ours, nothing to ask for
({}), or None for what it does not understand.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from daemon.jobfile.sampler_names import is_automatic, sampler_named, schedule_named
from daemon.protocol.json_object import JsonObject

Turn = Callable[[object], "JsonObject | None"]
"""A value as that tool writes it -> keys of a job; None if it is not understood."""


def model_named(said: str) -> str:
    """`SDXL/juggernaut.safetensors [1fe6c7ec54]` -> juggernaut."""
    name = re.split(r"[/\\]", re.sub(r"\s*\[[0-9a-f]{4,64}\]\s*$", "", said))[-1]
    return re.sub(r"\.(safetensors|ckpt)$", "", name.strip())


def text(key: str) -> Turn:
    def turn(value: object) -> JsonObject | None:
        return {key: value} if isinstance(value, str) else None

    return turn


def prompt(value: object) -> JsonObject | None:
    """A text, or the pieces of one with their weights, as InvokeAI once wrote it and Stability's
    API does: one piece, and perhaps one to be avoided."""
    if not isinstance(value, list):
        return {"prompt": value} if isinstance(value, str) else None
    said: JsonObject = {}
    for piece in value:
        if not isinstance(piece, dict):
            return None
        words, weight = piece.get("prompt", piece.get("text")), piece.get("weight", 1)
        key = "negative_prompt" if weight == -1 else "prompt"
        if not isinstance(words, str) or weight not in (1, -1) or key in said:
            return None
        said[key] = words
    return said or None


def horde_prompt(value: object) -> JsonObject | None:
    """What is to be avoided stands behind three hashes."""
    if not isinstance(value, str):
        return None
    words, mark, avoided = value.partition("###")
    return {"prompt": words.strip(), **({"negative_prompt": avoided.strip()} if mark else {})}


def number(key: str) -> Turn:
    def turn(value: object) -> JsonObject | None:
        if isinstance(value, str) and re.fullmatch(r"\s*\d{1,9}(\.\d{1,9})?\s*", value):
            return {key: float(value)}
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return {key: value} if is_number else None

    return turn


def whole(key: str) -> Turn:
    def turn(value: object) -> JsonObject | None:
        if isinstance(value, str) and re.fullmatch(r"\s*-?\d{1,20}\s*", value):
            return {key: int(value)}
        if isinstance(value, float) and value.is_integer():
            return {key: int(value)}
        return {key: value} if isinstance(value, int) and not isinstance(value, bool) else None

    return turn


def size(value: object) -> JsonObject | None:
    """`(1152, 896)`, `1152x896`, `1152*896`, `1152×896 | 9:7`, [1152, 896]."""
    if isinstance(value, dict):
        value = f"{value.get('width')}x{value.get('height')}"
    found = re.match(r"\D{0,3}(\d{2,5})\D{1,3}(\d{2,5})", str(value))
    return {"width": int(found[1]), "height": int(found[2])} if found else None


def sampler(value: object) -> JsonObject | None:
    known = isinstance(value, str) and sampler_named(value)
    return {"sampler": value} if known else None


def schedule(value: object) -> JsonObject | None:
    known = isinstance(value, str) and (schedule_named(value) or is_automatic(value))
    return {"schedule": value} if known else None


def invokeai_sampler(value: object) -> JsonObject | None:
    """InvokeAI calls the sampler `scheduler`."""
    return sampler(value)


def clip_skip(value: object) -> JsonObject | None:
    """The field counts the layers used from the end, of which SDXL's own is the second."""
    found = whole("used")(value)
    if found is None:
        return None
    return {"clip_skip": found["used"] - 2} if found["used"] > 2 else {}


def model(value: object) -> JsonObject | None:
    return {"model": model_named(value)} if isinstance(value, str) else None


def nothing(_: object) -> JsonObject | None:
    """A fact about the record, which asks for nothing."""
    return {}


def aspect(value: object) -> JsonObject | None:
    found = isinstance(value, str) and re.fullmatch(r"\s*\d{1,2}:\d{1,2}\s*", value)
    return {"aspect": value} if found else {} if value == "Custom" else None


def listing(key: str) -> Turn:
    def turn(value: object) -> JsonObject | None:
        return {key: value} if isinstance(value, list) else None

    return turn


_DRAW_THINGS_SAMPLERS = (
    "DPM++ 2M Karras", "Euler a", "DDIM", "", "DPM++ SDE Karras", "UniPC", "LCM",
)  # fmt: skip


def draw_things_sampler(value: object) -> JsonObject | None:
    """A name, or its place in Draw Things' list."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = _DRAW_THINGS_SAMPLERS[value] if 0 <= value < len(_DRAW_THINGS_SAMPLERS) else ""
    return sampler(value)

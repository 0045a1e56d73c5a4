"""The text inside a PNG, and what is read back of it: one table for both ways.

A1111's viewers look for `parameters`, our own intake for `hotfolder`, Spotlight for XMP. The
table lists A1111's settings, the last line of `parameters`: what each says of a picture, and what
it says to a job. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from daemon.jobfile.foreign import UNREAD
from daemon.jobfile.foreign_values import clip_skip
from daemon.jobfile.sampler_names import is_automatic, schedule_named
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import Render
from daemon.protocol.samplers import sampler_row, schedule_row
from daemon.records.a1111_text import NEGATIVE, A1111Text
from daemon.records.sidecar import SCHEMA, Block
from daemon.records.xmp import OURS, SOFTWARE, description


class ModelOf(Protocol):
    """What the text says of the model: its name, and the hash of its weights if they have one."""

    @property
    def name(self) -> str: ...

    @property
    def sha256(self) -> str | None: ...

    @property
    def sampler(self) -> str:
        """A1111's name of the sampler its own scheduler is; empty where nothing is sampled."""


RECORD, PARAMETERS = "hotfolder", "parameters"
MOST_UNREAD = 50
"""Settings without a use that are named one by one."""

_DECIMAL = r"\d{1,4}(?:\.\d{1,9})?"
_SIZE = r"([0-9]{1,6})x([0-9]{1,6})"
_LORA = re.compile(rf"([^:,]{{1,200}}): (-?{_DECIMAL})(?:, |$)")


def png_text(render: Render, block: Block, card: ModelOf, project: str) -> dict[str, str]:
    """Keyword -> text, for the PNG's iTXt chunks; `project` is where the job lay, a/b or ""."""
    origin = {"job": render.job, "project": project}
    record = json.dumps({"schema": SCHEMA, "job": block, "result": origin}, ensure_ascii=False)
    return {
        PARAMETERS: _parameters(render, block, card),
        # A folder's name may be no UTF-8 (on Linux), and would fail the picture.
        RECORD: record.encode("utf-8", "replace").decode("utf-8"),
        "XML:com.adobe.xmp": description(render.sampling.prompt),
    }


def job_keys(text: A1111Text) -> JsonObject:
    """What the settings of A1111's text say in the keys of a job file; those without a use under
    UNREAD."""
    # Whoever else writes this text writes A1111's language; ours says so when it does.
    settings = text.settings
    job: JsonObject = {} if _is_ours(settings) else {"prompt_syntax": "a1111"}
    unread: dict[str, str] = {}
    for name, value in settings.items():
        said, setting = value.strip(), _BY_NAME.get(name)
        if not said or name in _FACTS:
            continue
        found = setting.read(said, settings) if setting and setting.read else None
        if found is None:
            unread[name] = said[:200]
        else:
            job |= found
    if not _is_ours(settings):
        unread |= {line[:200]: "" for line in text.rest}
        if unread:
            job[UNREAD] = dict(list(unread.items())[:MOST_UNREAD])
    return job


@dataclass(frozen=True, slots=True)
class Shown:
    """The picture a text is of."""

    render: Render
    block: Block
    card: ModelOf


@dataclass(frozen=True, slots=True)
class Setting:
    """One `name: value` of A1111's. `write` gives the value, None to leave it out; `read` turns a
    value into keys of a job, given all settings beside it, None if it has no use for us."""

    name: str
    write: Callable[[Shown], object | None]
    read: Callable[[str, Mapping[str, str]], JsonObject | None] | None = None


# --- what is written ------------------------------------------------------------------------------


def _parameters(render: Render, block: Block, card: ModelOf) -> str:
    shown = Shown(render, block, card)
    facts = [(setting.name, setting.write(shown)) for setting in SETTINGS]
    lines = [render.sampling.prompt]
    if render.sampling.negative_prompt:
        lines.append(f"{NEGATIVE} {render.sampling.negative_prompt}")
    lines.append(", ".join(f"{name}: {value}" for name, value in facts if value is not None))
    return "\n".join(lines)


def _sampler(shown: Shown) -> str | None:
    name = shown.render.sampling.sampler
    return sampler_row(name).label if name else shown.card.sampler or None


def _sampler_from(shown: Shown) -> str | None:
    """That no sampler was asked for: whoever reads it back asks for none either."""
    return "model" if not shown.render.sampling.sampler and shown.card.sampler else None


def _schedule(shown: Shown) -> str | None:
    name = shown.render.sampling.schedule
    return schedule_row(name).label if name else None


def _strength(shown: Shown) -> str | None:
    if shown.render.hires:
        return f"{shown.render.hires.strength:g}"
    return f"{shown.render.strength:g}" if shown.render.image else None


def _loras(shown: Shown) -> str | None:
    worn = ", ".join(f"{lora.name}: {lora.scale:g}" for lora in shown.render.loras)
    return f'"{worn}"' if worn else None


def _lora_hashes(shown: Shown) -> str | None:
    known = ((lora.name, lora.sha256) for lora in shown.render.loras if lora.sha256)
    hashes = ", ".join(f"{name}: {sha256[:12]}" for name, sha256 in known)
    return f'"{hashes}"' if shown.render.loras else None


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if any(c in text for c in ',:"\n') else text


def _clip_skip(shown: Shown) -> int | None:
    """A1111 counts the layers it uses from the end, of which SDXL's own is the second; we those
    that are skipped from there on."""
    skipped = shown.render.sampling.clip_skip
    return skipped + 2 if skipped else None


# --- what is read ---------------------------------------------------------------------------------


def _whole(key: str, digits: int = 20) -> Callable[[str, Mapping[str, str]], JsonObject | None]:
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


SETTINGS = (
    Setting("Steps", lambda s: s.render.sampling.steps, _whole("steps")),
    Setting("Sampler", _sampler, _read_sampler),
    Setting("Schedule type", _schedule, _read_schedule),
    Setting("CFG scale", lambda s: f"{s.render.sampling.guidance_scale:g}", _read_guidance),
    Setting("Seed", lambda s: s.render.seed, _whole("seed")),
    Setting("Size", lambda s: f"{s.render.width}x{s.render.height}", _read_size),
    Setting("Model hash", lambda s: s.card.sha256[:10] if s.card.sha256 else None),
    Setting("Model", lambda s: _quoted(s.card.name)),
    Setting("Clip skip", _clip_skip, _read_clip_skip),
    Setting("Denoising strength", _strength, _read_strength),
    Setting("Hires upscale", lambda s: f"{s.block['hires']['scale']:g}" if s.render.hires else None,
            _read_larger),
    Setting("Hires resize", lambda _: None, _read_larger_size),
    Setting("Hires steps", lambda s: s.render.passes[-1][2] if s.render.hires else None,
            _read_steps_again),
    Setting("Hires upscaler", lambda s: "Lanczos" if s.render.hires else None, _read_upscaler),
    Setting("Loras", _loras, _read_loras),
    Setting("Lora hashes", _lora_hashes),
    Setting("Sampler from", _sampler_from),
    Setting("Prompt syntax", lambda s: "a1111" if s.render.emphasis else None, _read_syntax),
    Setting("Version", lambda _: SOFTWARE),
)  # fmt: skip
_BY_NAME = {setting.name: setting for setting in SETTINGS}
_FACTS = frozenset(("Version", "App"))
"""Who wrote the text: it asks for nothing."""

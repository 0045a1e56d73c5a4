"""The text inside a PNG: A1111's viewers look for `parameters`, our own intake for `hotfolder`,
Spotlight for XMP. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from daemon.jobfile.a1111_text import NEGATIVE
from daemon.protocol.render import Render
from daemon.protocol.samplers import sampler_row, schedule_row
from daemon.records.sidecar import SCHEMA, Block
from daemon.records.xmp import SOFTWARE, description


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


@dataclass(frozen=True, slots=True)
class Shown:
    """The picture a text is of."""

    render: Render
    block: Block
    card: ModelOf


@dataclass(frozen=True, slots=True)
class Setting:
    """One `name: value` of A1111's; `write` gives the value, None to leave it out."""

    name: str
    write: Callable[[Shown], object | None]


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


def _larger(shown: Shown) -> str | None:
    return f"{shown.block['hires']['scale']:g}" if shown.render.hires else None


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


SETTINGS = (
    Setting("Steps", lambda s: s.render.sampling.steps),
    Setting("Sampler", _sampler),
    Setting("Schedule type", _schedule),
    Setting("CFG scale", lambda s: f"{s.render.sampling.guidance_scale:g}"),
    Setting("Seed", lambda s: s.render.seed),
    Setting("Size", lambda s: f"{s.render.width}x{s.render.height}"),
    Setting("Model hash", lambda s: s.card.sha256[:10] if s.card.sha256 else None),
    Setting("Model", lambda s: _quoted(s.card.name)),
    Setting("Clip skip", _clip_skip),
    Setting("Denoising strength", _strength),
    Setting("Hires upscale", _larger),
    Setting("Hires steps", lambda s: s.render.passes[-1][2] if s.render.hires else None),
    Setting("Hires upscaler", lambda s: "Lanczos" if s.render.hires else None),
    Setting("Loras", _loras),
    Setting("Lora hashes", _lora_hashes),
    Setting("Sampler from", _sampler_from),
    Setting("Prompt syntax", lambda s: "a1111" if s.render.emphasis else None),
    Setting("Version", lambda _: SOFTWARE),
)
"""The last line of `parameters`, in this order; what each says to a job, `jobfile.a1111_settings`
tells."""

"""The record of a picture: the `job` block that makes it again, the `result` of how it went, and
the text inside the PNG.

Pure. The block says everything, absent things as null, so that no default of tomorrow can change
what it means; it never carries `id`, so a dropped record is always rendered.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from daemon import __version__
from daemon.protocol.messages import Ready, Rendered
from daemon.protocol.render import Render
from daemon.protocol.samplers import sampler_row, schedule_row
from daemon.text.printable import is_unsafe

if TYPE_CHECKING:
    from daemon.jobfile.job import Job
    from daemon.models.catalogue import Card

SCHEMA = 1
SOFTWARE = f"Hotfolder {__version__}"


# --- the job block --------------------------------------------------------------------------------


def job_block(job: Job, render: Render, *, model: str, alone: bool = True) -> dict[str, Any]:
    """`render` in the words of a job file. A picture of several goes by its own file's name."""
    return {
        "prompt": render.prompt,
        "negative_prompt": render.negative_prompt,
        "prompt_2": render.prompt_2,
        "negative_prompt_2": render.negative_prompt_2,
        "preset": job.preset,
        "width": render.width,
        "height": render.height,
        "aspect": None,
        "steps": render.steps,
        "guidance_scale": render.guidance_scale,
        "seed": render.seed,
        "count": None,
        "sampler": render.sampler,
        "schedule": render.schedule,
        "references": [
            {
                "image": typed.image,
                "sha256": kept.sha256,
                "scale": kept.scale,
                "kind": kept.kind,
                "model": kept.model,
                "start": kept.start,
                "end": kept.end,
                "mask": typed.mask,
                "mask_sha256": kept.mask.sha256 if kept.mask else None,
            }
            for typed, kept in zip(job.references, render.references, strict=True)
        ],
        "loras": [
            {"name": lora.name, "scale": lora.scale, "sha256": lora.sha256} for lora in render.loras
        ],
        "image": job.image,
        "image_sha256": render.image.sha256 if render.image else None,
        "strength": render.strength if render.image else None,
        "mask": job.mask,
        "mask_sha256": render.mask.sha256 if render.mask else None,
        "hires": _second_pass(job, render),
        "prompt_syntax": job.prompt_syntax,
        "clip_skip": render.clip_skip,
        "original_size": _listed(render.original_size),
        "target_size": _listed(render.target_size),
        "crops_coords_top_left": _listed(render.crops_coords_top_left),
        "strict": render.strict,
        # The dry run is how a folder is tried out, not a model a picture should insist on.
        "model": job.model if model == "dry-run" else model,
        "priority": job.priority,
        "name": job.name if alone else None,
        "notes": job.notes,
        "parent": job.parent,
    }


def _second_pass(job: Job, render: Render) -> dict[str, Any] | None:
    if job.hires is None or render.hires is None:
        return None
    return {
        "scale": job.hires.scale,
        "steps": render.hires.steps,
        "strength": render.hires.strength,
    }


def _listed(pair: tuple[int, int] | None) -> list[int] | None:
    return list(pair) if pair else None


# --- the text inside the PNG ----------------------------------------------------------------------


def png_text(render: Render, block: dict[str, Any], card: Card) -> dict[str, str]:
    """Keyword -> text: what A1111's viewers, our own intake and Spotlight look for."""
    return {
        "parameters": _parameters(render, block, card),
        "hotfolder": json.dumps({"schema": SCHEMA, "job": block}, ensure_ascii=False),
        "XML:com.adobe.xmp": _xmp(render.prompt),
    }


def _parameters(render: Render, block: dict[str, Any], card: Card) -> str:
    facts: list[tuple[str, object]] = [("Steps", render.steps)]
    if render.sampler:
        facts.append(("Sampler", sampler_row(render.sampler).label))
    if render.schedule:
        facts.append(("Schedule type", schedule_row(render.schedule).label))
    facts += [
        ("CFG scale", f"{render.guidance_scale:g}"),
        ("Seed", render.seed),
        ("Size", f"{render.width}x{render.height}"),
    ]
    if card.sha256:
        facts.append(("Model hash", card.sha256[:10]))
    facts.append(("Model", _quoted(card.name)))
    if render.clip_skip:
        facts.append(("Clip skip", render.clip_skip + 1))  # A1111 counts the layers it uses
    if render.image and not render.hires:
        facts.append(("Denoising strength", f"{render.strength:g}"))
    if render.hires:
        made = render.passes[-1][2]  # A1111 counts the steps that are made
        facts += [
            ("Denoising strength", f"{render.hires.strength:g}"),
            ("Hires upscale", f"{block['hires']['scale']:g}"),
            ("Hires steps", made),
            ("Hires upscaler", "Lanczos"),
        ]
    if render.loras:
        worn = ", ".join(f"{lora.name}: {lora.scale:g}" for lora in render.loras)
        known = [lora for lora in render.loras if lora.sha256]
        hashes = ", ".join(f"{lora.name}: {(lora.sha256 or '')[:12]}" for lora in known)
        facts += [("Loras", f'"{worn}"'), ("Lora hashes", f'"{hashes}"')]
    if block["prompt_syntax"] != "plain":
        facts.append(("Prompt syntax", block["prompt_syntax"]))
    facts.append(("Version", SOFTWARE))
    lines = [render.prompt]
    if render.negative_prompt:
        lines.append(f"Negative prompt: {render.negative_prompt}")
    lines.append(", ".join(f"{name}: {value}" for name, value in facts))
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if any(c in text for c in ',:"\n') else text


def _xmp(prompt: str) -> str:
    text = escape("".join(c for c in prompt if c in "\t\n" or not is_unsafe(c)))
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
        f"<xmp:CreatorTool>{SOFTWARE}</xmp:CreatorTool>"
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt>'
        "</dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="w"?>'
    )


# --- the sidecar ----------------------------------------------------------------------------------


def sidecar(
    *,
    block: dict[str, Any],
    rendered: Rendered,
    ready: Ready,
    job_file: str,
    image: str,
    attempt: int,
    parent: int | None,
    queued_at: str,
    queued: float,
    warnings: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The whole record, ready for JSON. `queued_at` is when the file was first seen, `queued` the
    seconds from there to the worker taking it up; `image` is the picture's file name."""
    return {
        "schema": SCHEMA,
        "job": block,
        "result": {
            "job": rendered.job,
            "parent": parent,
            "job_file": job_file,
            "image": image,
            "sha256": rendered.sha256,
            "pixels_sha256": rendered.pixels_sha256,
            "width": rendered.width,
            "height": rendered.height,
            "seed": block["seed"],
            "attempt": attempt,
            "queued_at": queued_at,
            "started_at": rendered.started_at,
            "finished_at": rendered.finished_at,
            "timings": _timings(queued, rendered.timings),
            "batch": {
                "size": rendered.batch.get("size", 1),
                "index": rendered.batch.get("index", 0),
            },
            "exact": rendered.exact,
            "cache": {key: rendered.cache.get(key) for key in ("prompt", "references")},
            "model": {"name": None, "sha256": None, **ready.model},
            "adapters": list(rendered.adapters),
            "device": {"type": None, "name": None, "memory": None, **ready.device},
            "versions": {"hotfolder": __version__, **ready.versions},
            "peak_memory_bytes": rendered.peak_memory_bytes,
            "warnings": [*warnings, *rendered.warnings],
        },
    }


def _timings(queued: float, timings: dict[str, Any]) -> dict[str, Any]:
    return {
        "queued": queued,
        "load": timings.get("load"),
        "encode_prompt": timings.get("encode_prompt"),
        "encode_references": timings.get("encode_references"),
        "encode_image": timings.get("encode_image"),
        "steps": timings.get("steps", []),
        "denoise": timings.get("denoise"),
        "decode": timings.get("decode"),
        "save": timings.get("save"),
        "waited": timings.get("waited"),
        "total": timings.get("total"),
        "seconds_per_step": timings.get("seconds_per_step"),
        "hires": timings.get("hires"),
    }

"""The job a finished picture carries: ours, or AUTOMATIC1111's `parameters` text.

Reads a PNG's text chunks and never decodes a pixel. The answer is JSON bytes for `read_job`.
"""

from __future__ import annotations

import json
import re
import stat
import warnings
from pathlib import Path
from typing import Any

from daemon.errors import JobError

MAX_FILE = 256 * 1024 * 1024
_PAIR = re.compile(r'\s*([A-Za-z][\w \-/]*):\s*("(?:\\.|[^"\\])*"|[^,]*)(?:,|$)')
_DECIMAL = r"\d{1,4}(?:\.\d{1,9})?"
_LORA = re.compile(rf"([^:,]{{1,200}}): (-?{_DECIMAL})(?:, |$)")
_NUMBERS = {"Steps": "steps", "Seed": "seed", "Clip skip": "clip_skip"}
_NONE = JobError(
    "This picture carries no record of how it was made.",
    why="A picture can be rendered again only from the text Hotfolder or AUTOMATIC1111 put in it.",
    remedy="Drop the .json that lay beside it, or write a job file.",
)


def job_text_from_png(file: Path) -> bytes:
    """The job in the PNG at `file`, as JSON. Raises JobError."""
    text = _texts(file)
    ours = text.get("hotfolder")
    if ours:
        return ours.encode("utf-8", "replace")
    parameters = text.get("parameters")
    if not parameters:
        raise JobError(_NONE.what, why=_NONE.why, remedy=_NONE.remedy)
    return json.dumps(from_parameters(parameters)).encode("ascii")


def _texts(file: Path) -> dict[str, str]:
    from PIL import Image, PngImagePlugin

    try:
        facts = file.lstat()
    except OSError as error:
        raise JobError(f"The picture can't be opened: {error.strerror}.") from None
    if not stat.S_ISREG(facts.st_mode):
        raise JobError("This is not a file.")
    if facts.st_size > MAX_FILE:
        raise JobError("The picture is too large to look into.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=("PNG",))
        with picture:
            assert isinstance(picture, PngImagePlugin.PngImageFile)
            # Chunks after the pixels count too, but reading them needs the pixels decoded;
            # we, A1111 and every tool we know write theirs before.
            found = {key: str(value) for key, value in picture.info.items() if isinstance(key, str)}
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise JobError(
            "This file is not a PNG that can be read.",
            why=f"{error}." if isinstance(error, ValueError) else "",
            remedy="Drop the picture as Hotfolder wrote it.",
        ) from None
    return found


def from_parameters(text: str) -> dict[str, Any]:
    """A job from AUTOMATIC1111's text: prompt, negative prompt, and a last line of settings."""
    lines = text.strip().split("\n")
    settings: dict[str, str] = {}
    if lines and re.match(r"\s*Steps:\s*\d", lines[-1]):
        settings = {key: value.strip('"') for key, value in _PAIR.findall(lines.pop())}
    body = "\n".join(lines)
    prompt, _, negative = body.partition("Negative prompt:")
    job: dict[str, Any] = {"prompt": prompt.strip()}
    if negative.strip():
        job["negative_prompt"] = negative.strip()
    for name, key in _NUMBERS.items():
        if re.fullmatch(r"\s*[0-9]{1,20}\s*", settings.get(name, "")):
            job[key] = int(settings[name])
    # A1111 counts the layers it uses from the end, we those we skip: its 1 is no skip at all.
    if (skip := job.pop("clip_skip", 1) - 1) > 0:
        job["clip_skip"] = skip
    _take_rest(job, settings)
    return job


def _take_rest(job: dict[str, Any], settings: dict[str, str]) -> None:
    if match := re.fullmatch(r"\s*([0-9]{1,6})x([0-9]{1,6})\s*", settings.get("Size", "")):
        job["width"], job["height"] = int(match[1]), int(match[2])
    if re.fullmatch(r"\d+(\.\d+)?", scale := settings.get("CFG scale", "").strip()):
        job["guidance_scale"] = float(scale)
    if sampler := settings.get("Sampler", "").strip():
        job["sampler"] = sampler
    schedule = settings.get("Schedule type", "").strip()
    if schedule and schedule.casefold() != "automatic":
        job["schedule"] = schedule
    # Whoever else writes this text writes A1111's language; ours says so when it does.
    ours = settings.get("Version", "").startswith("Hotfolder")
    if not ours or settings.get("Prompt syntax") == "a1111":
        job["prompt_syntax"] = "a1111"
    if ours and (loras := _LORA.findall(settings.get("Loras", ""))):
        job["loras"] = [{"name": name, "scale": float(scale)} for name, scale in loras]
    if re.fullmatch(_DECIMAL, larger := settings.get("Hires upscale", "").strip()):
        job["enable_hr"], job["hr_scale"] = True, float(larger)
        _take_second_pass(job, settings)


def _take_second_pass(job: dict[str, Any], settings: dict[str, str]) -> None:
    """A1111 counts the steps that are made, and leaves the number out where it is the first's."""
    if re.fullmatch(r"[0-9]{1,3}", steps := settings.get("Hires steps", "").strip()):
        job["hr_second_pass_steps"] = int(steps)
    if (upscaler := settings.get("Hires upscaler", "").strip()) not in ("", "Lanczos"):
        job["hr_upscaler"] = upscaler  # ours is Lanczos; left aside with a warning
    if re.fullmatch(_DECIMAL, strength := settings.get("Denoising strength", "").strip()):
        job["denoising_strength"] = float(strength)

"""The job a finished picture carries: ours, or AUTOMATIC1111's `parameters` text.

Reads a PNG's text chunks and never decodes a pixel. The answer is JSON bytes for `read_job`.
"""

from __future__ import annotations

import json
import re
import stat
import warnings
from dataclasses import dataclass
from pathlib import Path

from daemon.errors import JobError
from daemon.protocol.json_object import JsonObject
from daemon.records.png_text import NEGATIVE, PARAMETERS, RECORD, job_keys
from daemon.root.state_files import is_inside

MAX_FILE = 256 * 1024 * 1024
_PAIR = re.compile(r'\s*([A-Za-z][\w \-/]*):\s*("(?:\\.|[^"\\])*"|[^,]*)(?:,|$)')
_NONE = JobError(
    "This picture carries no record of how it was made.",
    why="A picture can be rendered again only from the text Hotfolder or AUTOMATIC1111 put in it.",
    remedy="Drop the .json that lay beside it, or write a job file.",
)


def job_text_from_png(file: Path) -> bytes:
    """The job in the PNG at `file`, as JSON. Raises JobError."""
    text = _texts(file)
    ours = text.get(RECORD)
    if ours:
        return ours.encode("utf-8", "replace")
    parameters = text.get(PARAMETERS)
    if not parameters:
        raise JobError(_NONE.what, why=_NONE.why, remedy=_NONE.remedy)
    return json.dumps(from_parameters(parameters)).encode("ascii")


@dataclass(frozen=True, slots=True)
class Origin:
    """The job that made a picture, and the project it lay in (a/b or "")."""

    job: int
    project: str


def origin_of(text: bytes) -> Origin | None:
    """What the record of a picture (see `job_text_from_png`) says of where it came from."""
    try:
        result = json.loads(text)["result"]
        job, project = result["job"], result["project"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    is_ours = type(job) is int and isinstance(project, str)
    is_safe = is_ours and (not project or (is_inside(project) and "/." not in f"/{project}"))
    return Origin(job, project) if is_safe else None


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


def from_parameters(text: str) -> JsonObject:
    """A job from AUTOMATIC1111's text: prompt, negative prompt, and a last line of settings."""
    lines = text.strip().split("\n")
    settings: dict[str, str] = {}
    if lines and re.match(r"\s*Steps:\s*\d", lines[-1]):
        settings = {key: value.strip('"') for key, value in _PAIR.findall(lines.pop())}
    prompt, _, negative = "\n".join(lines).partition(NEGATIVE)
    job = {"prompt": prompt.strip()}
    if negative.strip():
        job["negative_prompt"] = negative.strip()
    return job | job_keys(settings)

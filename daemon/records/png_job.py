"""The job a finished picture carries: ours, or AUTOMATIC1111's `parameters` text.

Has a PNG's text chunks read and no pixel decoded. The answer is JSON bytes for `read_job`.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from daemon.errors import JobError
from daemon.protocol.json_object import JsonObject
from daemon.records.png_text import NEGATIVE, PARAMETERS, RECORD, job_keys
from daemon.root.state_files import is_inside
from daemon.sandbox.answer import TEXTS
from daemon.sandbox.client import Sandbox
from daemon.sandbox.descriptor import open_regular
from daemon.sandbox.looks import MAX_FILE, too_large

_PAIR = re.compile(r'\s*([A-Za-z][\w \-/]*):\s*("(?:\\.|[^"\\])*"|[^,]*)(?:,|$)')
_NONE = JobError(
    "This picture carries no record of how it was made.",
    why="A picture can be rendered again only from the text Hotfolder or AUTOMATIC1111 put in it.",
    remedy="Drop the .json that lay beside it, or write a job file.",
)


def job_text_from_png(file: Path, sandbox: Sandbox) -> bytes:
    """The job in the PNG at `file`, as JSON. Raises JobError, StillLookingError, OSError."""
    descriptor = open_regular(file, shown="The picture")
    try:
        if os.fstat(descriptor).st_size > MAX_FILE:
            raise too_large(file.name)
        text = sandbox.look(TEXTS, descriptor, name=file.name, keywords=(RECORD, PARAMETERS)).texts
    finally:
        os.close(descriptor)
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

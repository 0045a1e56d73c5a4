"""The job a finished picture carries: ours, AUTOMATIC1111's text, or another tool's JSON.

Has the texts of a PNG, JPEG or WebP read and no pixel decoded. The answer is JSON bytes for
`read_job`, which knows the tools.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from daemon.errors import JobError, NeverAJobError, StillLookingError
from daemon.jobfile.a1111_settings import from_parameters
from daemon.jobfile.a1111_text import has_settings
from daemon.jobfile.foreign import comfyui, invokeai_graph
from daemon.records.png_text import PARAMETERS, RECORD
from daemon.root.state_files import is_inside
from daemon.sandbox.answer import TEXTS
from daemon.sandbox.client import Sandbox
from daemon.sandbox.descriptor import open_regular
from daemon.sandbox.looks import MAX_FILE, too_large

USER_COMMENT = "UserComment"
"""The text of a picture's EXIF, or of its XMP, where PNG's own `parameters` has no place."""

_JSON_KEYS = ("invokeai_metadata", "sd-metadata", "generation_data", "Comment")
_IN_PIECES = (
    "prompt", "negative_prompt", "seed", "width", "height", "num_inference_steps", "guidance_scale",
    "sampler_name", "scheduler_name", "use_stable_diffusion_model", "use_lora_model", "clip_skip",
    "num_outputs",
)  # fmt: skip
"""Easy Diffusion's keys, each a text of its own."""
_GRAPHS = ("workflow", "prompt")
_INVOKEAI_GRAPHS = ("invokeai_graph", "invokeai_workflow", "Dream", "dream")
KEYWORDS = (
    RECORD, PARAMETERS, USER_COMMENT, "comment", *_JSON_KEYS, *_GRAPHS, *_INVOKEAI_GRAPHS,
    *_IN_PIECES,
)  # fmt: skip


def job_text_from_png(file: Path, sandbox: Sandbox) -> bytes:
    """The job in the PNG, JPEG or WebP at `file`, as JSON, in the words of whoever wrote it.
    Raises NeverAJobError, StillLookingError, OSError."""
    try:
        return _text_in(file, sandbox)
    except (StillLookingError, NeverAJobError):
        raise
    except JobError as error:  # nobody mends what a picture says inside
        raise NeverAJobError(error.what, why=error.why, remedy=error.remedy) from None


def _text_in(file: Path, sandbox: Sandbox) -> bytes:
    descriptor = open_regular(file, shown="The picture")
    try:
        if os.fstat(descriptor).st_size > MAX_FILE:
            raise too_large(file.name)
        text = sandbox.look(TEXTS, descriptor, name=file.name, keywords=KEYWORDS).texts
    finally:
        os.close(descriptor)
    return job_text(text)


def job_text(texts: Mapping[str, str]) -> bytes:
    """The job that a picture's texts, by keyword, carry. Raises JobError."""
    if ours := texts.get(RECORD):
        return ours.encode("utf-8", "replace")
    for key in (PARAMETERS, USER_COMMENT, "comment"):
        if (said := texts.get(key)) and (found := _said(said, is_meant=key == PARAMETERS)):
            return found
    for key in _JSON_KEYS:
        if (said := texts.get(key)) and _is_object(said):
            return said.encode("utf-8", "replace")
    if "prompt" in texts and "num_inference_steps" in texts:
        pieces = {key: texts[key] for key in _IN_PIECES if key in texts}
        return json.dumps({"use_stable_diffusion_model": "", **pieces}).encode("ascii")
    if any(key in texts for key in _INVOKEAI_GRAPHS):
        raise invokeai_graph()
    if any(texts.get(key, "").lstrip().startswith("{") for key in _GRAPHS if key in texts):
        raise comfyui()
    raise NeverAJobError(
        "This picture carries no record of how it was made.",
        why="A picture can be rendered again only from the text that Hotfolder, A1111 or another "
        "tool put in it.",
        remedy="Drop the .json that lay beside it, or write a job file.",
    )


def _said(text: str, *, is_meant: bool) -> bytes | None:
    """The job in one text: a tool's JSON as it stands, or A1111's. None for a camera's comment;
    a text that `is_meant` for us is a prompt if it is nothing else. Raises JobError."""
    text = text.strip()
    if _is_object(text):
        return text.encode("utf-8", "replace")
    if re.match(r'(?:\[\s*)?\{\s*"', text):
        raise JobError(
            "The record in this picture is JSON that breaks off or is spoiled.",
            why="Some program has cut it; painted as a prompt it would be nonsense.",
            remedy="Drop the picture as its tool wrote it, or write a job file.",
        )
    if not is_meant and not has_settings(text):
        return None
    return json.dumps(from_parameters(text)).encode("ascii")


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


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

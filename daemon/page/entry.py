"""What the page knows of one picture: a line of its data, made from the sidecar beside it.

Knows the keys of a sidecar (docs/records.md) and nothing of files but where that one lies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from daemon.fs.read import read_file
from daemon.page.places import strokes_of

MAX_SIDECAR = 4_000_000
_SHA256 = re.compile(r"[0-9a-f]{64}")
STAGES = ("load", "encode_prompt", "encode_references", "encode_image", "denoise", "decode", "save")


@dataclass(frozen=True, slots=True)
class Entry:
    """`path` is below the outbox, with / between; `changed` when its file was (Unix milliseconds);
    `at` an ISO time or ""; `job` the job block of
    its record, which dropped anew makes the picture again; `written` the prompt as a person wrote
    it; `timings` seconds by stage; `steps` seconds of each step; `board` what a board says of
    it; `thumb` where its small picture lies, or will, and `drawn` those of the drawings and other
    control pictures that it follows, one for each of its job's `controls`."""

    path: str
    changed: int
    name: str
    at: str = ""
    number: int | None = None
    width: int | None = None
    height: int | None = None
    seed: int | None = None
    written: str = ""
    job: Mapping[str, object] = field(default_factory=dict)
    timings: Mapping[str, float] = field(default_factory=dict)
    steps: tuple[float, ...] = ()
    total: float | None = None
    warnings: tuple[str, ...] = ()
    board: Mapping[str, object] = field(default_factory=dict)
    model: str = ""
    thumb: str = ""
    drawn: tuple[str, ...] = ()

    def to_json(self) -> str:
        """One line, ASCII: no sign in a prompt can end a script or a line of it."""
        return json.dumps({key: value for key, value in asdict(self).items() if value})


def entry_of(outbox: Path, relative: str, changed: int, thumb: str = "") -> Entry:
    """The picture at outbox/RELATIVE as its sidecar tells it; where there is none, or one that says
    nothing, its name alone."""
    picture = outbox / relative
    bare = Entry(relative, changed, Path(relative).stem, thumb=thumb)
    record = _record(picture.with_suffix(".json"))
    job, result = record.get("job"), record.get("result")
    if not isinstance(job, dict) or not isinstance(result, dict):
        return bare
    timings = result.get("timings")
    timings = timings if isinstance(timings, dict) else {}
    board, model = job.get("board"), result.get("model")
    board = board if isinstance(board, dict) else {}
    typed = job.get("written")  # the prompts as typed, where style, cast or vary made more of them
    typed = typed.get("prompt") if isinstance(typed, dict) else None
    written = board.get("prompt") or typed or job.get("prompt")
    return Entry(
        path=relative,
        changed=changed,
        name=bare.name,
        at=_text(result.get("finished_at")),
        number=_whole(result.get("job")),
        width=_whole(result.get("width")),
        height=_whole(result.get("height")),
        seed=_whole(result.get("seed")),
        written=_text(written),
        job=job,
        timings={key: _seconds(timings.get(key)) for key in STAGES if timings.get(key)},
        steps=tuple(round(_seconds(each), 4) for each in _listed(timings.get("steps"))),
        total=_seconds(timings.get("total")) or None,
        warnings=tuple(_text(each) for each in _listed(result.get("warnings"))),
        board=board,
        model=_text(model.get("name")) if isinstance(model, dict) else "",
        thumb=thumb,
        drawn=tuple(
            strokes_of(relative, number) if sha256 else ""
            for number, sha256 in enumerate(contents_of_drawings(job), 1)
        ),
    )


def contents_of_drawings(job: Mapping[str, object]) -> list[str]:
    """The sha256 of each of a job's `controls`; "" of one that is not named by its content."""
    said = [each.get("sha256") for each in _listed(job.get("controls")) if isinstance(each, dict)]
    return [one if isinstance(one, str) and _SHA256.fullmatch(one) else "" for one in said]


def _record(sidecar: Path) -> dict[str, object]:
    try:
        found = json.loads(read_file(sidecar, MAX_SIDECAR))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []

"""What a person thought of pictures, from `marks.json` of the page: those rejected are put aside.

`outbox/ep/060-1.png` and its record move to `outbox/ep/rejected/`. Nothing is deleted or
overwritten; what was kept, and notes, change no file. May be repeated after a crash half-way.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from daemon.errors import JobError
from daemon.fs.naming import move_to_folder
from daemon.fs.read import read_regular

REJECTED = "rejected"
KEEP, REJECT = "keep", "reject"
PICTURE, RECORD = ".png", ".json"
MOST = 4_000_000


@dataclass(frozen=True, slots=True)
class Mark:
    """`picture` is a path below the outbox; `word` keep, reject or ""."""

    picture: str
    word: str = ""
    note: str = ""


def obey_marks(outbox: Path, file: Path) -> str:
    """Put aside what the marks in `file` reject; what was done, in words. Raises JobError for a
    file that says nothing, OSError."""
    try:
        content = json.loads(read_regular(file, limit=MOST))
    except (ValueError, RecursionError) as error:
        raise _wrong(f"they are no JSON ({error})") from None
    return put_aside(outbox, marks_in(content))


def marks_in(content: object) -> list[Mark]:
    """What the content of a marks file says. Raises JobError."""
    items = content.get("marks") if isinstance(content, Mapping) else None
    if not isinstance(items, list):
        raise _wrong("`marks` must be a list")
    return list(_marks(items))


def _marks(items: list[object]) -> Iterator[Mark]:
    for number, item in enumerate(items, start=1):
        said = item if isinstance(item, Mapping) else {}
        picture, word, note = (said.get(key) or "" for key in ("picture", "mark", "note"))
        if not (isinstance(picture, str) and isinstance(note, str) and _is_below(picture)):
            raise _wrong(f"mark {number} names no picture of the outbox")
        if word not in (KEEP, REJECT, ""):
            raise _wrong(f"mark {number} is neither {KEEP} nor {REJECT}")
        yield Mark(picture, str(word), note)


def _is_below(picture: str) -> bool:
    parts = picture.split("/")
    return picture.lower().endswith(PICTURE) and not any(
        part in ("", ".", "..") or part.startswith(".") or "\0" in part for part in parts
    )


def _wrong(what: str) -> JobError:
    return JobError(
        f"These marks can't be read: {what}.",
        remedy="Save them once more with the button of the page, and drop that file.",
    )


def put_aside(outbox: Path, marks: list[Mark]) -> str:
    """Move what was rejected; what was done, in words. Raises OSError."""
    moved = sum(_reject(outbox, mark.picture) for mark in marks if mark.word == REJECT)
    wanted = sum(mark.word == REJECT for mark in marks)
    kept, notes = sum(mark.word == KEEP for mark in marks), sum(bool(mark.note) for mark in marks)
    told = [f"{moved} put into {REJECTED}/"] if wanted else []
    if wanted > moved:
        told.append(f"{wanted - moved} not there any more")
    told += [f"{kept} kept"] if kept else []
    told += [f"{notes} with a note"] if notes else []
    return "marks: " + (", ".join(told) or "none")


def _reject(outbox: Path, picture: str) -> bool:
    """Move a picture and its record into the folder beside it; whether it was there."""
    path = outbox / picture
    aside = path.parent / REJECTED
    inside = os.path.realpath(path.parent)
    if not Path(inside).is_relative_to(os.path.realpath(outbox)) or path.is_symlink():
        return False
    name, there = path.name, path.is_file()
    if path.parent.name == REJECTED:
        return there
    if there:
        aside.mkdir(exist_ok=True)
        name = move_to_folder(path, aside, path.name).name
    record = path.with_suffix(RECORD)
    moved = aside / name
    if record.is_file() and moved.is_file():
        move_to_folder(record, aside, moved.with_suffix(RECORD).name)
    return there

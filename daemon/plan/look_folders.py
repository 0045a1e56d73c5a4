"""Folders of pictures where one picture is named: each of them is meant.

Lists names only; what is in a file, `picture_store` finds out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from daemon.errors import JobError, NotYetError
from daemon.formats.kinds import SUFFIXES
from daemon.inbox.candidates import LITTER_FILES, LITTER_FOLDERS
from daemon.jobfile import Job, JobReference
from daemon.jobfile.schema import MAX_LOOKS
from daemon.text.printable import one_line

PICTURES = frozenset(SUFFIXES)
_TEXTS = frozenset({".txt", ".md", ".yaml", ".yml", ".json", ".rtf", ".pdf"})
_UNFINISHED = frozenset({".part", ".partial", ".crdownload", ".download", ".filepart", ".icloud"})
Find = Callable[[JobReference], Path | None]
"""Where what a reference names lies; None while it is not there."""


def expanded(job: Job, find: Find) -> Job:
    """The job with every folder among its references replaced by the pictures in it. Raises
    JobError, NotYetError for a folder that is not there or empty."""
    if not any(map(_may_be_folder, job.references)):
        return job
    references = tuple(one for each in job.references for one in _looks(each, find))
    return replace(job, references=references)


def pictures_in(folder: Path, typed: str) -> list[str]:
    """The names of the pictures in `folder`, which is called `typed`, as people count: 2 before 10.
    Raises JobError for a picture of a kind that can't be read, NotYetError where there is none."""
    try:
        names = [name for name in os.listdir(folder) if not is_of_the_system(name)]
    except OSError as error:
        raise JobError(
            f"The folder {one_line(typed, 120)} can't be looked into: {error.strerror}.",
            remedy="Make it a folder of yours that may be read.",
        ) from None
    files = sorted((name for name in names if not (folder / name).is_dir()), key=_as_counted)
    found = [name for name in files if Path(name).suffix.lower() in PICTURES]
    for name in files:
        suffix = Path(name).suffix.lower()
        if suffix in _UNFINISHED:
            raise NotYetError(f"The picture {typed.rstrip('/')}/{name} is not whole yet.")
        if suffix not in PICTURES | _TEXTS:
            raise no_picture(f"{typed.rstrip('/')}/{name}")
    if not found:
        raise NotYetError(
            f"The folder {one_line(typed, 120)} holds no picture.",
            remedy="Put PNG, JPEG, WebP or TIFF pictures into it.",
        )
    if len(found) > MAX_LOOKS:
        raise JobError(
            f"The folder {one_line(typed, 120)} holds {len(found)} pictures; at most {MAX_LOOKS} "
            "are followed at once.",
            remedy="Keep the few that show best what is meant, or name them one by one.",
        )
    return found


def is_of_the_system(name: str) -> bool:
    """Whether a file manager or a share put it there: nobody's picture."""
    return name.startswith(".") or name.casefold() in LITTER_FILES | LITTER_FOLDERS


def no_picture(shown: str) -> JobError:
    """What stands where a picture is wanted can't be read as one."""
    kind = Path(shown).suffix.lstrip(".").upper()
    return JobError(
        f"{one_line(shown, 120)} is {f'a {kind} file' if kind else 'a file'}, not a picture that "
        "can be followed.",
        why="Pictures are PNG, JPEG, WebP or TIFF here.",
        remedy="Save it as one of these, or take it out of the folder.",
    )


def _looks(reference: JobReference, find: Find) -> Iterator[JobReference]:
    place = find(reference) if _may_be_folder(reference) else None
    if place is None and not reference.image.endswith("/"):
        yield reference
        return
    if place is None:
        raise NotYetError(
            f"The folder {one_line(reference.image, 120)} is not there.",
            line=reference.line,
            key="look",
            why="It was looked for beside the job file and in the library folders.",
            remedy="Put it there, with pictures in it, or correct its name.",
        )
    if not place.is_dir():
        yield reference
        return
    try:
        names = pictures_in(place, reference.image)
    except JobError as error:
        error.line, error.key = error.line or reference.line, error.key or "look"
        raise
    for name in names:
        yield _one_of(reference, str(PurePosixPath(reference.image) / name), len(names))


def _one_of(reference: JobReference, image: str, count: int) -> JobReference:
    """One picture of a folder of `count`. Where a reference has a mask it acts by itself, and gets
    its part of the strength; without, all of them share it anyway."""
    part = count if reference.place or reference.mask else 1
    first, second = reference.params, reference.otherwise
    return replace(
        reference,
        image=image,
        params=replace(first, scale=first.scale / part),
        otherwise=replace(second, scale=second.scale / part) if second else None,
    )


def _may_be_folder(reference: JobReference) -> bool:
    typed = reference.image
    return reference.sha256 is None and (typed.endswith("/") or not PurePosixPath(typed).suffix)


def _as_counted(name: str) -> list[tuple[int, str]]:
    return [
        (int(part), "") if part.isdecimal() and len(part) < 20 else (0, part)
        for part in re.split(r"(\d+)", name.casefold())
        if part
    ]

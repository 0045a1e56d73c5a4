"""Which names in the inbox may be jobs, and a walk over all of them.

Judges by name alone, opens nothing, remembers nothing. Standard library only, so that `status` of a
stopped daemon answers at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from daemon.root.layout import AGAIN_SUFFIXES, DEFAULTS_NAME, JOB_SUFFIXES


@dataclass(frozen=True, slots=True)
class Found:
    """A name that may be a job; `again` for a picture dropped to be rendered again."""

    path: Path
    again: bool


def is_candidate(path: Path, inbox: Path) -> bool:
    """By name alone: could this be a job file? Allow-list, since every tool leaves other litter."""
    name = path.name
    if name[0] in ".~#" or name == DEFAULTS_NAME or name.endswith(".schema.json"):
        return False
    suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122 (hot path)
    return suffix in JOB_SUFFIXES or is_again(path, inbox)


def is_again(path: Path, inbox: Path) -> bool:
    """By name alone: a picture in inbox/again/."""
    return path.parent == inbox / "again" and path.suffix.lower() in AGAIN_SUFFIXES


def walk(inbox: Path) -> Iterator[Found]:
    """Every candidate now, by listing everything."""
    stack = [inbox]
    while stack:
        folder = stack.pop()
        try:
            subfolders, names = list_folder(folder, inbox)
        except OSError:
            continue
        stack.extend(folder / name for name in subfolders)
        for name in names:
            yield Found(folder / name, folder == inbox / "again")


def list_folder(folder: Path, inbox: Path) -> tuple[list[str], list[str]]:
    """(sub-folders to descend into, candidates) of one folder. Raises OSError if unreadable."""
    subfolders, names = [], []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name[0] == ".":
                continue
            if entry.is_dir(follow_symlinks=False):
                subfolders.append(entry.name)
            elif is_candidate(Path(entry.path), inbox):
                names.append(entry.name)
    return subfolders, names

"""Which names in the inbox may be jobs, which are litter, and a walk over all of them.

Judges by name alone, opens nothing, remembers nothing. Standard library only, so that `status` of a
stopped daemon answers at once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from daemon.root.inbox_places import InboxPlace, place_of
from daemon.root.layout import (
    AGAIN_SUFFIXES,
    BOARD_SUFFIXES,
    DEFAULTS_NAMES,
    JOB_SUFFIXES,
    SPREADSHEETS,
    WHY_SUFFIX,
)

LITTER_FOLDERS = frozenset(
    {
        *("#recycle", "#snapshot", "@eadir", "@tmp", "@recycle", "@recently-snapshot"),
        *("$recycle.bin", "recycler", "recycled", "recycle.bin", "system volume information"),
        *("network trash folder", "temporary items", "thevolumesettingsfolder"),
        *("lost+found", "~snapshot", "_gsdata_", "__macosx", "__pycache__", "node_modules", "cvs"),
    }
)
"""Folders, whatever their case, that NAS, Windows, archivers and tools make beside people's files:
recycle bins, thumbnails, snapshots. Never looked into: a file deleted on a share is not dropped.
What begins with a dot (.Trashes, .stversions, .git) is left alone anyway."""

LITTER_FILES = frozenset(
    {"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "job.schema.json", "network trash folder"}
)
"""Files that file managers and editors put anywhere; job.schema.json is our own, for editors."""

DOCUMENT_FOLDERS = frozenset(
    {
        *(".app", ".bundle", ".framework", ".plugin", ".kext", ".pkg", ".mpkg", ".workflow"),
        *(".rtfd", ".pages", ".numbers", ".key", ".textbundle", ".scriv", ".photoslibrary"),
        *(".lproj", ".xcodeproj", ".playground", ".logicx", ".band", ".fcpbundle", ".webarchive"),
        *(".sparsebundle", ".download", ".icloud"),
    }
)
"""Endings of folders that the Finder shows as one file; never looked into either."""

_PLACEHOLDER = ".icloud"

_SUFFIXES = frozenset((*JOB_SUFFIXES, *BOARD_SUFFIXES, *SPREADSHEETS))

_CONFLICT = re.compile(
    r"\.sync-conflict-\d{8}-\d{6}"  # Syncthing
    r"|\((?:[^()]*\s)?conflict(?:ed copy|ing copy|\b)[^()]*\)"  # Dropbox, Nextcloud, Unison
    r"|\(sfconflict\b[^()]*\)|\[conflict(?:ed)?\]|\.conflict$"  # Seafile, Drive, pCloud, Resilio
    r"|\((?:[^()]*\s)?(?:in konflikt|en conflit|en conflicto|in conflitto)\b[^()]*\)"
    r"|-(?:desktop|laptop)-[a-z0-9]{7}$",  # OneDrive
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A name that may be a job; `again` for a picture that is to be made again."""

    path: Path
    again: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """What one folder holds: sub-folders to descend into, names that may be jobs, and all others
    but litter."""

    subfolders: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def is_candidate(path: Path, inbox: Path) -> bool:
    """By name alone: could this be a job file? Allow-list, since every tool leaves other litter."""
    return may_be_job(path.name, lambda: bool(place_in(path.parent, inbox).remake))


def may_be_job(name: str, remakes: Callable[[], bool]) -> bool:
    """The same of a name; `remakes` says whether pictures are made again where it lies."""
    if is_passed_over(name):
        return False
    stem, suffix = os.path.splitext(name.lower())  # noqa: PTH122 (hot path)
    if suffix in _SUFFIXES:
        if suffix == ".txt":
            return not hides_an_ending(stem)
        return suffix != ".json" or not remakes()
    return suffix in AGAIN_SUFFIXES and remakes()


def is_passed_over(name: str) -> bool:
    """Whether no job, and no picture to be made again, may be called so, whatever its ending."""
    if name[0] in ".~#" or name.endswith((".schema.json", WHY_SUFFIX)):
        return True
    return is_meant_as_defaults(os.path.splitext(name)[0])  # noqa: PTH122 (hot path)


def is_again(path: Path, inbox: Path) -> bool:
    """By name alone: a picture in one of the folders in which pictures are made again. Their
    records, which lie beside them in the outbox, may come along and are no jobs there."""
    return path.suffix.lower() in AGAIN_SUFFIXES and bool(place_in(path.parent, inbox).remake)


def place_in(folder: Path, inbox: Path) -> InboxPlace:
    """What a folder of the inbox says of the files in it."""
    return place_of(folder.relative_to(inbox).as_posix())


def is_meant_as_defaults(stem: str) -> bool:
    """Whether a file of this name, its ending aside, holds a folder's defaults or was meant to."""
    return stem[0] == "_" and stem.casefold() in ("_default", "_defaults")


def hides_an_ending(stem: str) -> bool:
    """Whether a name without its last ending still has one: `shot.yaml` of shot.yaml.txt."""
    return os.path.splitext(stem)[1].lower() in (*JOB_SUFFIXES, ".rtf", ".md")  # noqa: PTH122


def is_litter(name: str) -> bool:
    """Whether a file is nobody's business: hidden, or put there by a program for itself."""
    return name[0] == "." or name.casefold() in LITTER_FILES


def in_the_cloud(name: str) -> str:
    """The name of the file in whose place this one lies until it is downloaded again, as iCloud
    Drive does it (`.shot.yaml.icloud`); "" for any other."""
    hidden = name[0] == "." and name.endswith(_PLACEHOLDER)
    return name[1:].removesuffix(_PLACEHOLDER) if hidden else ""


def is_conflict_copy(name: str) -> bool:
    """Whether a sync client has named this file: two machines changed one file at once."""
    return _CONFLICT.search(os.path.splitext(name)[0]) is not None  # noqa: PTH122


def walk(inbox: Path) -> Iterator[Found]:
    """Every candidate now, by listing everything."""
    for folder, listing in listings(inbox):
        for name in listing.names:
            yield Found(folder / name, is_again(folder / name, inbox))


def listings(inbox: Path) -> Iterator[tuple[Path, Listing]]:
    """Every folder of the inbox that can be listed, itself first, with what it holds now."""
    stack = [inbox]
    while stack:
        folder = stack.pop()
        try:
            listing = list_folder(folder, inbox)
        except OSError:
            continue
        stack.extend(folder / name for name in listing.subfolders)
        yield folder, listing


def list_folder(folder: Path, inbox: Path) -> Listing:
    """What lies in one folder. Raises OSError if it can't be listed."""
    found = Listing()
    remakes = cache(lambda: bool(place_in(folder, inbox).remake))  # of ten thousand files once
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_litter(entry.name):
                if in_the_cloud(entry.name):
                    found.others.append(entry.name)
                continue
            if entry.is_dir(follow_symlinks=False):
                if is_project(entry.name):
                    found.subfolders.append(entry.name)
                elif not is_litter_folder(entry.name):
                    found.others.append(entry.name)
            elif may_be_job(entry.name, remakes):
                found.names.append(entry.name)
            else:
                found.others.append(entry.name)
    return found


def is_project(name: str) -> bool:
    """Whether a folder of this name is looked into."""
    if name[0] == "." or name in DEFAULTS_NAMES or is_litter_folder(name):
        return False
    return os.path.splitext(name.casefold())[1] not in DOCUMENT_FOLDERS  # noqa: PTH122 (hot path)


def is_litter_folder(name: str) -> bool:
    """Whether a folder holds what a share or a tool keeps for itself."""
    known = name.casefold()
    return known in LITTER_FOLDERS or re.fullmatch(r"found\.\d{3}", known) is not None

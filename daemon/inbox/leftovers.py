"""Files of an inbox that are no jobs, told from the disk alone while no daemon looks at them.

The same words as a daemon's. Whether a job names a picture is told by what waiting jobs mention and
by what the store of pictures keeps; mistakes in defaults by the letter beside them. Reads, and
changes nothing; standard library only, since `status` asks.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from unicodedata import normalize

from daemon.formats.kinds import SUFFIXES
from daemon.fs.read import open_file
from daemon.inbox.candidates import is_again, listings, walk
from daemon.inbox.drawn_folders import DrawnFolders
from daemon.inbox.remedies import Remedy, remedy_for
from daemon.inbox.settle import MAX_BYTES
from daemon.root.kept_pictures import has_named
from daemon.root.layout import AGAIN_SUFFIXES, DEFAULTS_NAMES, WHY_SUFFIX, Layout
from daemon.root.our_page import is_our_page

STILL = 10.0
"""Seconds without change after which a file is taken to be what it is going to be."""

MOST_TEXT = 32_000_000
"""Bytes of waiting jobs that are searched for the names of pictures."""


def leftovers(layout: Layout, *, wall: float) -> list[tuple[str, Remedy]]:
    """Every file that is no job and that no job names, below the inbox and by name, with its cure;
    `wall` is now, in seconds since 1970. What cannot be listed is left out."""
    known, drawn = _Known(layout), DrawnFolders(layout)
    others = (path for path in _others(layout.inbox) if not _is_drawing(path, drawn))
    found = ((path, _judged(path, layout, known, wall)) for path in others)
    told = [
        (path.relative_to(layout.inbox).as_posix(), remedy)
        for path, remedy in found
        if remedy is not None
    ]
    return sorted(told, key=lambda each: each[0])


def is_ours(path: Path) -> bool:
    """Whether we wrote a file ourselves: a letter about a folder's defaults, beside them, or the
    page of a folder of the outbox that was copied here with its pictures."""
    about = path.name.removesuffix(WHY_SUFFIX)
    return (about in DEFAULTS_NAMES and path.name != about) or is_our_page(path)


# --- inside ---------------------------------------------------------------------------------------


def _others(inbox: Path) -> Iterator[Path]:
    for folder, listing in listings(inbox):
        yield from (folder / name for name in listing.others)


def _is_drawing(path: Path, drawn: DrawnFolders) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode) and drawn.owns(path)
    except OSError:
        return False


def _judged(path: Path, layout: Layout, known: _Known, wall: float) -> Remedy | None:
    try:
        facts = os.lstat(path)
    except OSError:
        return None
    if path.name in DEFAULTS_NAMES:
        return _of_defaults(path, facts)
    is_new = wall - max(facts.st_ctime, facts.st_mtime) < STILL
    if is_new or is_ours(path):
        return None
    if stat.S_ISREG(facts.st_mode) and path.suffix.lower() in SUFFIXES and known.names(path, facts):
        return None
    if _is_record_of_waiting(path, layout.inbox):
        return None
    leads = os.path.exists(path) if stat.S_ISLNK(facts.st_mode) else True  # noqa: PTH110
    relative = path.relative_to(layout.inbox).as_posix()
    return remedy_for(relative, facts.st_mode, facts.st_size, leads=leads)


def _is_record_of_waiting(path: Path, inbox: Path) -> bool:
    """Whether a picture that is to be made again lies beside it."""
    return path.suffix == ".json" and any(
        is_again(picture, inbox) and os.path.exists(picture)  # noqa: PTH110 (may not raise)
        for picture in map(path.with_suffix, AGAIN_SUFFIXES)
    )


def _of_defaults(path: Path, facts: os.stat_result) -> Remedy | None:
    """A mistake that a daemon has found, unless they were changed since."""
    letter = path.name + WHY_SUFFIX
    try:
        told_at = os.lstat(path.with_name(letter)).st_mtime_ns
    except OSError:
        return None
    if facts.st_mtime_ns > told_at:
        return None
    return Remedy("there is a mistake in them", f"{letter} says which; the jobs below wait.")


class _Known:
    """The pictures that jobs name or have named. What it looks up, it looks up once."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def names(self, path: Path, facts: os.stat_result) -> bool:
        if normalize("NFC", path.name) in self._mentioned:
            return True
        if facts.st_size not in self._sizes:
            return False
        try:
            with open_file(path) as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return False
        return has_named(self._layout.references, digest, facts)

    @cached_property
    def _mentioned(self) -> str:
        """What waiting jobs say, all of it."""
        texts, left = [], MOST_TEXT
        for job in walk(self._layout.inbox):
            if left <= 0 or job.again:
                continue
            try:
                with open_file(job.path) as file:
                    text = file.read(min(left, MAX_BYTES))
            except OSError:
                continue
            left -= len(text)
            texts.append(normalize("NFC", text.decode("utf-8", "replace")))
        return "\n".join(texts)

    @cached_property
    def _sizes(self) -> frozenset[int]:
        """Of the pictures in the store."""
        try:
            with os.scandir(self._layout.references) as entries:
                return frozenset(entry.stat().st_size for entry in entries)
        except OSError:
            return frozenset()

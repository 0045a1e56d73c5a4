"""The folder `boards/`: which boards lie there, and whether anything about one has changed.

Opens no board. A disk that is away is told apart from boards that were taken away.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from daemon.inbox.candidates import hides_an_ending
from daemon.root.layout import (
    BOARD_SUFFIXES,
    DEFAULTS_NAMES,
    JOB_SUFFIXES,
    SPREADSHEETS,
    WHY_SUFFIX,
    Layout,
)

PAUSED = ".paused"
"""A file in a board's folder while it is paused."""

MARK = ".hotfolder"
"""A file in `boards/` once there was a board: an empty folder without it is where a disk is
mounted that is away."""

MOST_LOOKED_AT = 5_000
"""Files of one folder whose times are looked at."""

UNKNOWN = ("?",)
"""The `others` of a folder that can't be looked into."""

Stamp = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A board's folder: `file` is what to read, None while none lies there; `others` may be boards
    as well."""

    folder: Path
    file: Path | None
    others: tuple[str, ...] = ()

    @property
    def is_paused(self) -> bool:
        return os.path.lexists(self.folder / PAUSED)


def places(layout: Layout) -> list[Place] | None:
    """Every board's folder by name; None where that can't be told now."""
    names = board_names(layout)
    if names is None:
        return None
    return [found for name in names if (found := place_named(layout, name)) is not None]


def board_names(layout: Layout) -> list[str] | None:
    """What in `boards/` may be a board's folder, by name; None where it can't be looked into now,
    or is empty and never held one, which says nothing of what lies there."""
    try:
        names = sorted(os.listdir(layout.boards))
    except OSError:
        return None
    folders = [name for name in names if not name.startswith(".")]
    if folders and MARK not in names:
        with contextlib.suppress(OSError):
            (layout.boards / MARK).touch()
    if not folders and MARK not in names:
        return None
    return folders


def place_named(layout: Layout, name: str) -> Place | None:
    """The board's folder of that name, if it is one."""
    folder = layout.boards / name
    return place_of(folder) if _may_be(folder) else None


def board_folders(layout: Layout) -> list[str]:
    """The names of the folders in `boards/`, as far as it can be looked into; marks nothing."""
    try:
        names = sorted(os.listdir(layout.boards))
    except OSError:
        return []
    return [n for n in names if not n.startswith(".") and _may_be(layout.boards / n)]


def _may_be(folder: Path) -> bool:
    """A folder, or a link that leads nowhere: a disk that is away."""
    return os.path.isdir(folder) or (  # noqa: PTH112 (Path.is_dir raises where we may not look)
        folder.is_symlink() and not os.path.exists(folder)  # noqa: PTH110
    )


def place_of(folder: Path) -> Place:
    """A folder of `boards/`, and what in it is the board."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return Place(folder, None, UNKNOWN)
    boards = sorted((name for name in names if is_board(name)), key=partial(_rank, folder.name))
    boards = boards or [name for name in names if is_board(name, SPREADSHEETS)]
    file = folder / boards[0] if boards else None
    return Place(folder, file, tuple(boards[1:]))


def _rank(folder: str, name: str) -> tuple[int, str]:
    """The board is called board, or as its folder is; a text may be a list, or somebody's notes."""
    stem = Path(name).stem.casefold()
    known = ("board", folder.casefold())
    is_text = Path(name).suffix.lower() == ".txt"
    return known.index(stem) if stem in known else len(known) + is_text, name


def is_board(name: str, endings: Sequence[str] = (*JOB_SUFFIXES, *BOARD_SUFFIXES)) -> bool:
    """By name alone: a file that may be a board."""
    return (
        Path(name).suffix.lower() in endings
        and not name.startswith((".", "~", "_"))
        and not name.endswith(WHY_SUFFIX)
        and name not in DEFAULTS_NAMES
        and not _hides_its_ending(name)
    )


def _hides_its_ending(name: str) -> bool:
    """board.yaml.txt, which the Finder shows as board.yaml."""
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 (a name, no path)
    return suffix.lower() == ".txt" and hides_an_ending(stem)


def looks_of(layout: Layout, place: Place) -> str:
    """How a board, its defaults and its pictures look, and the root's cast; equal while nothing of
    them was saved."""
    return looks_together(looks_around(layout), looks_within(place))


def looks_together(around: str, within: str) -> str:
    """`looks_of` from its two parts."""
    return _digest((around, within))


def looks_within(place: Place) -> str:
    """The part of `looks_of` that is the board's alone."""
    return _digest((str(place.file), place.others, *_times(place.folder)))


def looks_around(layout: Layout) -> str:
    """The part of `looks_of` that all boards share."""
    return _digest((*_times(layout.boards, files_only=True), *_times(layout.cast)))


def looks_of_files(files: Iterable[str]) -> str:
    """The same of single files, "" of none."""
    found = tuple(_times_of(files))
    return _digest(found) if found else ""


def _digest(facts: object) -> str:
    return hashlib.sha256(repr(facts).encode("utf-8", "replace")).hexdigest()


def _times_of(files: Iterable[str]) -> Iterator[Stamp]:
    for file in files:
        try:
            facts = os.stat(file)  # noqa: PTH116 (thousands of them, each look)
        except OSError as error:
            yield file, error.errno
        else:
            yield file, facts.st_size, facts.st_mtime_ns


def _times(folder: Path, *, files_only: bool = False, deep: bool = True) -> Iterator[Stamp]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda each: each.name)[:MOST_LOOKED_AT]
        for each in entries:
            if each.name.startswith(".") or each.name.endswith(WHY_SUFFIX):
                continue
            if each.is_dir():
                if deep and not files_only:
                    yield from _times(folder / each.name, deep=False)
                continue
            facts = each.stat()
            yield each.name, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns
    except OSError as error:
        yield str(folder), error.errno

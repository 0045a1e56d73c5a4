"""Names that are free and fit: NAME, NAME-2, NAME-3 … within what the disk takes.

The same file dropped ten thousand times must not make the ten thousandth look at ten thousand
names. Knows nothing of what the files are.
"""

from __future__ import annotations

import errno
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

from daemon.fs.atomic import move_new

ONE_BY_ONE = 16
"""Up to here the very first gap is found; beyond it, the gap after the highest run of names."""

MOST = 1 << 30


def first_free(is_free: Callable[[int], bool]) -> int | None:
    """A free number from 1 up, the one before it taken (or it is 1); None if there is none."""
    for number in range(1, ONE_BY_ONE + 1):
        if is_free(number):
            return number
    taken, free = ONE_BY_ONE, ONE_BY_ONE * 2
    while not is_free(free):
        taken, free = free, free * 2
        if free > MOST:
            return None
    while free - taken > 1:
        middle = (taken + free) // 2
        if is_free(middle):
            free = middle
        else:
            taken = middle
    return free


def name_key(stem: str) -> str:
    """The form in which two names are the same on any disk: NFC and case-folded."""
    return unicodedata.normalize("NFC", stem).casefold()


def has_room_for_names(folder: Path) -> bool:
    """Whether a name of any length this disk takes, and our drafts beside it, fit into a path."""
    return len(os.fsencode(folder)) + 300 < _path_limit(folder.anchor)


def _path_limit(anchor: str) -> int:
    try:
        return os.pathconf(anchor, "PC_PATH_MAX")
    except (OSError, ValueError):
        return 1024  # macOS; more elsewhere


def fit(stem: str, tail: str, limit: int = 255) -> str:
    """`stem + tail`, the stem cut so that the name has at most `limit` bytes on disk."""
    room = limit - len(os.fsencode(tail))
    while len(os.fsencode(stem)) > room:
        stem = stem[:-1]
    return stem + tail


def free_name(folder: Path, name: str, suits: Callable[[Path], bool] = lambda _path: True) -> Path:
    """NAME.ext, or NAME-2.ext, NAME-3.ext … : one that `folder` does not hold, and that `suits`."""
    stem, dot, suffix = name.rpartition(".")
    stem, tail = (stem, dot + suffix) if stem else (name, "")
    limit = name_limit(folder)

    def numbered(number: int) -> Path:
        mark = "" if number == 1 else f"-{number}"
        return folder / fit(stem, mark + tail, limit)

    def is_free(number: int) -> bool:
        path = numbered(number)
        return not os.path.lexists(path) and suits(path)

    number = first_free(is_free)
    if number is None:
        raise FileExistsError(errno.EEXIST, "too many files of one name", str(folder / name))
    return numbered(number)


def name_limit(folder: Path) -> int:
    """Bytes of a name in this folder: 255 on most disks, 143 on some that encrypt names."""
    try:
        return min(255, os.pathconf(folder, "PC_NAME_MAX"))
    except (OSError, ValueError):
        return 255


def move_to_folder(source: Path, folder: Path, name: str) -> Path:
    """Move `source` into `folder` under `name` or the next free one; returns where it went."""
    while True:
        target = free_name(folder, name)
        try:
            move_new(source, target)
        except FileExistsError:
            continue
        return target

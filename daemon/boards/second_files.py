"""A second board in a folder in which another is read: it has a letter that says so.

Tells boards from lists and notes by what they hold. Only a letter that we wrote is ever removed.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

from daemon.boards.belongings import text_of
from daemon.boards.folder import Place
from daemon.errors import JobError
from daemon.fs import atomic
from daemon.fs.read import read_regular
from daemon.root.layout import BOARD_SUFFIXES, WHY_SUFFIX
from daemon.root.letters import letter_of, may_lie_at

ONE_ALONE = "In a folder of boards/ lives one board."

_HAS_SHOTS = re.compile(r"""^[ {]*["']?shots["']?\s*:""", re.MULTILINE | re.IGNORECASE)

MOST_READ = 200_000
"""Bytes of a file that is asked whether it is a board."""


def tell_of_others(place: Place) -> list[str]:
    """Put a letter beside each board of a folder that is not the one that is read, and take away
    those that are true no longer; returns the names of files that are newly told of. Raises
    OSError."""
    if place.file is None:
        return []
    others = {name for name in place.others if is_certain(place.folder / name)}
    true = {letter_of(place.folder / name).name for name in others}
    for name in os.listdir(place.folder):
        is_letter = name.endswith(WHY_SUFFIX) and name not in true
        if is_letter and ONE_ALONE in _said(place.folder / name):
            (place.folder / name).unlink(missing_ok=True)
    return [name for name in sorted(others) if _put(place.folder / name, place.file.name)]


def second_refused(name: str, read: str) -> JobError:
    """What is said of a board called `name` in whose folder another is `read`."""
    return JobError(
        f"{name} is not rendered.",
        why=f"{ONE_ALONE} Here {read} is read, and this file is not.",
        remedy=f"{_APART}, or {_AWAY}.",
    )


_APART = "Make a folder of its own for it in boards/, or drop it into the inbox"
_AWAY = "take one of the two away"


def _put(file: Path, read: str) -> bool:
    said = second_refused(file.name, read)
    text = f"{said.what}\n\n{said.why}\n\nWhat to do now\n  - {_APART},\n  - or {_AWAY}.\n"
    letter, data = letter_of(file), text.encode("utf-8", "replace")
    if not may_lie_at(letter) or _said(letter) == data.decode():
        return False
    atomic.replace(letter, data)
    return True


def is_certain(file: Path) -> bool:
    """Whether it can only be a board: by its ending, its name, or what it says."""
    suffix = file.suffix.lower()
    if suffix in BOARD_SUFFIXES or file.stem.casefold() == "board":
        return True
    return suffix != ".txt" and _HAS_SHOTS.search(text_of(file, limit=MOST_READ)) is not None


def _said(letter: Path) -> str:
    with contextlib.suppress(OSError):
        return read_regular(letter).decode("utf-8", "replace")
    return ""

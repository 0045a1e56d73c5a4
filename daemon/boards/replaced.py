"""Whether a dropped board is another one than the board whose place it takes: then it is said.

Goes by runs of words in the two files, which a change of format or of some shots leaves standing.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

from daemon.boards.folder import place_of
from daemon.fs.read import read_regular

MOST_READ = 200_000
"""Bytes of each file that are compared."""

IN_COMMON = 0.2
"""The share of the shorter file's runs of words below which they are two boards."""

_WORD = re.compile(r"[^\W\d_]+")
_RUN = 3
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def replacing(home: Path, dropped: bytes) -> str:
    """What is said of a board that takes the place of the one in `home`, a folder of boards/; "" of
    its next version."""
    old = place_of(home).file
    before = _runs(_read(old)) if old is not None else set()
    now = _runs(dropped)
    least = min(len(before), len(now))
    if not least or len(before & now) >= IN_COMMON * least:
        return ""
    return (
        f"the board {home.name} is replaced by another one, with which it has hardly a line in "
        f"common. The one before goes to done/{home.name}/, its pictures stay; to keep both, drop "
        "the new one under another name."
    )


def replaced_by(home: Path, file: Path) -> str:
    """The same of a file that is to be dropped there."""
    return replacing(home, _read(file))


def _runs(data: bytes) -> set[tuple[str, ...]]:
    """Every three words that follow each other in a line; of a shorter line all of it. Comments are
    nobody's shots: those of an untouched `new board` would be a board of their own."""
    runs: set[tuple[str, ...]] = set()
    code = "utf-16" if data.startswith(_UTF16) else "utf-8"
    for line in data.decode(code, "replace").splitlines():
        if line.lstrip("\ufeff \t").startswith("#"):
            continue
        words = [word.casefold() for word in _WORD.findall(line)]
        last = max(1, len(words) - _RUN + 1) if len(words) > 1 else 0
        runs |= {tuple(words[at : at + _RUN]) for at in range(last)}
    return runs


def _read(file: Path) -> bytes:
    with contextlib.suppress(OSError):
        return read_regular(file, limit=MOST_READ)
    return b""

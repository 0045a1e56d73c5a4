"""The data files beside this package: outlines and words, one a line, `#` for a comment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from daemon.fs.read import read_file

DATA = Path(__file__).parent / "data"


def lines_of(name: str) -> Iterator[str]:
    """Its lines without comments and empty ones."""
    for line in read_file(DATA / name).decode("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()


def entries_of(name: str) -> Iterator[tuple[str, list[str]]]:
    """Its entries: a head, which a line begins with `=`, and the lines below it."""
    head, body = "", list[str]()
    for line in (*lines_of(name), "="):
        if line.startswith("="):
            if head:
                yield head, body
            head, body = line[1:].strip(), []
        else:
            body.append(line)

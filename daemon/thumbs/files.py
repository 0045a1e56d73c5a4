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

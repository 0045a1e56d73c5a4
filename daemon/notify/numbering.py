"""Which number the last event of earlier runs had. Standard library only."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from daemon.root.layout import Layout

TAIL = 1 << 18
"""Bytes at the end of a file in which its last whole line is looked for."""


def stream_files(layout: Layout) -> list[Path]:
    """The files that hold the stream, oldest first: those rotated away, and `hotfolder.jsonl`.
    What can't be listed is not there."""
    current = layout.jsonl_file
    try:
        names = os.listdir(current.parent)
    except OSError:
        return []
    rotated = [n for n in names if n.startswith(f"{current.stem}.") and n.endswith(current.suffix)]
    older = sorted(name for name in rotated if name != current.name)
    return [current.parent / name for name in older] + [current] * (current.name in names)


def last_number(layout: Layout) -> int:
    """The number of the last event in the stream, 0 if there is none that can be read."""
    for file in reversed(stream_files(layout)):
        for line in _last_lines(file):
            number = number_of(line)
            if number is not None:
                return number
    return 0


def number_of(line: bytes | str) -> int | None:
    """The number in one line of the stream; None if it has none (torn, or of an older version)."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    number = record.get("number") if isinstance(record, dict) else None
    return number if isinstance(number, int) else None


def _last_lines(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - TAIL))
            data = stream.read(TAIL)
    except OSError:
        return
    yield from reversed(data.split(b"\n"))

"""Reading log files as they grow, through rotation. Standard library only."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO


def last_lines(file: Path, number: int, keep: Callable[[str], bool]) -> list[str]:
    """The last `number` lines of a file that `keep` accepts."""
    with file.open(encoding="utf-8", errors="replace") as lines:
        return list(deque((ln.rstrip("\n") for ln in lines if keep(ln.rstrip("\n"))), number))


def follow(file: Path, *, until: Callable[[], bool] = lambda: False) -> Iterator[str]:
    """Lines that come from this call on, like `tail -F`: when the file is rotated away, its rest is
    read and then the new one from its start (one that came and went within 0.1 s is missed). Ends
    when `until` says so at a moment without news."""
    stream = None
    if file.exists():
        stream = file.open("rb")
        stream.seek(0, os.SEEK_END)
    return _follow(file, stream, until)


def _follow(file: Path, stream: BinaryIO | None, until: Callable[[], bool]) -> Iterator[str]:
    rest, ended = b"", False
    while True:
        if stream is None and file.exists():
            stream = file.open("rb")
        data = stream.read() if stream is not None else b""
        if data:
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                yield line.decode("utf-8", "replace")
            continue
        if until():
            if not ended:
                ended = True  # one more look: what was said last may have come just now
                continue
            break
        if stream is not None and _replaced(file, stream.fileno()):
            stream.close()
            stream, rest = None, b""
            continue
        time.sleep(0.1)
    if stream is not None:
        stream.close()


def _replaced(file: Path, fd: int) -> bool:
    try:
        return not os.path.samestat(os.stat(file), os.fstat(fd))  # noqa: PTH116
    except FileNotFoundError:
        return False

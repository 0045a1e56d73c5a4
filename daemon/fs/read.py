"""Reading a file that anybody may have put there. Standard library only."""

from __future__ import annotations

import os
from pathlib import Path


def read_regular(path: Path, limit: int = 1_000_001) -> bytes:
    """At most `limit` bytes of a regular file, never following a link or waiting on a pipe."""
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        chunks = []
        while limit > 0 and (chunk := os.read(fd, limit)):
            chunks.append(chunk)
            limit -= len(chunk)
        return b"".join(chunks)
    finally:
        os.close(fd)

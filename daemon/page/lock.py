"""One writer of a page at a time: a lock (flock) on `.page/lock`, gone with whoever held it."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from daemon.page.data_files import make_below
from daemon.page.places import LOCK


@contextlib.contextmanager
def held(outbox: Path, *, wait: bool = True) -> Iterator[bool]:
    """Whether the lock is ours for this block; waits for it, or not. Raises OSError."""
    file = outbox / LOCK
    make_below(outbox, file.parent)
    fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(fd)

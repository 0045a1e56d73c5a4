"""The child draws: what is asked for is in one file it is handed, the drawing goes into another.

Here, since what draws takes memory that the daemon has no use for.
"""

from __future__ import annotations

import hashlib
import os
from typing import BinaryIO

from daemon.errors import JobError
from daemon.fs import atomic
from daemon.sandbox.answer import Answer

MOST = 1 << 20
"""Bytes of what is asked."""


def draw(source: BinaryIO, target: BinaryIO) -> Answer:
    """The drawing that `source` asks for, synced; its sha256 and size. Raises JobError."""
    os.environ.setdefault(
        "OPENBLAS_NUM_THREADS", "1"
    )  # threads are address space, which is bounded
    from daemon.thumbs.given import Asked, given

    try:
        asked = Asked.from_json(source.read(MOST))
    except (ValueError, TypeError) as error:
        raise JobError("What the thumbnail shall show can't be read.", why=str(error)) from error
    data = given(asked)
    target.truncate(0)  # a child that died over it may have written some
    target.seek(0)
    target.write(data)
    target.flush()
    atomic.fsync(target.fileno())
    digest = hashlib.sha256(data).hexdigest()
    return Answer(sha256=digest, width=asked.width, height=asked.height, ends=True)

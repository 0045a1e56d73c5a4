"""A foreign file opened once and judged by its descriptor.

What its name leads to later is no matter. Standard library only.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from daemon.errors import JobError

_NO_FILE = (errno.ELOOP, errno.ENXIO)
"""What opening a link, or a socket, answers."""

_OF_THE_MACHINE = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO, errno.ESTALE, errno.EAGAIN)


def open_regular(path: Path, *, shown: str) -> int:
    """A descriptor of the regular file at `path`, never following a link, never waiting on a pipe.

    Raises JobError, which calls it `shown`, for anything that is no file; OSError otherwise."""
    # O_NONBLOCK: opening a FIFO must not wait for a writer.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno in _NO_FILE:
            raise _not_a_file(shown) from None
        raise
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise _not_a_file(shown)


def is_of_the_machine(error: OSError) -> bool:
    """Whether another file would have met the same trouble."""
    return error.errno in _OF_THE_MACHINE


def _not_a_file(shown: str) -> JobError:
    return JobError(
        f"{shown} is not a file.",
        why="It is a folder, a link, a pipe or a device.",
        remedy="Drop a copy of the file itself.",
    )

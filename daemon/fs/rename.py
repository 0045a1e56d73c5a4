"""A rename that refuses to replace: one system call, so that no crash finds both names, or neither.

rename(2) replaces silently, and link(2) with unlink(2) has a moment between them in which a file
has two names. Linux and macOS know a third way, which Python does not offer. Knows nothing of what
is renamed. Standard library only.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

NOT_TO_BE_HAD = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP})
"""What a system, or a disk such as a network volume, says that has no such rename."""

_AT_FDCWD = -100  # <fcntl.h> on Linux: paths as everywhere else
_RENAME_NOREPLACE = 1  # <linux/fs.h>
_RENAME_EXCL = 4  # <sys/stdio.h> on macOS


def rename_new(source: Path, target: Path) -> None:
    """Rename, or FileExistsError if `target` is there; nothing has changed whenever it raises.

    OSError with one of `NOT_TO_BE_HAD` where there is no such rename."""
    if _call()(os.fsencode(source), os.fsencode(target)) != 0:
        import ctypes  # two milliseconds of a verb that renames nothing

        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(source), None, str(target))


def has_rename_new(folder: Path) -> bool:
    """Whether the disk of this folder has such a rename, by trying. Raises OSError."""
    one, other = (folder / f".{os.getpid()}-{time.monotonic_ns():x}-{n}.tmp" for n in (1, 2))
    os.close(os.open(one, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        rename_new(one, other)
    except OSError as error:
        if error.errno in NOT_TO_BE_HAD:
            return False
        raise
    else:
        return True
    finally:
        for path in (one, other):
            with contextlib.suppress(OSError):
                os.unlink(path)


@cache
def _call() -> Callable[[bytes, bytes], int]:
    """The system's own, as a function of two paths that answers 0 or sets errno."""
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        return lambda source, target: int(library.renamex_np(source, target, _RENAME_EXCL))
    if sys.platform == "linux" and hasattr(library, "renameat2"):
        return lambda source, target: int(
            library.renameat2(_AT_FDCWD, source, _AT_FDCWD, target, _RENAME_NOREPLACE)
        )
    return _none


def _none(_source: bytes, _target: bytes) -> int:
    import ctypes

    ctypes.set_errno(errno.ENOSYS)
    return -1

"""What has been written is on stable storage, as far as the system can make it so.

Standard library only.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from pathlib import Path

# fsync(2) on macOS stops at the drive's cache; this fcntl asks for the platter (xnu, fsync(2)).
_F_FULLFSYNC = 51


def fsync(fd: int) -> None:
    """Content of `fd` on stable storage. Raises OSError as fsync does."""
    if sys.platform == "darwin":
        import fcntl

        with contextlib.suppress(OSError):  # network volumes know no F_FULLFSYNC
            fcntl.fcntl(fd, _F_FULLFSYNC)
            return
    os.fsync(fd)


def fsync_folder(folder: Path) -> None:
    """The names in `folder` on stable storage."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fsync(fd)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network volumes can't
            raise
    finally:
        os.close(fd)

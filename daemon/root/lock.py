"""One daemon per root: an flock held for life on `.hotfolder/lock`.

The kernel lets go of it when the holder dies, however it dies, so there is no stale state to
clean. Standard library only; `status` asks here whether a daemon runs.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from daemon.errors import LockHeldError


class RootLock:
    """`take()` or LockHeldError naming the holder's process id; `release()` at the end."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._fd: int | None = None

    @property
    def is_taken(self) -> bool:
        """Whether we hold it."""
        return self._fd is not None

    def take(self) -> None:
        """Take it; taking it again is nothing. Raises LockHeldError."""
        if self.is_taken:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        if not _flock_soon(fd):
            holder = os.pread(fd, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(fd)
            raise LockHeldError(
                f"Another Hotfolder daemon (process {holder}) already serves "
                f"{self._file.parent.parent}. "
                "Stop it first (hotfolder service stop, or Ctrl-C where it runs), "
                "or give this one another root with --root."
            )
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode("ascii"), 0)
        self._fd = fd

    def release(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def _flock_soon(fd: int, tries: int = 6) -> bool:
    # `is_held` takes the lock for an instant to look; a real holder still has it 0.3 s later.
    for attempt in range(tries):
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(0.05 if attempt < tries - 1 else 0)
        else:
            return True
    return False


def is_held(file: Path) -> bool:
    """Whether some process holds the lock now."""
    try:
        fd = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(fd)

"""One daemon per root: locks (flock) held for life on `.hotfolder/lock` and on the root's folders.

The kernel lets go of them when the holder dies, however it dies, so there is no stale state to
clean. A restore or a sync client may put another file where the lock file was; the folders stay,
so nobody else is let in meanwhile, and the holder takes the new file too (`renew`). Standard
library only; `status` asks here whether a daemon runs.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import time
from pathlib import Path

from daemon.errors import LockHeldError
from daemon.fs.read import read_file

BRIEFLY = " briefly"
PATIENCE = 10.0
"""Seconds that a daemon waits for one who holds the lock briefly."""


class RootLock:
    """`take()` or LockHeldError naming the holder's process id; `release()` at the end.

    A verb that does a daemon's work for a moment, while none runs, takes it `briefly`: a daemon
    that starts in that moment waits for it instead of leaving."""

    def __init__(self, file: Path, *, briefly: bool = False) -> None:
        self._file = file
        self._briefly = briefly
        self._fd: int | None = None
        self._folders: list[int] = []

    @property
    def is_taken(self) -> bool:
        """Whether we hold it."""
        return self._fd is not None

    @property
    def is_in_place(self) -> bool:
        """Whether the file that lies there now is the one we hold: the root is ours to see."""
        return self._fd is not None and _is_same(self._file, self._fd)

    def take(self) -> None:
        """Take it; taking it again is nothing. Raises LockHeldError, OSError."""
        if self.is_taken:
            return
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self._take()
            except LockHeldError:
                if time.monotonic() > end or not _is_brief(self._file):
                    raise
            else:
                return

    def _take(self) -> None:
        fd = _open(self._file)
        try:
            self._folders = _lock_folders(self._file)
            if not _flock_soon(fd):
                raise BlockingIOError
        except (BlockingIOError, PermissionError):
            holder = _holder(fd)
            os.close(fd)
            self.release()
            raise LockHeldError(
                f"Another Hotfolder daemon (process {holder}) already serves "
                f"{self._file.parent.parent}. "
                "Stop it first (hotfolder service stop, or Ctrl-C where it runs), "
                "or give this one another root with --root."
            ) from None
        self._hold(fd)

    def renew(self) -> bool:
        """Take the file that lies there now, if it is another than the one we hold; True if so.
        Raises LockHeldError if somebody else holds that one, OSError."""
        assert self._fd is not None
        if _is_same(self._file, self._fd):
            return False
        fd = _open(self._file)
        if not _flock_soon(fd):
            holder = _holder(fd)
            os.close(fd)
            raise LockHeldError(f"Another Hotfolder daemon (process {holder}) has taken this root.")
        os.close(self._fd)
        self._hold(fd)
        return True

    def release(self) -> None:
        for fd in (self._fd, *self._folders):
            if fd is not None:
                os.close(fd)
        self._fd, self._folders = None, []

    def _hold(self, fd: int) -> None:
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}{BRIEFLY if self._briefly else ''}\n".encode("ascii"), 0)
        self._fd = fd


def is_held(file: Path) -> bool:
    """Whether some process holds the lock now."""
    with contextlib.ExitStack() as opened:
        for path in (file, *_folders(file)):
            try:
                fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            except OSError:
                continue
            opened.callback(os.close, fd)
            try:
                fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            except OSError:
                continue  # this disk locks no folders
    return False


def _folders(file: Path) -> tuple[Path, Path]:
    """What is locked beside the file: restored and synced is what lies in them."""
    return file.parent, file.parent.parent


def _lock_folders(file: Path) -> list[int]:
    """Those of the folders that this disk can lock. Raises BlockingIOError if one is locked."""
    held: list[int] = []
    for folder in _folders(file):
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            if not _flock_soon(fd):
                for each in (fd, *held):
                    os.close(each)
                raise BlockingIOError
        except BlockingIOError:
            raise
        except OSError:
            os.close(fd)  # network volumes lock files only
        else:
            held.append(fd)
    return held


def _flock_soon(fd: int, tries: int = 6) -> bool:
    # `is_held` takes the lock for an instant to look; a real holder still has it 0.3 s later.
    for attempt in range(tries):
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05 if attempt < tries - 1 else 0)
        else:
            return True
    return False


def _open(file: Path) -> int:
    fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise FileExistsError(f"{file} is no file")
    return fd


def _holder(fd: int) -> str:
    """The process that wrote its number into the lock file."""
    number = os.pread(fd, 32, 0).decode("ascii", "replace").strip().removesuffix(BRIEFLY)
    return number if number.isdecimal() else "unknown"


def _is_brief(file: Path) -> bool:
    """Whether who holds it said that it is for a moment."""
    try:
        return read_file(file, 64).strip().endswith(BRIEFLY.encode("ascii"))
    except OSError:
        return False


def _is_same(file: Path, fd: int) -> bool:
    try:
        return os.path.samestat(os.lstat(file), os.fstat(fd))
    except OSError:
        return False

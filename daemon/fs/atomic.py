"""Files that are whole or not there, through a power cut: the few system calls that make them so.

Every write of ours that matters goes through here: content first, then the name, then the folder
that holds the name. Knows nothing of jobs or pictures. Standard library only.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from pathlib import Path

from daemon.fs.rename import NOT_TO_BE_HAD, rename_new
from daemon.fs.sync import fsync, fsync_folder

__all__ = [
    "append_line",
    "copy_from",
    "copy_new",
    "draft_beside",
    "fsync",
    "fsync_folder",
    "move_new",
    "replace",
    "write_cache",
    "write_new",
]


def write_new(path: Path, data: bytes, *, mode: int = 0o644, sync: bool = True) -> None:
    """Create `path` with `data`; FileExistsError if there is such a file.

    A failed write leaves nothing behind, so that a full disk never shows half a file."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]
        if sync:
            fsync(fd)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(path)
        raise
    finally:
        os.close(fd)


def replace(
    path: Path,
    data: bytes,
    *,
    mode: int = 0o644,
    sync: bool = True,
    sync_name: bool = True,
    draft: Path | None = None,
) -> None:
    """`path` holds `data`, all of it or its old content, whenever the power goes.

    Without `sync_name` it may still be the old one until its folder is synced for something else:
    for whoever does that next, or is as well served by the old. `draft` is the name it has until it
    is whole, where the caller wants to find what a kill left of it; one of nobody else's otherwise.
    Raises OSError, and then nothing has changed."""
    draft = draft or draft_beside(path)
    write_new(draft, data, mode=mode, sync=sync)
    try:
        os.replace(draft, path)
    except OSError:
        os.unlink(draft)
        raise
    if sync and sync_name:
        fsync_folder(path.parent)


def write_cache(path: Path, data: bytes) -> bool:
    """`path` holds `data` whole, its folder made if need be, but none above that; False where the
    disk refuses.

    For what costs only time when it is lost: not synced, and no error of it reaches anyone."""
    try:
        path.parent.mkdir(exist_ok=True)  # never its parents: a root that is gone stays gone
        replace(path, data, mode=0o600, sync=False)
    except OSError:
        return False
    return True


def draft_beside(path: Path) -> Path:
    """A hidden name in the folder of `path` that nobody else uses, short whatever `path` is."""
    return path.with_name(f".{os.getpid()}-{time.monotonic_ns():x}.tmp")


def append_line(path: Path, line: str, *, mode: int = 0o644) -> None:
    """Add one line to a file of lines, durably; a torn last line of a crash is closed off first.

    A line that does not fit on the disk is taken back and raises OSError."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    fd = os.open(path, flags, mode)
    try:
        end = os.lseek(fd, 0, os.SEEK_END)
        torn = end > 0 and os.pread(fd, 1, end - 1) != b"\n"
        view = memoryview(
            (("\n" if torn else "") + line + "\n").encode("utf-8", "backslashreplace")
        )
        try:
            while view:
                view = view[os.write(fd, view) :]
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(fd, end)
            raise
        fsync(fd)
    finally:
        os.close(fd)


def move_new(source: Path, target: Path) -> None:
    """Rename without ever overwriting: FileExistsError if `target` is there.

    One system call where there is one (see `rename`), else `_link_new`. Across disks there is a
    copy on stable storage before the source goes, whatever it is (see `other_disk`). The new name
    is on stable storage when this returns; if that can't be had, nothing has changed.
    """
    try:
        rename_new(source, target)
    except OSError as error:
        if error.errno == errno.EXDEV:
            _move_to_other_disk(source, target)
            return
        if error.errno not in NOT_TO_BE_HAD:
            raise
    else:
        try:
            fsync_folder(target.parent)
        except OSError:
            with contextlib.suppress(OSError):
                rename_new(target, source)
            raise
        return
    _link_new(source, target)


def _link_new(source: Path, target: Path) -> None:
    """`move_new` of link and unlink: between them a file has two names, which its link count tells.

    Where links are not to be had either (exFAT, some network volumes) the name is looked for and
    then taken, which only another program of the same instant could upset.
    """
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno == errno.EXDEV:
            _move_to_other_disk(source, target)
            return
        if error.errno in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK):
            if os.path.lexists(target):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target) from None
            os.rename(source, target)
            fsync_folder(target.parent)
            return
        raise
    try:
        fsync_folder(target.parent)
        os.unlink(source)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(target)
        raise


def _move_to_other_disk(source: Path, target: Path) -> None:
    from daemon.fs import other_disk  # of which most who import this have no need

    draft = draft_beside(target)
    try:
        copied = other_disk.copy(source, draft)
        move_new(draft, target)
    except OSError:
        other_disk.remove(draft)
        raise
    try:
        other_disk.take_away(copied, draft_beside(source))
    except FileNotFoundError:
        pass  # gone by now, or so it seems: the copy is all that there is
    except OSError:
        other_disk.remove(target)
        raise


def copy_new(source: Path, target: Path) -> None:
    """Copy a file's bytes to a new name, durably; nothing is left at `target` if it fails."""
    fd = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(errno.EINVAL, "it is not a file", str(source))
        copy_from(fd, target)
    finally:
        os.close(fd)


def copy_from(fd: int, target: Path) -> None:
    """`copy_new` of an open file, from its beginning."""
    from daemon.fs import other_disk

    draft = draft_beside(target)
    try:
        other_disk.copy_file(fd, draft)
        move_new(draft, target)
    except OSError:
        other_disk.remove(draft)
        raise

"""Files that are whole or not there, through a power cut: the few system calls that make them so.

Every write of ours that matters goes through here: content first, then the name, then the folder
that holds the name. Knows nothing of jobs or pictures. Standard library only.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from pathlib import Path

from daemon.numbering import first_free
from daemon.rename import NOT_TO_BE_HAD, rename_new

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


def replace(path: Path, data: bytes, *, mode: int = 0o644, sync: bool = True) -> None:
    """`path` holds `data`, all of it or its old content, whenever the power goes."""
    draft = draft_beside(path)
    write_new(draft, data, mode=mode, sync=sync)
    try:
        os.replace(draft, path)
    except OSError:
        os.unlink(draft)
        raise
    if sync:
        fsync_folder(path.parent)


def draft_beside(path: Path) -> Path:
    """A hidden name in the folder of `path` that nobody else uses, short whatever `path` is."""
    return path.with_name(f".{os.getpid()}-{time.monotonic_ns():x}.tmp")


def append_line(path: Path, line: str) -> None:
    """Add one line to a file of lines, durably; a torn last line of a crash is closed off first.

    A line that does not fit on the disk is taken back and raises OSError."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
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

    One system call where there is one (see `rename`), else `_link_new`. Across disks the bytes are
    copied and synced before the source goes. The new name is on stable storage when this returns;
    if that can't be had, nothing has changed.
    """
    try:
        rename_new(source, target)
    except OSError as error:
        if error.errno not in NOT_TO_BE_HAD and error.errno != errno.EXDEV:
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
            copy_new(source, target)
        elif error.errno in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK):
            if os.path.lexists(target):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target) from None
            os.rename(source, target)
            fsync_folder(target.parent)
            return
        else:
            raise
    try:
        fsync_folder(target.parent)
        os.unlink(source)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(target)
        raise


def copy_new(source: Path, target: Path) -> None:
    """Copy bytes to a new name, durably; nothing is left at `target` if it fails."""
    fd = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        draft = draft_beside(target)
        out = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        try:
            while chunk := os.read(fd, 1 << 20):
                view = memoryview(chunk)
                while view:
                    view = view[os.write(out, view) :]
            fsync(out)
        finally:
            os.close(out)
        try:
            move_new(draft, target)
        except OSError:
            os.unlink(draft)
            raise
    finally:
        os.close(fd)


def has_room_for_names(folder: Path) -> bool:
    """Whether a name of any length this disk takes, and our drafts beside it, fit into a path."""
    return len(os.fsencode(folder)) + 300 < _path_limit(folder.anchor)


def _path_limit(anchor: str) -> int:
    try:
        return os.pathconf(anchor, "PC_PATH_MAX")
    except (OSError, ValueError):
        return 1024  # macOS; more elsewhere


def fit(stem: str, tail: str, limit: int = 255) -> str:
    """`stem + tail`, the stem cut so that the name has at most `limit` bytes on disk."""
    room = limit - len(os.fsencode(tail))
    while len(os.fsencode(stem)) > room:
        stem = stem[:-1]
    return stem + tail


def free_name(folder: Path, name: str) -> Path:
    """NAME.ext, or NAME-2.ext, NAME-3.ext … : one that `folder` does not hold."""
    stem, dot, suffix = name.rpartition(".")
    stem, tail = (stem, dot + suffix) if stem else (name, "")
    limit = _name_limit(folder)

    def numbered(number: int) -> Path:
        mark = "" if number == 1 else f"-{number}"
        return folder / fit(stem, mark + tail, limit)

    number = first_free(lambda number: not os.path.lexists(numbered(number)))
    if number is None:
        raise FileExistsError(errno.EEXIST, "too many files of one name", str(folder / name))
    return numbered(number)


def _name_limit(folder: Path) -> int:
    """Bytes of a name in this folder: 255 on most disks, 143 on some that encrypt names."""
    try:
        return min(255, os.pathconf(folder, "PC_NAME_MAX"))
    except (OSError, ValueError):
        return 255


def open_folder(folder: Path) -> Path:
    """`folder`, made if need be; FOLDER-2 where a file has its name (or a parent's name)."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except NotADirectoryError:
        return open_folder(open_folder(folder.parent) / folder.name)
    except FileExistsError:
        if folder.parent.is_dir():
            return open_folder(folder.with_name(fit(folder.name, "-2")))
        return open_folder(open_folder(folder.parent) / folder.name)
    return folder


def move_to_folder(source: Path, folder: Path, name: str) -> Path:
    """Move `source` into `folder` under `name` or the next free one; returns where it went."""
    folder = open_folder(folder)
    while True:
        target = free_name(folder, name)
        try:
            move_new(source, target)
        except FileExistsError:
            continue
        return target

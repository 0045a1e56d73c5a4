"""A copy on another disk of whatever lies here, and the end of the original once that is whole.

Where no rename leads, a move is a copy first: of a file, a folder with all that is in it, a link, a
pipe. What somebody still writes, or has changed since it was copied, is never taken away. Knows no
name of ours. Standard library only.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from daemon.fs.read import is_being_written
from daemon.fs.sync import fsync, fsync_folder

Identity = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Original:
    """What was copied, as it was then."""

    path: Path
    identity: Identity
    is_folder: bool

    @property
    def is_as_it_was(self) -> bool:
        return _identity(os.lstat(self.path)) == self.identity


def copy(source: Path, target: Path) -> list[Original]:
    """Make `target`, which nobody else knows of, a copy of `source` on stable storage; returns all
    that was copied, each folder before what is in it. Raises OSError, EBUSY for what is changed
    meanwhile; what `target` is then, is the caller's to remove."""
    copied = [_copy_one(path, target / path.relative_to(source)) for path in _all(source)]
    for each in copied:
        if each.is_folder:
            fsync_folder(target / each.path.relative_to(source))
        elif not each.is_as_it_was:
            raise _is_busy(each.path)
    return copied


def copy_file(fd: int, target: Path) -> None:
    """The bytes of an open file, from its beginning, under a name that is free."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    facts, at = os.fstat(fd), 0
    out = os.open(target, flags, stat.S_IMODE(facts.st_mode))
    try:
        while chunk := os.pread(fd, 1 << 20, at):
            at += len(chunk)
            view = memoryview(chunk)
            while view:
                view = view[os.write(out, view) :]
        fsync(out)
    finally:
        os.close(out)


def take_away(copied: list[Original], aside: Path) -> None:
    """Remove what was copied, as long as it is what was copied. A folder is called `aside` first:
    what of it can't be removed, or is not as it was, is called back under its name, and the copy
    stays; a kill leaves the rest of it aside. Raises OSError only before anything is removed."""
    top = copied[0]
    if not top.is_folder:
        if not top.is_as_it_was:
            raise _is_busy(top.path)
        os.unlink(top.path)
        return
    os.rename(top.path, aside)
    for each in reversed(copied):
        _remove_one(each, aside / each.path.relative_to(top.path))
    _call_back(aside, top.path)


def remove(path: Path) -> None:
    """A copy that is of no use after all, whatever it is."""
    with contextlib.suppress(OSError):
        for each in reversed(list(_all(path))):
            os.rmdir(each) if _is_folder(each) else os.unlink(each)  # noqa: PTH106


def _all(source: Path) -> Iterator[Path]:
    """It, and all below it, each after the folder that it is in; links are not followed."""
    stack = [source]
    while stack:
        path = stack.pop()
        yield path
        if _is_folder(path):
            stack.extend(path / name for name in sorted(os.listdir(path), reverse=True))


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(os.lstat(path).st_mode)


def _copy_one(source: Path, target: Path) -> Original:
    status = os.lstat(source)
    mode = status.st_mode
    if stat.S_ISREG(mode):
        status = _copy_content(source, target)
    elif stat.S_ISDIR(mode):
        os.mkdir(target, stat.S_IMODE(mode) | stat.S_IRWXU)  # noqa: PTH102
    elif stat.S_ISLNK(mode):
        os.symlink(os.readlink(source), target)  # noqa: PTH115, PTH211
    elif stat.S_ISFIFO(mode):
        os.mkfifo(target, stat.S_IMODE(mode))
    else:  # a socket, a device: its name and kind are all that there is of it
        os.mknod(target, mode, status.st_rdev)
    return Original(source, _identity(status), stat.S_ISDIR(mode))


def _copy_content(source: Path, target: Path) -> os.stat_result:
    """Returns what the file was before its first byte was read."""
    fd = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        facts = os.fstat(fd)
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(errno.EINVAL, "it is not a file", str(source))
        copy_file(fd, target)
        if is_being_written(fd):
            raise _is_busy(source)
    finally:
        os.close(fd)
    with contextlib.suppress(OSError):  # a picture's date is its owner's
        os.utime(target, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    return facts


def _remove_one(each: Original, now: Path) -> None:
    with contextlib.suppress(OSError):
        if each.is_folder:
            os.rmdir(now)  # noqa: PTH106 (fails where something has come since)
        elif _identity(os.lstat(now)) == each.identity:
            os.unlink(now)


def _call_back(aside: Path, name: Path) -> None:
    """What has come into a folder since it was copied is seen again, under its name if that is
    free."""
    for number in range(1, 100):
        try:
            os.rename(aside, name if number == 1 else name.with_name(f"{name.name}-{number}"))
        except FileNotFoundError:
            return  # all of it is gone
        except OSError:
            continue
        return


def _identity(status: os.stat_result) -> Identity:
    """Changes with the content."""
    if stat.S_ISDIR(status.st_mode):
        return status.st_dev, status.st_ino, 0, 0
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _is_busy(path: Path) -> OSError:
    return OSError(errno.EBUSY, "it is still being written", str(path))

"""Reading a file that anybody may have put there. Standard library only."""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
from io import BufferedReader
from pathlib import Path

MOST = 64 << 20
"""Bytes of a file that is read whole."""

_AT_ONCE = 1 << 16
"""So many are made room for at first: most files of ours have a few hundred."""


def open_file(path: Path) -> BufferedReader:
    """A regular file, open for reading; links are followed, and nothing else that may stand in its
    place (a pipe, a device) is waited for or read. Raises OSError."""
    return open(_opened(path), "rb")


def read_file(path: Path, limit: int = MOST) -> bytes:
    """At most `limit` bytes of what `open_file` opens. Raises OSError."""
    fd = _opened(path)
    try:
        return _read(fd, limit)
    finally:
        os.close(fd)


def _opened(path: Path) -> int:
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    mode = os.fstat(fd).st_mode
    if not stat.S_ISREG(mode):
        os.close(fd)
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
        raise OSError(errno.EINVAL, "it is no file", str(path))
    return fd


def _read(fd: int, limit: int) -> bytes:
    chunks = []
    while limit > 0 and (chunk := os.read(fd, min(limit, _AT_ONCE))):
        chunks.append(chunk)
        limit -= len(chunk)
    return b"".join(chunks)


def read_json(path: Path) -> object:
    """What a JSON file of ours says. Raises OSError, and ValueError for whatever is no JSON."""
    try:
        return json.loads(read_file(path))
    except RecursionError:
        raise ValueError(f"{path.name}: it is nested too deeply") from None


def read_regular(path: Path, limit: int = 1_000_001) -> bytes:
    """At most `limit` bytes of a regular file, never following a link or waiting on a pipe. Raises
    OSError."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "it is a link, and not followed", str(path)) from None
        raise
    try:
        if not stat.S_ISREG(mode := os.fstat(fd).st_mode):
            what = "it is a folder" if stat.S_ISDIR(mode) else "it is a pipe or a device, no file"
            raise OSError(errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL, what, str(path))
        return _read(fd, limit)
    finally:
        os.close(fd)


def is_being_written(fd: int) -> bool:
    """Whether any program has this regular file open for writing, where the system can tell."""
    if not sys.platform.startswith("linux"):
        return False
    import fcntl
    import signal

    try:
        # A read lease is refused with EAGAIN while any descriptor is open for writing; see
        # F_SETLEASE in fcntl(2). Who breaks it would send SIGIO, which ends a process that does not
        # ignore it; of SIGURG nobody takes notice.
        fcntl.fcntl(fd, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    return False

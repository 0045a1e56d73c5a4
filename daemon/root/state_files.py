"""Reading what the daemon keeps below `.hotfolder`, where anything may have happened to it.

The one way in: a restore, a sync client, a failing disk or a curious person may have left other
bytes, another type, a folder, a link or a pipe where a file of ours was. Whatever it is, it is a
SpoiledError; what that costs, whoever reads decides. Only what the disk itself refuses now is an
OSError. Standard library only.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, TypeVar

from daemon.errors import SpoiledError
from daemon.fs import naming
from daemon.protocol.codec import build_checked

T = TypeVar("T")

MOST = 64 << 20
"""Bytes of a file of ours at most."""

MOST_LINES = 1 << 30
"""Bytes of a file of lines at most: three million finished jobs."""

DEEPEST = 64
"""Levels of JSON at most; ours have ten."""

HIGHEST = 10**12
"""No number that was counted up one by one reaches it."""

_NOT_OURS = {
    errno.ELOOP: "a link stands in its place",
    errno.EISDIR: "a folder stands in its place",
    errno.ENXIO: "it is no file",
    errno.EACCES: "it can't be read (permission denied)",
    errno.EPERM: "it can't be read (not permitted)",
}


@contextlib.contextmanager
def opened(file: Path) -> Iterator[BinaryIO]:
    """A regular file, open for reading. Raises FileNotFoundError, SpoiledError, OSError."""
    try:
        fd = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in _NOT_OURS:
            raise SpoiledError(f"{named(file)}: {_NOT_OURS[error.errno]}") from None
        raise
    mode = os.fstat(fd).st_mode
    if not stat.S_ISREG(mode):
        os.close(fd)
        what = "a folder stands in its place" if stat.S_ISDIR(mode) else "it is no file"
        raise SpoiledError(f"{named(file)}: {what}")
    with os.fdopen(fd, "rb") as stream:
        yield stream


def read_bytes(file: Path, limit: int = MOST) -> bytes:
    """The content of a regular file. Raises FileNotFoundError, SpoiledError, OSError."""
    with opened(file) as stream:
        _bound(file, stream, limit)
        return stream.read(limit)


def read_json(file: Path, limit: int = MOST) -> object:
    """The JSON in a file. Raises FileNotFoundError, SpoiledError, OSError."""
    return parse(read_bytes(file, limit), file)


def parse(data: bytes, file: Path) -> object:
    """The JSON in `data`, which was read from `file`. Raises SpoiledError."""
    try:
        content = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        what = "it is empty" if not data.strip(b"\0 \r\n\t") else f"it is no JSON ({error})"
        raise SpoiledError(f"{named(file)}: {what}") from None
    if _is_deep(content):
        raise SpoiledError(f"{named(file)}: it is nested too deep to be ours")
    return content


def read_as(kind: type[T], file: Path) -> T:
    """The dataclass in a file. Raises FileNotFoundError, SpoiledError, OSError."""
    return shaped(kind, read_json(file), file)


def shaped(kind: type[T], content: object, file: Path) -> T:
    """`content`, which was read from `file`, as a dataclass. Raises SpoiledError."""
    try:
        return build_checked(kind, content)
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise SpoiledError(f"{named(file)}: {error}") from None


def read_number(file: Path) -> int:
    """The number in a file that holds one; 0 where there is no such file. Raises SpoiledError,
    OSError."""
    try:
        number = int(read_bytes(file, 100))
    except FileNotFoundError:
        return 0
    except ValueError:
        raise SpoiledError(f"{named(file)}: it holds no number") from None
    if not 0 <= number < HIGHEST:
        raise SpoiledError(f"{named(file)}: it holds no number of ours")
    return number


def lines(file: Path, longest: int = 1 << 20) -> Iterator[bytes]:
    """Every line of a file of lines; of a longer one its beginning. Nothing where there is no such
    file. Raises SpoiledError, OSError."""
    try:
        with opened(file) as stream:
            _bound(file, stream, MOST_LINES)
            is_rest = False
            while line := stream.readline(longest):
                if not is_rest:
                    yield line
                is_rest = not line.endswith(b"\n")
    except FileNotFoundError:
        return


def is_inside(path: str) -> bool:
    """Whether `path`, as it stands in a file of ours, leads to a place below the folder that it is
    relative to."""
    try:
        os.fsencode(path)
    except ValueError:
        return False
    parts = PurePosixPath(path).parts
    return bool(parts) and "\0" not in path and not path.startswith("/") and ".." not in parts


def is_name(text: str) -> bool:
    """Whether this is the name of a file, and no path."""
    return is_inside(text) and "/" not in text and len(os.fsencode(text)) <= 255


def set_aside(path: Path) -> Path:
    """Put what stands where a file or folder of ours belongs out of the way, kept for a person;
    returns where it lies. Raises OSError."""
    while True:
        target = naming.free_name(path.parent, f"{path.name}.spoiled")
        with contextlib.suppress(FileExistsError):
            os.rename(path, target)
            return target


def named(file: Path) -> str:
    """A file of ours as people are told of it: from `.hotfolder` on."""
    parts = file.parts
    place = parts.index(".hotfolder") if ".hotfolder" in parts else len(parts) - 1
    return "/".join(parts[place:])


def _bound(file: Path, stream: BinaryIO, limit: int) -> None:
    if os.fstat(stream.fileno()).st_size > limit:
        raise SpoiledError(f"{named(file)}: it is too large to be ours")


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _is_deep(content: object) -> bool:
    level = [content]
    for _ in range(DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True

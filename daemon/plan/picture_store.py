"""The pictures jobs name, kept as files named by their sha256, so that records can be made again.

A picture is opened once, by descriptor, and copied; its header is looked at, its pixels are the
engine's business.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import stat
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import BinaryIO

from daemon.errors import JobError, NotYetError
from daemon.fs import atomic
from daemon.fs.naming import name_key

MAX_FILE = 64 * 1024 * 1024
MAX_PIXELS = 50_000_000
FRESH = 10.0  # seconds
FORMATS = ("PNG", "JPEG", "WEBP")
_SF_DATALESS = 0x40000000  # macOS: the content is in the cloud only; stat.SF_DATALESS from 3.13
_F_GETPATH = 50  # macOS: fcntl(2)


def keep(path: Path, store: Path) -> tuple[str, Path]:
    """Copies the picture at `path` into `store`; its sha256 and where it is kept. Raises JobError
    for anything that is no picture, NotYetError while it is still being brought."""
    descriptor = _open(path)
    try:
        _check_file(path, os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    with os.fdopen(descriptor, "rb") as stream:
        store.mkdir(exist_ok=True)  # never its parents: a root that is gone stays gone
        return _copy(path, stream, store)


def stored(sha256: str, store: Path) -> Path | None:
    """Where the picture of that content is kept, if it is."""
    path = store / sha256
    return path if re.fullmatch(r"[0-9a-f]{64}", sha256) and path.is_file() else None


def _open(path: Path) -> int:
    try:
        facts = os.lstat(path)
        if getattr(facts, "st_flags", 0) & _SF_DATALESS:
            raise NotYetError(
                f"The picture {path.name} is in the cloud only.",
                remedy="Open it once in Finder, so that it is downloaded.",
            )
        # O_NONBLOCK: opening a FIFO must not wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NotYetError(f"The picture {path.name} is not there.") from None
    except OSError as error:
        raise JobError(
            f"The picture {path.name} can't be opened: {error.strerror}.",
            remedy="Check that it is a file of yours that may be read.",
        ) from None
    if _leads_elsewhere(descriptor, path):
        os.close(descriptor)
        raise NotYetError(f"The folder of the picture {path.name} is being moved.")
    return descriptor


def _leads_elsewhere(descriptor: int, path: Path) -> bool:
    """Whether a folder on the way became a link between our looking and our opening."""
    try:
        if sys.platform == "darwin":
            opened = os.fsdecode(fcntl.fcntl(descriptor, _F_GETPATH, b"\0" * 1024).rstrip(b"\0"))
        else:
            opened = os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115 (no such file)
    except OSError:
        return False  # no means to tell; what the path said a moment ago stands
    return name_key(opened) != name_key(str(path))


def _check_file(path: Path, facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise JobError(f"The picture {path.name} is not a file.", remedy="Name a picture.")
    if facts.st_size == 0:
        raise NotYetError(f"The picture {path.name} is empty.")
    if facts.st_size > MAX_FILE:
        raise _too_large(path)


def _too_large(path: Path) -> JobError:
    return JobError(
        f"The picture {path.name} is larger than {MAX_FILE >> 20} MB.",
        remedy="Save it smaller: about 1,000 pixels a side is all that is looked at.",
    )


def _copy(path: Path, stream: BinaryIO, store: Path) -> tuple[str, Path]:
    digest = hashlib.sha256()
    size = 0
    handle, name = tempfile.mkstemp(dir=store, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as copy:
            while chunk := stream.read(1 << 20):
                size += len(chunk)
                if size > MAX_FILE:
                    raise _too_large(path)
                digest.update(chunk)
                copy.write(chunk)
            copy.flush()
            atomic.fsync(copy.fileno())
        _check_picture(path, Path(name), fresh=_is_fresh(stream))
        kept = store / digest.hexdigest()
        os.replace(name, kept)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    atomic.fsync_folder(store)
    return digest.hexdigest(), kept


def _is_fresh(stream: BinaryIO) -> bool:
    """Written to within the last seconds: a copy may still be under way."""
    return abs(time.time() - os.fstat(stream.fileno()).st_mtime) < FRESH


def _ends(copy: Path) -> bool | None:
    """Whether the file has the end its kind must have; None for kinds we don't know."""
    with copy.open("rb") as stream:
        head = stream.read(12)
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - 65_536))
        tail = stream.read()
    if head.startswith(b"\x89PNG"):
        return b"IEND" in tail
    if head.startswith(b"\xff\xd8"):
        return b"\xff\xd9" in tail
    if head.startswith(b"RIFF"):
        return size >= int.from_bytes(head[4:8], "little") + 8
    return None


def _check_picture(path: Path, copy: Path, *, fresh: bool) -> None:
    """The header and the last bytes only; `path` is what the person calls it."""
    ends = _ends(copy)
    if fresh and not ends:
        raise NotYetError(f"The picture {path.name} is not whole yet.")
    if ends is False:
        raise JobError(
            f"The picture {path.name} breaks off before its end.",
            remedy="Copy it again, whole, and drop the job again.",
        )
    _check_header(path, copy)


def _check_header(path: Path, copy: Path) -> None:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(copy, formats=FORMATS) as picture:
                width, height = picture.size
    except Image.DecompressionBombError:
        raise _too_many(path) from None
    except (OSError, ValueError, SyntaxError, ArithmeticError, KeyError, IndexError):
        raise JobError(
            f"The picture {path.name} is not a picture that can be read.",
            why="It may be broken, or of a kind other than PNG, JPEG or WebP.",
            remedy="Save it as PNG or JPEG, and drop the job again.",
        ) from None
    if width < 1 or height < 1:
        raise JobError(f"The picture {path.name} has no pixels.")
    if width * height > MAX_PIXELS:
        raise _too_many(path)


def _too_many(path: Path) -> JobError:
    return JobError(
        f"The picture {path.name} has more than {MAX_PIXELS // 1_000_000} megapixels.",
        remedy="Save it smaller: about 1,000 pixels a side is all that is looked at.",
    )

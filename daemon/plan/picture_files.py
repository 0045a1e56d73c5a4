"""Files that are to be pictures, opened once and judged before anybody looks in.

Knows nothing of where they are kept.
"""

from __future__ import annotations

import fcntl
import os
import sys
import time
from pathlib import Path

from daemon.errors import JobError, NotYetError
from daemon.fs.naming import name_key
from daemon.sandbox.answer import Answer
from daemon.sandbox.descriptor import is_of_the_machine, open_regular
from daemon.sandbox.looks import MAX_FILE, too_large

FRESH = 10.0  # seconds
_SF_DATALESS = 0x40000000  # macOS: the content is in the cloud only; stat.SF_DATALESS from 3.13
_F_GETPATH = 50  # macOS: fcntl(2)

Identity = tuple[int, ...]


def identity(facts: os.stat_result) -> Identity:
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns


def open_picture_file(path: Path) -> int:
    try:
        facts = os.lstat(path)
        if getattr(facts, "st_flags", 0) & _SF_DATALESS:
            raise NotYetError(
                f"The picture {path.name} is in the cloud only.",
                remedy="Open it once in Finder, so that it is downloaded.",
            )
        descriptor = open_regular(path, shown=f"The picture {path.name}")
    except FileNotFoundError:
        raise NotYetError(f"The picture {path.name} is not there.") from None
    except OSError as error:
        if is_of_the_machine(error):
            raise
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


def check_file(path: Path, facts: os.stat_result) -> None:
    if facts.st_size == 0:
        raise NotYetError(f"The picture {path.name} is empty.")
    if facts.st_size > MAX_FILE:
        raise too_large(path.name)


def is_fresh(facts: os.stat_result) -> bool:
    """Written to within the last seconds: a copy may still be under way."""
    return abs(time.time() - facts.st_mtime) < FRESH


def check_whole(path: Path, found: Answer, *, fresh: bool) -> None:
    if fresh and not found.ends:
        raise NotYetError(f"The picture {path.name} is not whole yet.")
    if found.ends is False:
        raise JobError(
            f"The picture {path.name} breaks off before its end.",
            remedy="Copy it again, whole, and drop the job again.",
        )

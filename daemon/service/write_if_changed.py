"""Writing one small file so that nobody ever sees half of it, and only when it would change.

Rewriting a launch agent needlessly makes macOS announce it again, so equal bytes stay untouched.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from daemon.errors import SetupError
from daemon.fs import atomic

FILE_MODE = 0o644  # launchd refuses agents that others can write, and newer ones others can't read
FOLDER_MODE = 0o755


def make_folder(folder: Path) -> None:
    """Create `folder` (0755 whatever the umask) unless it is there; SetupError if we may not."""
    try:
        missing = [one for one in (folder, *folder.parents) if not one.exists()]
        for one in reversed(missing):
            one.mkdir(exist_ok=True)
            one.chmod(FOLDER_MODE)
    except OSError as error:
        raise SetupError(
            f"The folder {folder} could not be made: {error.strerror}.", remedy=_owner_of(folder)
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SetupError(f"The folder {folder} can't be written.", remedy=_owner_of(folder))


def _owner_of(folder: Path) -> str:
    nearest = next(one for one in (folder, *folder.parents) if one.exists())
    who = nearest.stat().st_uid
    if who == os.geteuid():
        return f"Allow writing: chmod u+wx '{nearest}'"
    return f"{nearest} belongs to user {who}; make it yours: sudo chown $(id -u) '{nearest}'"


def current(path: Path) -> bytes | None:
    """What the file holds now; None if it is not there. SetupError for anything but a plain file
    of ours: writing through a link, or over another person's file, is not ours to do."""
    try:
        seen = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(seen.st_mode):
        raise SetupError(
            f"{path} is a link or a folder, not a plain file.",
            remedy="Move it away, then run `hotfolder service install` again.",
        )
    if seen.st_uid != os.geteuid():
        raise SetupError(
            f"{path} belongs to user {seen.st_uid}, not to you.",
            remedy=f"Remove it first: sudo rm '{path}'",
        )
    return path.read_bytes()


def write_if_different(path: Path, content: bytes) -> bool:
    """Whether the file had to be written. Atomic: a temporary neighbour, fsync, one rename."""
    if current(path) == content:
        if stat.S_IMODE(path.stat().st_mode) != FILE_MODE:
            path.chmod(FILE_MODE)
        return False
    make_folder(path.parent)
    try:
        atomic.replace(path, content, mode=FILE_MODE)
        path.chmod(FILE_MODE)  # whatever the umask took away
    except OSError as error:
        raise SetupError(
            f"{path} could not be written: {error.strerror}.",
            remedy="Make room or allow writing there, then run this again.",
        ) from error
    return True

"""The executables in `hooks/`: which of them may be run, and what is wrong with one that may not.

Only what nobody but the person who runs the daemon could have put there is run: whoever could write
into it would otherwise have that person's rights.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from daemon.errors import HotfolderError
from daemon.listeners.moments import JOB_DONE, JOB_FAILED, PICTURE_DONE, QUEUE_EMPTY
from daemon.text.printable import one_line
from daemon.text.suggest import did_you_mean

FOLDER = "hooks"
NAMES = (PICTURE_DONE, JOB_DONE, JOB_FAILED, QUEUE_EMPTY)

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class RefusedError(HotfolderError):
    """A hook that is not run; says why, and what to do."""


def find(folder: Path, name: str) -> Path | None:
    """The executable of that name in `folder`, None where there is none. Raises RefusedError."""
    path = folder / name
    if not os.path.lexists(path):
        return None
    try:
        of_folder, of_link, of_file = (os.stat(folder), os.lstat(path), os.stat(path))  # noqa: PTH116
    except OSError as error:
        raise RefusedError(f"{FOLDER}/{name} can't be run: {error.strerror}.") from None
    _check(FOLDER, folder, of_folder)
    if not stat.S_ISREG(of_file.st_mode):
        raise RefusedError(f"{FOLDER}/{name} is no file: it is not run.")
    if of_link.st_uid != os.geteuid():
        raise RefusedError(_not_ours(f"{FOLDER}/{name}"))
    _check(f"{FOLDER}/{name}", path, of_file)
    if not os.access(path, os.X_OK):
        raise RefusedError(f"{FOLDER}/{name} is not executable: chmod +x '{path}'")
    return path


def _check(said: str, path: Path, status: os.stat_result) -> None:
    if status.st_uid != os.geteuid():
        raise RefusedError(_not_ours(said))
    if status.st_mode & _OTHERS_WRITE:
        raise RefusedError(f"{said} is not run: others may write to it. chmod go-w '{path}'")


def _not_ours(said: str) -> str:
    return f"{said} is not run: it belongs to somebody else than the user the daemon runs as."


def strangers(folder: Path) -> Iterator[str]:
    """What to say of files in `folder` that are never called."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in names:
        if name in NAMES or name.startswith(".") or name.endswith((".sample", ".md", "~")):
            continue
        guess = did_you_mean(name, NAMES) or f"Hooks are called {', '.join(NAMES)}."
        yield f"{FOLDER}/{one_line(name, 60)} is never called. {guess}"

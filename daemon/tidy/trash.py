"""Into the Trash of this machine's desktop, from where a person can put it back.

By send2trash. Deletes nothing: what the Trash does not take stays where it is.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Moved:
    """What has gone into the Trash, and what has not, with why."""

    gone: tuple[Path, ...]
    left: tuple[tuple[Path, str], ...] = ()


def to_trash(paths: Sequence[Path]) -> Moved:
    """Each by itself, in order; files that somebody has taken away meanwhile count as neither."""
    from send2trash import send2trash

    gone, left = [], []
    for path in paths:
        if not os.path.lexists(path):
            continue
        try:
            send2trash(os.fspath(path))
            gone.append(path)
        except Exception as error:  # OSError, and by platform errors of the library's own
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            left.append((path, str(reason)))
    return Moved(tuple(gone), tuple(left))


def remove_empty(folder: Path, top: Path) -> None:
    """`folder` and those in it and above it, below `top`, where nothing lies in them any more."""
    for at, _, _ in os.walk(folder, topdown=False):
        with contextlib.suppress(OSError):
            os.rmdir(at)  # noqa: PTH106 (the call that refuses where anything is left)
    for above in folder.parents:
        if above == top or not above.is_relative_to(top):
            return
        with contextlib.suppress(OSError):
            os.rmdir(above)  # noqa: PTH106

"""A waiting file goes before all others: it moves into the same folder of `inbox/urgent/`.

What it says and what is known of it go with it. Standard library only.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from daemon.fs import atomic
from daemon.root import drop_notes
from daemon.root.create import make_folder
from daemon.root.inbox_places import TURNS, URGENT, place_of
from daemon.root.layout import AGAIN_SUFFIXES, Layout


def is_first(layout: Layout, path: Path) -> bool:
    """Whether a waiting file lies in urgent/ already."""
    return path.is_relative_to(layout.inbox / URGENT)


def let_go_first(layout: Layout, path: Path) -> Path:
    """Move the waiting file `path` into urgent/; returns where it lies now. A picture that is to be
    made again takes its record along. Raises FileNotFoundError where it has left the inbox,
    OSError."""
    relative = path.relative_to(layout.inbox)
    inode = os.lstat(path).st_ino
    note = drop_notes.find(layout, relative.as_posix(), inode)
    place = Path(*relative.parts[1:]) if relative.parts[0] in TURNS else relative
    folder = (layout.inbox / URGENT / place).parent
    make_folder(layout, folder)
    if path.suffix.lower() in AGAIN_SUFFIXES and place_of(relative.parent.as_posix()).remake:
        record = path.with_suffix(".json")
        with contextlib.suppress(OSError):
            atomic.move_new(record, folder / record.name)
    parent = note.parent if note else None
    target = drop_notes.drop(layout, path, folder, path.name, parent)
    drop_notes.forget(layout, relative.as_posix(), inode)
    return target

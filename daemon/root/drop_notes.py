"""Notes left for the next claim of a file that one of our own verbs puts into the inbox.

A job file's bytes are never touched, so what `submit` and `retry` know beyond them (that the drop
is deliberate, which job it retries) lies here, one note for each place and file there: the next
file of a name may be dropped before the note on the last one is forgotten. A note whose file was
edited away or replaced is never taken. Standard library only.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from daemon.errors import SpoiledError
from daemon.fs import atomic, naming
from daemon.root import state_files
from daemon.root.create import make_folder
from daemon.root.layout import Layout

ABANDONED = 30 * 86400.0
"""Seconds after which a note is taken to be about a file that never comes."""


@dataclass(frozen=True, slots=True)
class Note:
    """`inode` is the dropped file's own, which renames and links keep."""

    inode: int
    parent: int | None = None


def leave(layout: Layout, relative: str, note: Note) -> None:
    """Say this of inbox/RELATIVE, before it appears there."""
    make_folder(layout, layout.notes)
    data = json.dumps(asdict(note)).encode("ascii")
    atomic.replace(_file(layout.notes, relative, note.inode), data, mode=0o600)


def find(layout: Layout, relative: str, inode: int) -> Note | None:
    """The note on inbox/RELATIVE, if it is about this very file; a spoiled one is none."""
    try:
        note = state_files.read_as(Note, _file(layout.notes, relative, inode))
    except (OSError, SpoiledError):
        return None
    return note if note.inode == inode else None


def forget(layout: Layout, relative: str, inode: int) -> None:
    """The note on this very file is done with; one on another file of that place stays."""
    with contextlib.suppress(OSError):
        _file(layout.notes, relative, inode).unlink()


def sweep(layout: Layout) -> None:
    """Notes on files that a person took away again would lie here for ever."""
    with contextlib.suppress(OSError):
        for note in layout.notes.iterdir():
            if time.time() - note.stat().st_mtime > ABANDONED:
                note.unlink()


def drop(layout: Layout, draft: Path, folder: Path, name: str, parent: int | None) -> Path:
    """Move `draft` (in `folder`, hidden) to the first free NAME there, a note left first; returns
    where it lies. Never overwrites a waiting file."""
    inode = os.lstat(draft).st_ino
    while True:
        target = naming.free_name(folder, name)
        relative = target.relative_to(layout.inbox).as_posix()
        leave(layout, relative, Note(inode, parent))
        with contextlib.suppress(FileExistsError):
            atomic.move_new(draft, target)
            return target


def drop_text(
    layout: Layout, draft: Path, folder: Path, name: str, body: str, parent: int | None
) -> Path:
    """The same of a file that is made for it: `body` under the name of the `draft` first."""
    # synced, or a power cut leaves an empty file, which nobody could tell from a person's
    atomic.write_new(draft, body.encode("utf-8", "replace"))
    try:
        return drop(layout, draft, folder, name, parent)
    finally:
        draft.unlink(missing_ok=True)


def _file(folder: Path, relative: str, inode: int) -> Path:
    place = hashlib.sha256(os.fsencode(relative)).hexdigest()[:32]
    return folder / f"{place}-{inode}.json"

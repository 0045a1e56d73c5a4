"""A finished job file goes back into the inbox, for another try that remembers the first."""

from __future__ import annotations

from pathlib import Path

from daemon.fs import atomic
from daemon.root import drop_notes
from daemon.root.create import make_folder
from daemon.root.layout import Layout
from daemon.spool.journal import JournalEntry


def resubmit(layout: Layout, entry: JournalEntry) -> Path:
    """Copy a finished job's file back into the inbox under the name it was dropped by (where it is
    kept, it may have had to give way to another); its next claim will carry it as `parent`. The
    original stays where it is. Raises OSError."""
    kept = layout.root / entry.kept
    place = layout.inbox / entry.place
    folder, name = place.parent, place.name if entry.file else kept.name
    make_folder(layout, folder)
    draft = atomic.draft_beside(folder / "x")
    atomic.copy_new(kept, draft)
    try:
        return drop_notes.drop(layout, draft, folder, name, entry.job)
    finally:
        draft.unlink(missing_ok=True)

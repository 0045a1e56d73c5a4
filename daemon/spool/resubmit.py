"""A finished job file goes back into the inbox, for another try that remembers the first."""

from __future__ import annotations

from pathlib import Path

from daemon.fs import atomic
from daemon.root import drop_notes
from daemon.root.create import make_folder
from daemon.root.layout import Layout
from daemon.spool.journal import JournalEntry


def resubmit(layout: Layout, entry: JournalEntry) -> Path:
    """Copy a finished job's file back into the inbox under its name; its next claim will carry
    it as `parent`. The original stays where it is. Raises OSError."""
    kept = layout.root / entry.kept
    folder = (layout.inbox / entry.place).parent
    make_folder(layout, folder)
    draft = atomic.draft_beside(folder / "x")
    atomic.copy_new(kept, draft)
    try:
        return drop_notes.drop(layout, draft, folder, kept.name, entry.job)
    finally:
        draft.unlink(missing_ok=True)

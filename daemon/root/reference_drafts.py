"""What was being copied or drawn into `references/` when a process died there.

Nobody else's: a draft is asked for anew by another name, or under the same one.
"""

from __future__ import annotations

import contextlib
import time

from daemon.root.layout import Layout

BEGINNINGS = (".incoming-", ".asked-")
ABANDONED = 3600.0
"""Seconds after its last change from which nobody is at a draft any more."""


def sweep(layout: Layout) -> None:
    """Take away what has long been left."""
    with contextlib.suppress(OSError):
        for draft in layout.references.iterdir():
            if draft.name.startswith(BEGINNINGS):
                with contextlib.suppress(OSError):
                    if time.time() - draft.lstat().st_mtime > ABANDONED:
                        draft.unlink()

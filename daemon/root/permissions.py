"""What makes a root less safe than it could be: said at the start, never a reason to refuse.

Containers run as root, and some families share an inbox; whoever does so should know. Standard
library only.
"""

from __future__ import annotations

import os
import stat

from daemon.root.layout import Layout


def exposures(layout: Layout) -> list[str]:
    """A sentence for each thing that is more open than it need be."""
    found = []
    if os.geteuid() == 0:
        found.append(
            "running as root: a fault in any library that opens a dropped picture has every right "
            "on this machine. Run it as a user of its own."
        )
    for folder in (layout.inbox, layout.root):
        mode = _mode(folder)
        if mode is not None and mode & stat.S_IWOTH:
            found.append(
                f"every user of this machine may write into {folder}: they can drop jobs and take "
                f"yours away. To keep it yours: chmod o-w '{folder}'"
            )
    return found


def _mode(path: os.PathLike[str]) -> int | None:
    try:
        return os.stat(path).st_mode  # noqa: PTH116 (follows a link, as we shall)
    except OSError:
        return None

"""What the daemon that serves a root now was started with, for verbs that foresee what it will do.

Reads its status; starts and asks nothing.
"""

from __future__ import annotations

from daemon.root.layout import Layout
from daemon.root.lock import is_held
from daemon.root.status_file import read_status
from daemon.settings import Settings


def engine_now(layout: Layout, settings: Settings) -> str:
    """What draws: as the running daemon says, else as the next one will by its settings."""
    told = (read_status(layout) or {}).get("engine") if is_held(layout.lock_file) else None
    return told if isinstance(told, str) and told else settings.engine

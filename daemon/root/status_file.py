"""The snapshot `.hotfolder/status.json`: what the daemon does now, for people and programs.

Written whole by the supervisor, read by anyone; reading it never wakes the model. Standard
library only, so that `hotfolder status` answers at once.
"""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

from daemon.errors import SpoiledError
from daemon.fs import atomic
from daemon.protocol.json_object import JsonObject
from daemon.root import state_files
from daemon.root.layout import Layout

STALE_AFTER = 15.0
"""Seconds without a heartbeat after which a living daemon is called stuck; it beats every 5."""

Snapshot = JsonObject

_ESSENTIAL = ("schema", "heartbeat", "heartbeat_unix", "state", "reason", "workers")


def write_status(layout: Layout, snapshot: Snapshot) -> None:
    """Replace the snapshot in one step (not synced: it is worth nothing after a power cut)."""
    data = json.dumps(snapshot, ensure_ascii=True).encode("ascii")
    try:
        atomic.replace(layout.status_file, data, mode=0o600, sync=False)
    except OSError as error:
        if layout.status_file.is_dir() and not layout.status_file.is_symlink():
            state_files.set_aside(layout.status_file)
            return atomic.replace(layout.status_file, data, mode=0o600, sync=False)
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        _write_over(layout.status_file, {key: snapshot.get(key) for key in _ESSENTIAL})


def _write_over(file: Path, snapshot: Snapshot) -> None:
    """Say the essential where the old snapshot lies: a full disk still has those bytes."""
    data = json.dumps(snapshot, ensure_ascii=True).encode("ascii")
    fd = os.open(file, os.O_WRONLY | os.O_NOFOLLOW)
    try:
        os.pwrite(fd, data, 0)
        os.ftruncate(fd, len(data))
    finally:
        os.close(fd)


def read_status(layout: Layout) -> Snapshot | None:
    """The last snapshot, or None where there is none that can be read."""
    try:
        snapshot = state_files.read_json(layout.status_file)
    except (OSError, SpoiledError):
        return None
    return snapshot if isinstance(snapshot, dict) else None

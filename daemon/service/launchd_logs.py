"""Keeping launchd's two log files small.

launchd appends to them for ever and holds them open, so they are cut in place: renaming one would
take launchd's handle along. They only hold what is said before our own log is open, and crashes.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from daemon.service.launchd_plist import log_folder

LIMIT = 1 << 20
KEPT = 64 << 10


def trim(home: Path | None = None) -> None:
    """Cut each file that has grown past LIMIT to nothing, its last KEPT bytes going to NAME.1."""
    for path in sorted(log_folder(home or Path.home()).glob("launchd.*.log")):
        with contextlib.suppress(OSError):  # a log is never worth a failed start
            if path.stat().st_size > LIMIT and not path.is_symlink():
                _cut(path)


def _cut(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(-KEPT, 2)
        path.with_name(path.name + ".1").write_bytes(file.read())
        file.truncate(0)

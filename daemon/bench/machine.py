"""Which machine, which versions, which commit: what a figure is worth nothing without."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

import daemon
from daemon.fs.processors import processors
from daemon.protocol.json_object import JsonObject


def cores() -> int:
    """Processor cores this process may use."""
    return len(processors())


def record() -> JsonObject:
    """The machine as a record; what takes torch to know is added by `gauge`."""
    return {
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": cores(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "hotfolder": daemon.__version__,
        "commit": commit(),
    }


def commit() -> str | None:
    """The commit this code is at, with a + when it has been changed since; None outside git."""
    home = Path(daemon.__file__).parent
    head = _git(home, "rev-parse", "--short=12", "HEAD")
    if not head:
        return None
    return head + ("+" if _git(home, "status", "--porcelain", "-uno", ".") else "")


def _git(folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(
            ["git", *words], cwd=folder, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""

"""What a process has used, asked of the system: on Linux of /proc, elsewhere of ps."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def cpu_seconds(pid: int) -> float:
    """Processor seconds of all its threads so far; 0 once it is gone."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        fields = stat.read_text().rpartition(")")[2].split()
    except OSError:
        return _minutes(_ps("time", pid))
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    """Main memory it holds now; 0 once it is gone."""
    told = _ps("rss", pid)
    return int(told) * 1024 if told else 0


def _ps(column: str, pid: int) -> str:
    asked = ["ps", "-o", f"{column}=", "-p", str(pid)]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def _minutes(told: str) -> float:
    """`1-02:03:04.05`, with or without its larger parts, in seconds."""
    days, _, rest = told.rpartition("-")
    seconds = 0.0
    for part in rest.split(":"):
        seconds = seconds * 60 + float(part or 0)
    return seconds + 86_400 * int(days or 0)

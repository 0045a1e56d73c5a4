"""Whether a file of the inbox is a picture that a job has named, told from what is kept.

A picture is copied anew when a job first names a file in a run, so the copy of a file that was
named is younger than the file's content. An older copy is of another file with the same content.
When the file's facts changed says nothing: a tag, an owner or a backup changes them. Opens nothing;
standard library only, since `status` asks.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path


def has_named(references: Path, sha256: str, facts: os.stat_result) -> bool:
    """Of a file with that content and those `facts`."""
    try:
        kept = os.lstat(references / sha256)
    except OSError:
        return False
    return stat.S_ISREG(kept.st_mode) and kept.st_mtime_ns >= facts.st_mtime_ns

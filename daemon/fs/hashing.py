"""The SHA-256 of a file's content, read in pieces, so that its size does not matter.

Knows nothing of what the file is. Standard library only.
"""

from __future__ import annotations

import hashlib
from pathlib import Path


def sha256_of(file: Path) -> str:
    """The content's SHA-256 in hexadecimal. Raises OSError if it can't be read."""
    with open(file, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()

"""Input pictures on a machine that renders for others: kept by their content, the newest ones.

Each comes over the network once. Knows no jobs.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from daemon.errors import WireError
from daemon.fs import atomic
from daemon.fs.hashing import sha256_of

MOST_BYTES = 2_000_000_000
"""Of all that is kept; what was used last goes last."""

_HASH = re.compile(r"^[0-9a-f]{64}$")


class Inputs:
    """The files of one folder, named by their sha256."""

    def __init__(self, folder: Path, most: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most = most

    def path(self, sha256: str) -> Path:
        """Where a picture lies. Raises WireError for what is no hash."""
        if not _HASH.match(sha256):
            raise WireError(f"{sha256[:80]!r} is no hash")
        return self._folder / sha256

    def missing(self, hashes: Iterable[str]) -> list[str]:
        """Which of these are not here as they were sent; those that are were used just now."""
        return [sha256 for sha256 in dict.fromkeys(hashes) if not self._has(sha256)]

    def _has(self, sha256: str) -> bool:
        """They are not synced, so a power cut may leave less of one than was sent."""
        path = self.path(sha256)
        try:
            os.utime(path)
            return sha256_of(path) == sha256
        except OSError:
            return False

    def put(self, sha256: str, data: bytes) -> bool:
        """Keep one; False if it has arrived damaged. Raises OSError where the disk refuses."""
        if hashlib.sha256(data).hexdigest() != sha256:
            return False
        self._folder.mkdir(parents=True, exist_ok=True)
        atomic.replace(self.path(sha256), data, mode=0o600, sync=False)
        self._tidy()
        return True

    def _tidy(self) -> None:
        found = []
        with contextlib.suppress(OSError), os.scandir(self._folder) as entries:
            found = [(e.stat().st_mtime, e.stat().st_size, e.path) for e in entries if e.is_file()]
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= self._most:
                return
            with contextlib.suppress(OSError):
                os.unlink(path)
            total -= size

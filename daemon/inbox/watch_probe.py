"""Whether file events still come: a hidden file in the inbox that the observer must report.

An observer can be alive and deaf; only an event that comes proves that events come. Every event of
the inbox is such a proof, so a probe is sent only after a long silence, or when the scan has found
what no event told of. Knows nothing of the observer; time is an argument.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

NAME = ".hotfolder-probe"

CONTENT = b"?"
TRIES = 3
"""Names that are tried, where something that is not ours has the first."""

SILENCE = 300.0
"""Seconds without an event after which one is provoked."""

PATIENCE = 5.0
"""Seconds, and LOOKS looks, that its report may take: a machine that slept is not deaf."""

LOOKS = 3
APART = 10.0
"""Seconds between two probes, however many files come without an event."""


class Probe:
    """Over one observer's hearing of one folder."""

    def __init__(self, folder: Path, now: float) -> None:
        self.folder = folder
        self.heard_at = now
        self._file = folder / NAME
        self._tries = 0
        self._sent_at: float | None = None
        self._next = now
        self._looks = 0
        self._wanted = False
        self._remove_left_over()

    def heard(self, now: float) -> None:
        """An event of this folder has come."""
        self.heard_at, self._wanted = now, False
        if self._sent_at is not None:
            self._remove()

    def suspect(self) -> None:
        """Something has come without an event: find out at the next look."""
        self._wanted = True

    def deaf(self, now: float) -> str | None:
        """Send what is due; why the observer must be taken for deaf, or None."""
        if self._sent_at is None:
            if now >= self._next and (self._wanted or now - self.heard_at >= SILENCE):
                self._send(now)
            return None
        self._looks += 1
        if self._looks < LOOKS or now - self._sent_at < PATIENCE:
            return None
        self._remove()
        return "a probe was not reported"

    def close(self) -> None:
        """The observer ends: leave nothing in the inbox."""
        if self._sent_at is not None:
            self._remove()

    def _send(self, now: float) -> None:
        self._next, self._looks, self._wanted = now + APART, 0, False
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            fd = os.open(self._file, flags, 0o600)
            with contextlib.closing(os.fdopen(fd, "wb", buffering=0)) as file:
                self._sent_at = now
                file.write(CONTENT)
        except FileExistsError:  # not ours, whatever it is: ask under another name
            self._tries += 1
            self._file = self.folder / f"{NAME}-{os.getpid()}-{self._tries}"
            self._wanted = self._tries < TRIES
        except OSError:  # read-only, full or gone: that is told elsewhere, and proves nothing
            self.heard_at = now
            self.close()

    def _remove_left_over(self) -> None:
        """A probe of a run that was killed; a file that is not just as we leave it is not ours."""
        with contextlib.suppress(OSError):
            facts = os.lstat(self._file)
            plain = stat.S_ISREG(facts.st_mode) and facts.st_nlink == 1
            if plain and facts.st_size <= len(CONTENT) and facts.st_uid == os.geteuid():
                self._file.unlink()

    def _remove(self) -> None:
        self._sent_at = None
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)

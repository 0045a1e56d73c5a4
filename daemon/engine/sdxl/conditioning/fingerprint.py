"""Fingerprints of model files: what an answer of an encoder depends on besides the question.

A file is hashed whole, once, in a thread of its own, and remembered by its path, size, time and
inode; a picture never waits for it. Imports no torch.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from daemon.fs.atomic import write_cache
from daemon.fs.hashing import sha256_of
from daemon.fs.read import read_json

MOST_REMEMBERED = 400
JUST_CHANGED = 2.0
"""Seconds within which a second change of a file might not show in its time."""


class Fingerprint:
    """One digest over files and facts, known at once or a little later."""

    def __init__(self, files: Iterable[Path], facts: Iterable[str], ledger: Ledger) -> None:
        self._files = sorted(files)
        self._facts = list(facts)
        self._done = threading.Event()
        self._digest: str | None = None
        if all(ledger.digest(file) for file in self._files):
            self._take(ledger)
        else:
            thread = threading.Thread(
                target=self._take, args=(ledger,), name="fingerprint", daemon=True
            )
            thread.start()

    def known(self) -> str | None:
        """The digest, or None while files are still being read, or if they can't be."""
        return self._digest

    def wait(self) -> str:
        """The digest; one that nothing else has if the files can't be read."""
        self._done.wait()
        return self._digest or os.urandom(16).hex()

    def _take(self, ledger: Ledger) -> None:
        told = hashlib.sha256()
        try:
            for fact in self._facts:
                told.update(f"{fact}\n".encode())
            for file in self._files:
                told.update(f"{file.name} {ledger.digest(file) or ledger.read(file)}\n".encode())
            self._digest = told.hexdigest()
        except OSError:
            pass
        finally:
            self._done.set()


class Ledger:
    """Digests of files, in one small file of the caches; without one, in memory only."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._lines: dict[str, list[object]] = _read(path)

    def digest(self, file: Path) -> str | None:
        """The digest of `file` if it has not changed since it was read."""
        line = self._lines.get(str(file))
        try:
            return str(line[-1]) if line and line[:-1] == _marks(file.stat()) else None
        except OSError:
            return None

    def read(self, file: Path) -> str:
        """The digest of `file`, read now. Raises OSError."""
        before = file.stat()
        digest = sha256_of(file)
        marks = _marks(file.stat())
        if marks == _marks(before) and time.time() - before.st_mtime > JUST_CHANGED:
            with self._lock:
                self._lines.pop(str(file), None)
                self._lines[str(file)] = [*marks, digest]
                while len(self._lines) > MOST_REMEMBERED:
                    del self._lines[next(iter(self._lines))]
                self._write()
        return digest

    def _write(self) -> None:
        if self._path is None:
            return
        write_cache(self._path, json.dumps(self._lines).encode())


def _marks(facts: os.stat_result) -> list[object]:
    return [facts.st_size, facts.st_mtime_ns, facts.st_ino]


def _read(path: Path | None) -> dict[str, list[object]]:
    if path is None:
        return {}
    try:
        lines = read_json(path)
    except (OSError, ValueError):
        return {}
    if not isinstance(lines, dict):
        return {}
    return {key: line for key, line in lines.items() if isinstance(line, list) and len(line) == 4}

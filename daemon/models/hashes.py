"""Whether the files of a model are the ones its card lists; the sha256 of single files, kept.

Reads the disk, writes nothing.
"""

from __future__ import annotations

import stat
import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from daemon.errors import JobError, NotYetError
from daemon.fs.hashing import sha256_of
from daemon.fs.retry import said
from daemon.models.adapters import PLACES, fit, read_shelf
from daemon.models.card import Card
from daemon.models.files import is_file

PATIENCE = 0.2
"""Seconds that who can't wait does wait: most LoRAs are read in less."""

QUICK_BYTES = 16_000_000
"""Read on the spot: that takes no longer than starting a thread and asking it."""

MOST_BYTES = 8_000_000_000
"""Larger than the largest LoRA there is for SDXL."""


def verify(card: Card) -> list[str]:
    """What is wrong with the files of a model, in sentences; empty when all is well."""
    findings = [f"{path} is missing." for path in _named(card) if not path.exists()]
    findings += [str(one) for one in card.unusable if card.folder in one.file.parents]
    if not card.hashes and card.has_files:
        findings.append("The card lists no hashes, so the files can't be verified.")
    return findings + differing(card.folder, card.hashes)


def verify_shared(folder: Path, hashes: Mapping[str, str]) -> list[str]:
    """The same of the IP-Adapters beside the models in `folder`, whose card lists `hashes`."""
    found = fit([read_shelf(folder, {})], None)
    return [str(one) for one in found.unusable] + differing(folder / PLACES[0], hashes)


def differing(folder: Path, hashes: Mapping[str, str]) -> list[str]:
    """What of a folder is not as its card's `hashes` say, in sentences."""
    findings = []
    for relative, digest in sorted(hashes.items()):
        file = folder / relative
        if not is_file(file):
            findings.append(f"{relative} is missing.")
            continue
        try:
            good = sha256_of(file) == digest
        except OSError as error:
            findings.append(f"{relative} can't be read: {said(error)}.")
            continue
        if not good:
            findings.append(f"{relative} differs from what its card says: broken, or changed.")
    return findings


def _named(card: Card) -> list[Path]:
    return [card.weights, *card.adapters.values(), *card.encoders.values(), *card.loras.values()]


def content_of(file: Path) -> str | None:
    """The sha256 of a file of the catalogue, computed once until it changes; None if it is gone,
    can't be read, or is no plain file. Takes as long as reading it does."""
    try:
        facts = file.stat()
        if not stat.S_ISREG(facts.st_mode):
            return None
        return _known_content(file, facts.st_size, facts.st_mtime_ns)
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=256)
def _known_content(file: Path, size: int, changed: int) -> str:  # noqa: ARG001 (what it hangs on)
    return sha256_of(file)


class Hasher:
    """The same for who can't wait: threads read, one file at a time, and what is known is told at
    once. `patience` is in seconds, `most` in bytes."""

    def __init__(self, patience: float = PATIENCE, most: int = MOST_BYTES) -> None:
        self._patience = patience
        self._most = most
        self._turn = threading.Lock()
        self._reading: dict[Path, tuple[threading.Thread, list[str | None]]] = {}

    def content_of(self, file: Path) -> str | None:
        """Raises NotYetError while the file is being read for the first time since it changed, if
        that takes longer than `patience`; JobError if it is larger than `most`."""
        if self._is_quick(file):
            return content_of(file)
        if file not in self._reading:
            self._reading[file] = self._begin(file)
        thread, found = self._reading[file]
        thread.join(self._patience)
        if thread.is_alive():
            raise NotYetError(
                f"The LoRA {file.stem} is still being read: its content goes into the record.",
                key="loras",
                why=f"{file} is large, or its disk is slow.",
                remedy="Drop the job file again: what was read so far is remembered.",
            )
        del self._reading[file]
        return found[0] if found else None

    def _begin(self, file: Path) -> tuple[threading.Thread, list[str | None]]:
        found: list[str | None] = []

        def read() -> None:
            with self._turn:
                found.append(content_of(file))

        thread = threading.Thread(target=read, name="hasher", daemon=True)
        thread.start()
        return thread, found

    def _is_quick(self, file: Path) -> bool:
        try:
            size = file.stat().st_size
        except (OSError, ValueError):
            return True  # nothing to read
        if size > self._most:
            raise JobError(
                f"The LoRA {file.stem} is {size / 1e9:.1f} GB large.",
                key="loras",
                why=f"No LoRA is larger than {self._most / 1e9:g} GB; {file} was not opened.",
                remedy="Take it out of `loras`, and put the right file there.",
            )
        return size <= QUICK_BYTES

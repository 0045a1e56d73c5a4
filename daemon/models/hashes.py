"""Whether the files of a model are the ones its card lists; the sha256 of single files, kept.

Reads the disk, writes nothing.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from daemon.fs.hashing import sha256_of
from daemon.models.card import Card


def verify(card: Card) -> list[str]:
    """What is wrong with the files of a model, in sentences; empty when all is well."""
    findings = [f"{path} is missing." for path in _named(card) if not path.exists()]
    if not card.hashes and card.has_files:
        findings.append("The card lists no hashes, so the files can't be verified.")
    for relative, digest in sorted(card.hashes.items()):
        file = card.folder / relative
        if not file.is_file():
            findings.append(f"{relative} is missing.")
        elif sha256_of(file) != digest:
            findings.append(f"{relative} differs from what its card says: broken, or changed.")
    return findings


def _named(card: Card) -> list[Path]:
    encoder = [card.image_encoder] if card.image_encoder else []
    return [card.weights, *card.adapters.values(), *encoder, *card.loras.values()]


def content_of(file: Path) -> str | None:
    """The sha256 of a file of the catalogue, computed once until it changes; None if it is gone."""
    try:
        facts = file.stat()
        return _known_content(file, facts.st_size, facts.st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=256)
def _known_content(file: Path, size: int, changed: int) -> str:  # noqa: ARG001 (what it hangs on)
    return sha256_of(file)

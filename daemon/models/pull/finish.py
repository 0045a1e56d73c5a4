"""The end of a pull: from a folder of whole files to a model of the catalogue, by one rename.

What all models share is added to their folder instead. Knows what a card says and how shard
indices name their files; fetches nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from daemon.errors import SetupError
from daemon.fs import atomic
from daemon.models.card_file import CARD_NAME, read_facts
from daemon.models.pull import recipe
from daemon.models.pull.recipe import Piece


def finish(
    partial: Path, home: Path, pieces: list[Piece], hashes: dict[str, str], licence: str
) -> None:
    """Indices rewritten, leftovers gone, the card written, the folder renamed into place."""
    for piece in pieces:
        if ".safetensors.index" in piece.stored:
            hashes[piece.stored] = _rename_shards(partial / piece.stored)
    _sweep(partial, hashes)
    _write_card(partial, home.name, pieces[0].repo, hashes, licence)
    _sync(partial, hashes)
    os.rename(partial, home)
    atomic.fsync_folder(home.parent)


def finish_shared(
    partial: Path, home: Path, pieces: list[Piece], hashes: dict[str, str], licence: str
) -> None:
    """The same for what all models share, whose folder may be there: nothing in it is replaced but
    what an earlier pull has put there."""
    _sweep(partial, hashes)
    known = dict(read_facts(home / CARD_NAME).hashes) if home.exists() else {}
    facts = {
        "source": pieces[0].repo,
        "licence": licence,
        "hashes": dict(sorted({**known, **hashes}.items())),
    }
    _write(partial / CARD_NAME, facts)
    _sync(partial, hashes)
    if not home.exists():
        os.rename(partial, home)
    else:
        for stored in (*sorted(hashes), CARD_NAME):
            (home / stored).parent.mkdir(parents=True, exist_ok=True)
            os.replace(partial / stored, home / stored)
        shutil.rmtree(partial, ignore_errors=True)
    atomic.fsync_folder(home.parent)


def finish_extra(
    partial: Path, home: Path, pieces: list[Piece], hashes: dict[str, str], licence: str
) -> None:
    """The same for what is no model: its card says where it came from, and its hashes."""
    _sweep(partial, hashes)
    facts = {"source": pieces[0].repo, "licence": licence, "hashes": dict(sorted(hashes.items()))}
    _write(partial / CARD_NAME, facts)
    _sync(partial, hashes)
    os.rename(partial, home)
    atomic.fsync_folder(home.parent)


def _sweep(partial: Path, hashes: Mapping[str, str]) -> None:
    """Nothing stays but what was fetched now."""
    for path in sorted(partial.rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(partial).as_posix() not in hashes:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _sync(partial: Path, hashes: Mapping[str, str]) -> None:
    for path in (*(partial / stored for stored in hashes), partial / CARD_NAME):
        with path.open("rb") as file:
            atomic.fsync(file.fileno())


def _rename_shards(index: Path) -> str:
    """Point a shard index at the names the shards are stored under; its new sha256."""
    try:
        content = json.loads(index.read_bytes())
        content["weight_map"] = {
            key: recipe.without_variant(name) for key, name in content["weight_map"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SetupError(
            f"The list of parts {index.name} is not what it should be.",
            remedy="The repository is broken; choose another.",
        ) from error
    data = json.dumps(content, indent=2).encode("utf-8")
    index.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def _write_card(
    partial: Path, name: str, source: str, hashes: dict[str, str], licence: str
) -> None:
    facts = {
        "name": name,
        "source": source,
        "architecture": "sdxl",
        "native_size": 1024,
        "preset_sizes": {},
        "min_size": 512,
        "max_size": 2048,
        "size_multiple": 8,
        "licence": licence,
        "adapters": {},
        "loras": {},
        "hashes": dict(sorted(hashes.items())),
    }
    _write(partial / CARD_NAME, facts)


def _write(card: Path, facts: Mapping[str, object]) -> None:
    import yaml

    card.write_text(yaml.safe_dump(facts, sort_keys=False, allow_unicode=True), encoding="utf-8")

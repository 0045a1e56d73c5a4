"""The end of a pull: from a folder of whole files to a model of the catalogue, by one rename.

Knows what a card says and how shard indices name their files; fetches nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from daemon.errors import SetupError
from daemon.fs import atomic
from daemon.models.card import CARD_NAME
from daemon.models.pull import recipe
from daemon.models.pull.recipe import Piece


def finish(
    partial: Path, home: Path, pieces: list[Piece], hashes: dict[str, str], licence: str
) -> None:
    """Indices rewritten, leftovers gone, the card written, the folder renamed into place."""
    for piece in pieces:
        if ".safetensors.index" in piece.stored:
            hashes[piece.stored] = _rename_shards(partial / piece.stored)
    keep = set(hashes)
    for path in sorted(partial.rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(partial).as_posix() not in keep:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    _write_card(partial, home.name, pieces[0].repo, hashes, licence)
    for path in (*(partial / stored for stored in hashes), partial / CARD_NAME):
        with path.open("rb") as file:
            atomic.fsync(file.fileno())
    os.rename(partial, home)
    atomic.fsync_folder(home.parent)


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
    import yaml

    adapters = {
        adapter: f"ip_adapter/{adapter}.safetensors"
        for adapter in recipe.ADAPTER_FILES
        if f"ip_adapter/{adapter}.safetensors" in hashes
    }
    facts: dict[str, object] = {
        "name": name,
        "source": source,
        "architecture": "sdxl",
        "native_size": 1024,
        "preset_sizes": {},
        "min_size": 512,
        "max_size": 2048,
        "size_multiple": 8,
        "licence": licence,
        "adapters": adapters,
        "image_encoder": recipe.ENCODER_STORED if adapters else None,
        "loras": {},
        "hashes": dict(sorted(hashes.items())),
    }
    text = yaml.safe_dump(facts, sort_keys=False, allow_unicode=True)
    (partial / CARD_NAME).write_text(text, encoding="utf-8")

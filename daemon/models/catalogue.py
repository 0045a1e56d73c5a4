"""The local catalogue: which models are here, whether their files are whole, how one is loaded.

Names come from folders: the bundled `sketch`, the folders of the settings, and the person's own
(`models_folder`). Reads the disk, writes nothing; what a model is, `cards` knows.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from daemon.errors import SetupError
from daemon.fs.hashing import sha256_of
from daemon.models.card import (
    CARD_NAME,
    DRY_RUN,
    INDEX_NAME,
    LORAS_NAME,
    Card,
    found_loras,
    read_card,
)
from daemon.text.suggest import did_you_mean

if TYPE_CHECKING:
    pass

__all__ = [
    "DRY_RUN",
    "Card",
    "content_of",
    "find_model",
    "list_models",
    "models_folder",
    "read_card",
    "verify",
]

BUNDLED = Path(__file__).parents[1] / "sketch" / "weights"


def models_folder() -> Path:
    """Where a person's own models live: $HOTFOLDER_MODELS, else the platform's data folder."""
    if chosen := os.environ.get("HOTFOLDER_MODELS"):
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_dir

    return Path(user_data_dir("Hotfolder")) / "models"


def find_model(name_or_path: str, extra: Sequence[Path] = ()) -> Card:
    """The card of a model by its name in the catalogue, or by the path of its folder or file."""
    if name_or_path == DRY_RUN.name:
        return DRY_RUN
    if _is_path(name_or_path):
        return _with_shared(read_card(Path(name_or_path).expanduser().absolute()), extra)
    places = _places(extra)
    if name_or_path in places:
        return _with_shared(read_card(places[name_or_path]), extra)
    for card in list_models(extra):
        if card.name == name_or_path:
            return card
    raise _missing(name_or_path, tuple(places))


def list_models(extra: Sequence[Path] = ()) -> list[Card]:
    """Every model here that can be read, the bundled one first."""
    cards = []
    for place in _places(extra).values():
        try:
            cards.append(_with_shared(read_card(place), extra))
        except SetupError:
            continue  # `models check NAME` says what is wrong with it
    return cards


def _with_shared(card: Card, extra: Sequence[Path]) -> Card:
    """The card with the LoRAs that lie beside all models; its own of a name come first."""
    shared: dict[str, Path] = {}
    for shelf in (models_folder(), *reversed(extra)):
        shared |= found_loras(shelf)
    return replace(card, loras=MappingProxyType({**shared, **card.loras})) if shared else card


def _is_path(text: str) -> bool:
    return os.sep in text or "/" in text or text.startswith(("~", ".")) or (
        text.endswith(".safetensors")
    )  # fmt: skip


def _places(extra: Sequence[Path]) -> dict[str, Path]:
    """Name -> folder or file, of everything that looks like a model; the first of a name counts."""
    found: dict[str, Path] = {}
    if BUNDLED.is_dir():
        found["sketch"] = BUNDLED
    for shelf in (*extra, models_folder()):
        try:
            entries = sorted(shelf.iterdir())
        except OSError:
            continue
        for entry in entries:
            if entry.name == LORAS_NAME or entry.name.startswith("."):
                continue
            if _looks_like_model(entry):
                found.setdefault(entry.stem if entry.is_file() else entry.name, entry)
    return found


def _looks_like_model(entry: Path) -> bool:
    if entry.is_file():
        return entry.suffix == ".safetensors"
    return entry.is_dir() and (
        (entry / CARD_NAME).is_file()
        or (entry / INDEX_NAME).is_file()
        or any(entry.glob("*.safetensors"))
    )


def _missing(name: str, known: Sequence[str]) -> SetupError:
    here = f"Here are: {', '.join(known)}." if known else "No model is here at all."
    guess = did_you_mean(name, known)
    remedy = "`hotfolder models` lists them; `hotfolder models pull sdxl` fetches the real SDXL."
    return SetupError(
        " ".join(part for part in (f"There is no model named {name}.", here, guess) if part),
        remedy=remedy,
    )


# --- hashes and the worker's command --------------------------------------------------------------


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

"""The local catalogue: which models are here, by name or by path.

Names come from folders: the bundled `sketch`, the folders of the settings, and the person's own
(`models_folder`). Reads the disk, writes nothing; what a model is, `card` knows, and whether its
files are whole, `hashes`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from daemon.errors import SetupError
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

__all__ = [
    "DRY_RUN",
    "Card",
    "find_model",
    "list_models",
    "models_folder",
    "read_card",
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

"""The local catalogue: which models are here, by name or by path.

Names come from folders: the bundled `sketch`, the folders of the settings, and the person's own
(`models_folder`). Reads the disk, writes nothing; what a model is, `card` knows, and whether its
files are whole, `hashes`.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from types import MappingProxyType

from daemon.errors import SetupError
from daemon.fs.naming import name_key
from daemon.models.card import (
    CARD_NAME,
    DRY_RUN,
    INDEX_NAME,
    LORAS_NAME,
    Card,
    found_loras,
    read_card,
)
from daemon.models.files import is_file, is_folder, weights_in
from daemon.text.printable import one_line
from daemon.text.suggest import did_you_mean

__all__ = [
    "DRY_RUN",
    "Card",
    "find_model",
    "find_named",
    "list_models",
    "models_folder",
    "read_card",
    "survey",
]

BUNDLED = Path(__file__).parents[1] / "sketch" / "weights"


def models_folder() -> Path:
    """Where a person's own models live: $HOTFOLDER_MODELS, else the platform's data folder."""
    if chosen := os.environ.get("HOTFOLDER_MODELS"):
        with contextlib.suppress(RuntimeError):  # ~somebody who is not there
            return Path(chosen).expanduser().absolute()
        return Path(chosen).absolute()
    from platformdirs import user_data_dir

    return Path(user_data_dir("Hotfolder")) / "models"


def find_model(name_or_path: str, extra: Sequence[Path] = ()) -> Card:
    """The card of a model that the owner names: by its name in the catalogue, or by the path of
    its folder or file, wherever that is. Raises SetupError."""
    if name_or_path == DRY_RUN.name:
        return DRY_RUN
    if _is_path(name_or_path):
        place = _absolute(name_or_path)
        if os.sep in name_or_path or name_or_path.startswith("~") or _exists(place):
            return _with_shared(read_card(place), extra)
    return find_named(name_or_path, extra)


def find_named(name: str, extra: Sequence[Path] = ()) -> Card:
    """The card of a model that a job names: a name of the catalogue, or the name of its file there,
    as other tools write it; never a path. Raises SetupError."""
    places = _places(extra)
    key = _key(name, places)
    if key is not None:
        return _card(key, places, extra)
    for card in list_models(extra):
        if card.name == name:
            return card
    raise _missing(name, tuple(places))


def list_models(extra: Sequence[Path] = ()) -> list[Card]:
    """Every model here that can be read, the bundled one first; no two have the same name."""
    return [card for card in survey(extra).values() if isinstance(card, Card)]


def survey(extra: Sequence[Path] = ()) -> dict[str, Card | SetupError]:
    """What looks like a model, by the name of its folder or file, and why it is none, if so."""
    places = _places(extra)
    found: dict[str, Card | SetupError] = {}
    for key in places:
        try:
            found[key] = _card(key, places, extra)
        except SetupError as error:
            found[key] = error
    return found


def _card(key: str, places: Mapping[str, Path], extra: Sequence[Path]) -> Card:
    """A model is called what its card says, unless that is another one's name: what a record says
    must find the same model again."""
    card = read_card(places[key])
    if card.name != key and _is_taken(card.name, key, places):
        card = replace(card, name=key)
    return _with_shared(card, extra)


def _is_taken(name: str, key: str, places: Mapping[str, Path]) -> bool:
    if name in places or name == DRY_RUN.name:
        return True
    for other in takewhile(lambda other: other != key, places):
        with contextlib.suppress(SetupError):
            if read_card(places[other]).name == name:
                return True
    return False


def _key(name: str, places: Mapping[str, Path]) -> str | None:
    """Under which name of the catalogue it is: its own, its file's, or but for case and accents'
    spelling the only such one."""
    bare = _HASH_MARK.sub("", name).strip()
    for text in (name, bare, _without_suffix(bare)):
        if text in places:
            return text
    wanted = {name_key(bare), name_key(_without_suffix(bare))}
    alike = [key for key in places if name_key(key) in wanted]
    if not alike and bare.lower().endswith(_SUFFIX):
        alike = [k for k, place in places.items() if weights_in(place) == [place / bare]]
    return alike[0] if len(alike) == 1 else None


_SUFFIX = ".safetensors"
_HASH_MARK = re.compile(r" \[[0-9a-fA-F]{8,64}\]$")
"""What A1111 writes behind the name of a checkpoint."""


def _without_suffix(name: str) -> str:
    return name[: -len(_SUFFIX)] if name.lower().endswith(_SUFFIX) else name


def _with_shared(card: Card, extra: Sequence[Path]) -> Card:
    """The card with the LoRAs that lie beside all models; its own of a name come first."""
    shared: dict[str, Path] = {}
    for shelf in (models_folder(), *reversed(extra)):
        shared |= found_loras(shelf)
    return replace(card, loras=MappingProxyType({**shared, **card.loras})) if shared else card


def _is_path(text: str) -> bool:
    return os.sep in text or "/" in text or text.startswith(("~", ".")) or (
        text.endswith(_SUFFIX)
    )  # fmt: skip


def _absolute(text: str) -> Path:
    try:
        return Path(text).expanduser().absolute()
    except (RuntimeError, ValueError, OSError) as error:  # ~nobody, no current folder
        raise SetupError(
            f"There is no model at {text}: {error}", remedy="Check the path."
        ) from None


def _exists(place: Path) -> bool:
    return is_file(place) or is_folder(place)


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
                found.setdefault(entry.stem if is_file(entry) else entry.name, entry)
    return found


def _looks_like_model(entry: Path) -> bool:
    if is_file(entry):
        return entry.suffix == _SUFFIX
    return is_folder(entry) and (
        os.path.lexists(entry / CARD_NAME)
        or os.path.lexists(entry / INDEX_NAME)
        or bool(weights_in(entry))
    )


def _missing(name: str, known: Sequence[str]) -> SetupError:
    here = f"Here are: {', '.join(known)}." if known else "No model is here at all."
    guess = did_you_mean(name, known)
    remedy = "`hotfolder models` lists them; `hotfolder models pull sdxl` fetches the real SDXL."
    shown = one_line(name, 80)
    return SetupError(
        " ".join(part for part in (f"There is no model named {shown}.", here, guess) if part),
        remedy=remedy,
    )

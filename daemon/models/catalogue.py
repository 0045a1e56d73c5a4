"""The local catalogue: which models are here, by name or by path.

Names come from folders: the bundled `sketch`, the folders of the settings, and the person's own
(`models_folder`). Reads the disk, writes nothing; what a model is, `card` knows, and whether its
files are whole, `hashes`.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from types import MappingProxyType

from daemon.errors import SetupError, sentences
from daemon.fs.naming import name_key
from daemon.models.adapters import PLACES, Shelf, read_shelf
from daemon.models.card import (
    CARD_NAME,
    DRY_RUN,
    INDEX_NAME,
    LORAS_NAME,
    Card,
    found_loras,
    read_card,
    with_adapters,
    with_controls,
)
from daemon.models.contents import look
from daemon.models.controls import CONTROLS_NAME, Controls, read_controls
from daemon.models.files import WEIGHTS, is_file, is_folder, is_weights, weights_in
from daemon.models.tiny_decoders import TAESD_NAME
from daemon.models.unfit import loras_unseen, other_weights
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
    "shared_adapters",
    "shared_controls",
    "strays",
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
    for known, entry in _entries(extra):
        if name in (known, entry.name) and (kind := _stray(entry)):
            raise SetupError(_told(entry, *kind))
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
    if not alike and bare.lower().endswith(WEIGHTS):
        alike = [k for k, place in places.items() if weights_in(place) == [place / bare]]
    return alike[0] if len(alike) == 1 else None


_HASH_MARK = re.compile(r" \[[0-9a-fA-F]{8,64}\]$")
"""What A1111 writes behind the name of a checkpoint."""


def _without_suffix(name: str) -> str:
    return name[: -len(WEIGHTS)] if name.lower().endswith(WEIGHTS) else name


def _with_shared(card: Card, extra: Sequence[Path]) -> Card:
    """The card with the LoRAs and adapters that lie beside all models; its own come first."""
    loras: dict[str, Path] = {}
    for folder in (models_folder(), *reversed(extra)):
        loras |= found_loras(folder)
    if loras:
        card = replace(card, loras=MappingProxyType({**loras, **card.loras}))
    card = with_controls(card, shared_controls(extra))
    return with_adapters(card, shared_adapters(extra))


def shared_adapters(extra: Sequence[Path]) -> list[Shelf]:
    """What lies beside all models, of IP-Adapters and their encoders."""
    return [read_shelf(folder, {}) for folder in (*extra, models_folder())]


def shared_controls(extra: Sequence[Path]) -> list[Controls]:
    """What lies beside all models, of control models and of what makes control pictures."""
    return [read_controls(folder) for folder in (*extra, models_folder())]


def strays(extra: Sequence[Path] = ()) -> list[str]:
    """What lies among the models and is none, in sentences: what it is, and where it belongs."""
    found = [_told(entry, *kind) for _, entry in _entries(extra) if (kind := _stray(entry))]
    return found + [told for shelf in (*extra, models_folder()) for told in loras_unseen(shelf)]


def _told(entry: Path, what: str, where: str) -> str:
    return f"{entry} is no model. {what}. {where}"


def _stray(entry: Path) -> tuple[str, str] | None:
    """What it is, where the files' tables of contents say that it is a part or a companion of
    models; a folder is it if all files in it are."""
    if is_file(entry):
        return look(entry).stray if is_weights(entry) else other_weights(entry)
    named = os.path.lexists(entry / CARD_NAME) or os.path.lexists(entry / INDEX_NAME)
    if named or entry.name in PLACES:
        return None
    kinds = [look(file).stray for file in weights_in(entry)]
    return kinds[0] if kinds and all(kinds) else None


def _is_path(text: str) -> bool:
    return os.sep in text or "/" in text or text.startswith(("~", ".")) or (
        text.lower().endswith(WEIGHTS)
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
    for name, entry in _entries(extra):
        if _looks_like_model(entry) and _stray(entry) is None:
            found.setdefault(name, entry)
    return found


def _entries(extra: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """All that lies where models do, and the name that it would have as one."""
    for shelf in (*extra, models_folder()):
        try:
            entries = sorted(shelf.iterdir())
        except OSError:
            continue
        for entry in entries:
            own = (LORAS_NAME, CONTROLS_NAME, TAESD_NAME)
            if entry.name not in own and not entry.name.startswith("."):
                yield (entry.stem if is_file(entry) else entry.name), entry


def _looks_like_model(entry: Path) -> bool:
    if is_file(entry):
        return is_weights(entry)
    if not is_folder(entry) or entry.name == PLACES[0]:
        return False
    if os.path.lexists(entry / CARD_NAME) or os.path.lexists(entry / INDEX_NAME):
        return True
    found = weights_in(entry)
    return bool(found) and (entry.name not in PLACES or not any(look(f).stray for f in found))


def _missing(name: str, known: Sequence[str]) -> SetupError:
    here = f"Here are: {', '.join(known)}." if known else "No model is here at all."
    guess = did_you_mean(name, known)
    remedy = "`hotfolder models` lists them; `hotfolder models pull sdxl` fetches the real SDXL."
    shown = one_line(name, 80)
    return SetupError(
        sentences(f"There is no model named {shown}.", here, guess),
        remedy=remedy,
    )

"""What a pull is to fetch, by the folder it ends up in: a model's own files, and those all share.

Asks the hub what it lists; fetches nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.models.adapters import PLACES, read_shelf
from daemon.models.card_file import CARD_NAME, read_facts
from daemon.models.contents import EncoderFacts
from daemon.models.pull import recipe
from daemon.models.pull.extras import EXTRAS
from daemon.models.pull.finish import finish, finish_extra, finish_shared
from daemon.models.pull.recipe import Piece

if TYPE_CHECKING:
    from daemon.models.pull.hub import Hub

_LARGE = 10 << 20


@dataclass(frozen=True, slots=True)
class Parcel:
    """Files that end up together in one folder, which `finish` makes of the partial one."""

    home: Path
    pieces: list[Piece]
    licence: str
    finish: Callable[[Path, Path, list[Piece], dict[str, str], str], None]

    @property
    def partial(self) -> Path:
        """Where they gather."""
        return self.home.with_name(f".{self.home.name}.partial")


def model(name: str, hub: Hub, home: Path) -> Parcel:
    """The files of the model `name`, for the folder `home`. Raises UsageError and SetupError."""
    repo, file = (recipe.BASE, None) if name == "sdxl" else recipe.split_name(name)
    listing = hub.listing(repo)
    pieces = recipe.model_pieces(listing, file)
    if name == "sdxl":
        pieces = recipe.with_vae(pieces, recipe.vae_pieces(hub.listing(recipe.VAE)))
    return Parcel(home, sorted(pieces, key=_turn), listing.licence, finish)


def extras(name: str, hub: Hub, folder: Path) -> list[Parcel]:
    """What of the extra `name`, and of what it does not work without, is not below the models
    folder yet. Raises SetupError."""
    wanted = []
    while name:
        extra = EXTRAS[name]
        home = folder / extra.folder
        if not home.exists():
            listing = hub.listing(extra.repo)
            licence = listing.licence or extra.licence
            wanted.append(Parcel(home, extra.pieces(listing), licence, finish_extra))
        name = extra.also
    return wanted


@dataclass(frozen=True, slots=True)
class Lacking:
    """Of what all models share: adapters by their words, and perhaps the encoder."""

    words: tuple[str, ...]
    encoder: bool


def lacking(folder: Path) -> Lacking | None:
    """What does not lie beside all models in `folder` yet; None when all does."""
    shelf = read_shelf(folder, {})
    here = {one.name for one in shelf.adapters if one.facts.width == _WIDTHS[one.facts.kind]}
    words = tuple(word for word in recipe.ADAPTER_FILES if word not in here)
    encoder = _VIT_H not in shelf.encoders.values()
    return Lacking(words, encoder) if words or encoder else None


def shared_adapters(hub: Hub, folder: Path, what: Lacking) -> Parcel:
    """What is lacking, for the folder beside all models. Raises SetupError."""
    home = folder / PLACES[0]
    known = read_facts(home / CARD_NAME).hashes if home.exists() else {}
    ours = {*known, *(str(parent) for path in known for parent in Path(path).parents)}
    listing = hub.listing(recipe.ADAPTERS)
    pieces = recipe.adapter_pieces(
        listing,
        what.words,
        encoder=what.encoder,
        taken=lambda stored: os.path.lexists(home / stored) and stored not in ours,
    )
    return Parcel(home, sorted(pieces, key=_turn), listing.licence, finish_shared)


_VIT_H = EncoderFacts(projected=1024, hidden=1280)
_WIDTHS = {"base": _VIT_H.projected, "plus": _VIT_H.hidden}


def _turn(piece: Piece) -> tuple[bool, bool, str]:
    """What tells early that this is no model of ours comes first, the large files last."""
    return piece.stored != recipe.INDEX, piece.file.size >= _LARGE, piece.stored

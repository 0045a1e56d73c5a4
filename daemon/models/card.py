"""What a model is: its card, read from card.yaml or guessed from the files themselves.

A model is a folder: with a card.yaml, or a plain diffusers folder, or one .safetensors checkpoint,
each with or without IP-Adapters beside it. Only safetensors are weights to us; a pickle can run
code. Reads the disk, writes nothing, knows no tensor and no catalogue.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from daemon.errors import SetupError
from daemon.models.adapters import Shelf, attention_of, channels_of, fit, read_shelf
from daemon.models.card_file import CARD_NAME, read_facts
from daemon.models.contents import look
from daemon.models.controls import Controls, fit_controls, read_controls
from daemon.models.encoders import Unusable
from daemon.models.files import is_file, is_folder, is_weights, weights_in
from daemon.models.own_sampler import begins_at_noise, own_sampler
from daemon.models.unfit import is_piece
from daemon.protocol import engines

__all__ = [
    "CARD_NAME",
    "DRY_RUN",
    "INDEX_NAME",
    "LORAS_NAME",
    "Card",
    "found_loras",
    "read_card",
    "with_adapters",
    "with_controls",
]

INDEX_NAME = "model_index.json"
LORAS_NAME = "loras"


@dataclass(frozen=True, slots=True)
class Card:
    """What a model is. All paths are absolute; `preset_sizes` maps SDXL's sides to its own;
    `loras` are those its card names, those of its `loras` folder, and those all models share;
    `adapters` are those that can be used, each with one of `encoders`, by the same names, and
    `unusable` the others; `own` is what of them lies in its own folder; `controls` are the control
    models that fit it.
    `vocabulary` are the words it knows, none if nobody listed them, and `about` says what it is;
    `sampler` is A1111's name of what its own scheduler does, and `from_noise` where that begins: at
    noise alone, since it was trained down to no signal.
    One without files stands in where the engine needs no model, and has whatever a job asks for."""

    name: str
    folder: Path
    weights: Path
    architecture: str = "sdxl"
    native_size: int = 1024
    preset_sizes: Mapping[int, int] = field(default_factory=dict)
    min_size: int = 512
    max_size: int = 2048
    size_multiple: int = 8
    licence: str = ""
    adapters: Mapping[str, Path] = field(default_factory=dict)
    encoders: Mapping[str, Path] = field(default_factory=dict)
    unusable: tuple[Unusable, ...] = field(default=(), compare=False)
    own: Shelf = field(default_factory=Shelf, repr=False, compare=False)
    loras: Mapping[str, Path] = field(default_factory=dict)
    controls: Controls = field(default_factory=Controls)
    vocabulary: tuple[str, ...] = ()
    about: str = ""
    sha256: str | None = None
    hashes: Mapping[str, str] = field(default_factory=dict, repr=False)
    sampler: str = "Euler"
    from_noise: bool = False
    has_files: bool = True

    @property
    def image_encoder(self) -> Path | None:
        """The encoder of its first adapter, and mostly of all."""
        return next(iter(self.encoders.values()), None)


DRY_RUN = Card(
    name=engines.DRY_RUN.name,
    folder=Path(),
    weights=Path(),
    min_size=64,
    adapters={"base": Path(), "plus": Path(), "plus-face": Path()},
    has_files=False,
)


def read_card(place: Path) -> Card:
    """The card of the model at `place`, a folder or one .safetensors file. Raises SetupError for
    whatever is wrong with it, and nothing else."""
    if is_file(place):
        return _of_file(place)
    if not is_folder(place):
        raise SetupError(f"There is no model at {place}.", remedy="Check the path.")
    facts = read_facts(place / CARD_NAME)
    weights = _weights(place)
    adapters = {
        name: _inside(place, path, f"adapter {name}") for name, path in facts.adapters.items()
    }
    encoder = _inside(place, facts.image_encoder, "image encoder") if facts.image_encoder else None
    loras = {name: _inside(place, path, f"LoRA {name}") for name, path in facts.loras.items()}
    for path in facts.hashes:
        _inside(place, path, "hashed file", weights=False)
    card = Card(
        name=facts.name or _fit(place.name),
        folder=place,
        weights=weights,
        architecture=facts.architecture,
        native_size=facts.native_size,
        preset_sizes=MappingProxyType(dict(facts.preset_sizes)),
        min_size=facts.min_size,
        max_size=facts.max_size,
        size_multiple=facts.size_multiple,
        licence=facts.licence,
        own=read_shelf(place, adapters, encoder),
        loras=MappingProxyType({**found_loras(place), **loras}),
        vocabulary=facts.vocabulary,
        about=facts.about,
        sha256=_overall(facts.hashes) if facts.hashes else None,
        hashes=MappingProxyType(dict(facts.hashes)),
        sampler=own_sampler(weights),
        from_noise=begins_at_noise(weights),
    )
    return with_controls(with_adapters(card, ()), ())


def _of_file(place: Path) -> Card:
    _refuse_pickle(place)
    return Card(
        name=_fit(place.stem),
        folder=place.parent,
        weights=place,
        sampler=own_sampler(place),
        from_noise=begins_at_noise(place),
    )


def with_controls(card: Card, shared: Sequence[Controls]) -> Card:
    """The card with the control models that fit its model: its own, then those of that name that
    all models share."""
    if not card.has_files:
        return card
    text = attention_of(card.weights)
    width, channels = text.width if text else 0, channels_of(card.weights)
    shelves = (read_controls(card.folder), *shared)
    return replace(card, controls=fit_controls(shelves, width, channels))


def with_adapters(card: Card, shared: Sequence[Shelf]) -> Card:
    """The card with the adapters that fit its model: its own, and of those that all models share
    the ones that it has none of by their name."""
    found = fit((card.own, *shared), attention_of(card.weights))
    return replace(
        card,
        adapters=MappingProxyType(dict(found.adapters)),
        encoders=MappingProxyType(dict(found.encoders)),
        unusable=found.unusable,
    )


def _fit(name: str) -> str:
    """A file's name as a job can write it: a backslash there would be a path's."""
    return name.replace("\\", "_")


def _weights(folder: Path) -> Path:
    if is_file(folder / INDEX_NAME):
        return folder
    files = weights_in(folder)
    if len(files) == 1:
        return files[0]
    for file in files:
        if (stray := look(file).stray) is not None and len(files) > 1:
            raise SetupError(
                f"The model folder {folder} holds more than its checkpoint: {file.name}. "
                f"{stray[0]}.",
                remedy=f"{stray[1]} Beside a checkpoint it is not used.",
            )
    if any(is_piece(file) for file in files):
        raise SetupError(
            f"The model folder {folder} holds a checkpoint in pieces, which are not read.",
            remedy=f"Get it as one .safetensors, or as a diffusers folder (with {INDEX_NAME}).",
        )
    if files:
        raise SetupError(
            f"The model folder {folder} holds {len(files)} checkpoints.",
            remedy="Keep one per folder, or name the .safetensors file itself.",
        )
    for pickled in sorted(folder.glob("*.ckpt")) + sorted(folder.glob("*.pt")):
        _refuse_pickle(pickled)
    raise SetupError(
        f"The model folder {folder} holds no model.",
        remedy=f"It needs a {INDEX_NAME} (a diffusers folder) or one .safetensors checkpoint.",
    )


def _refuse_pickle(file: Path) -> None:
    if not is_weights(file):
        raise SetupError(
            f"{file} is not a safetensors file.",
            remedy="Other formats can run code when they are loaded; get the .safetensors variant.",
        )


def _inside(folder: Path, relative: str, what: str, *, weights: bool = True) -> Path:
    path = folder / relative
    if Path(relative).is_absolute() or ".." in Path(relative).parts or "\0" in relative:
        raise SetupError(f"The card of {folder} names its {what} outside its own folder.")
    if weights and path.suffix in (".bin", ".ckpt", ".pt", ".pth"):
        _refuse_pickle(path)
    return path


def found_loras(folder: Path) -> dict[str, Path]:
    """LoRAs by their file names, in the `loras` folder of `folder`; only safetensors count."""
    return {file.stem: file for file in weights_in(folder / LORAS_NAME)}


def _overall(hashes: Mapping[str, str]) -> str:
    lines = "".join(f"{path} {digest}\n" for path, digest in sorted(hashes.items()))
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()

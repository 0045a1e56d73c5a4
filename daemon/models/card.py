"""What a model is: its card, read from card.yaml or guessed from the files themselves.

A model is a folder: with a card.yaml, or a plain diffusers folder, or one .safetensors checkpoint,
each with or without IP-Adapters beside it. Only safetensors are weights to us; a pickle can run
code. Reads the disk, writes nothing, knows no tensor and no catalogue.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from daemon.errors import JobError, SetupError
from daemon.jobfile import tree
from daemon.jobfile.document import read_table
from daemon.protocol import engines
from daemon.protocol.json_object import JsonObject

CARD_NAME = "card.yaml"
INDEX_NAME = "model_index.json"
LORAS_NAME = "loras"

#: How IP-Adapter files name themselves -> our word; the longer names are tried first.
_ADAPTER_NAMES = (("plus-face", "plus-face"), ("plus", "plus"), ("ip-adapter", "base"))


@dataclass(frozen=True, slots=True)
class Card:
    """What a model is. All paths are absolute; `preset_sizes` maps SDXL's sides to its own;
    `loras` are those its card names, those of its `loras` folder, and those all models share. One
    without files stands in where the engine needs no model, and has whatever a job asks for."""

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
    image_encoder: Path | None = None
    loras: Mapping[str, Path] = field(default_factory=dict)
    sha256: str | None = None
    hashes: Mapping[str, str] = field(default_factory=dict, repr=False)
    has_files: bool = True


DRY_RUN = Card(
    name=engines.DRY_RUN.name,
    folder=Path(),
    weights=Path(),
    min_size=64,
    adapters={"base": Path(), "plus": Path(), "plus-face": Path()},
    has_files=False,
)


def read_card(place: Path) -> Card:
    """The card of the model at `place`, a folder or one .safetensors file. Raises SetupError."""
    if place.is_file():
        _refuse_pickle(place)
        return Card(name=place.stem, folder=place.parent, weights=place)
    if not place.is_dir():
        raise SetupError(f"There is no model at {place}.", remedy="Check the path.")
    facts = _facts(place / CARD_NAME)
    weights = _weights(place)
    adapters = {
        name: _inside(place, path, f"adapter {name}")
        for name, path in facts.get("adapters", {}).items()
    } or _found_adapters(place)
    encoder = facts.get("image_encoder")
    loras = {
        name: _inside(place, path, f"LoRA {name}") for name, path in facts.get("loras", {}).items()
    }
    hashes = facts.get("hashes", {})
    return Card(
        name=facts.get("name", place.name),
        folder=place,
        weights=weights,
        architecture=facts.get("architecture", "sdxl"),
        native_size=facts.get("native_size", 1024),
        preset_sizes=MappingProxyType(facts.get("preset_sizes", {})),
        min_size=facts.get("min_size", 512),
        max_size=facts.get("max_size", 2048),
        size_multiple=facts.get("size_multiple", 8),
        licence=facts.get("licence", ""),
        adapters=MappingProxyType(adapters),
        image_encoder=(
            _inside(place, encoder, "image encoder") if encoder else _found_encoder(place)
        ),
        loras=MappingProxyType({**found_loras(place), **loras}),
        sha256=_overall(hashes) if hashes else None,
        hashes=MappingProxyType(hashes),
    )  # fmt: skip


def _weights(folder: Path) -> Path:
    if (folder / INDEX_NAME).is_file():
        return folder
    files = sorted(folder.glob("*.safetensors"))
    if len(files) == 1:
        return files[0]
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
    if file.suffix != ".safetensors":
        raise SetupError(
            f"{file} is not a safetensors file.",
            remedy="Other formats can run code when they are loaded; get the .safetensors variant.",
        )


def _inside(folder: Path, relative: str, what: str) -> Path:
    path = folder / relative
    if Path(relative).is_absolute() or ".." in Path(relative).parts:
        raise SetupError(f"The card of {folder} names its {what} outside its own folder.")
    if path.suffix in (".bin", ".ckpt", ".pt", ".pth"):
        _refuse_pickle(path)
    return path


def _found_adapters(folder: Path) -> dict[str, Path]:
    """IP-Adapters by the names their authors gave them (ip-adapter-plus-face_sdxl_vit-h…)."""
    found: dict[str, Path] = {}
    for file in sorted((folder / "ip_adapter").glob("*.safetensors")):
        for part, name in _ADAPTER_NAMES:
            if part in file.stem.replace("_", "-").casefold() or file.stem == name:
                found.setdefault(name, file)
                break
    return found


def found_loras(folder: Path) -> dict[str, Path]:
    """LoRAs by their file names, in the `loras` folder of `folder`; only safetensors count."""
    return {file.stem: file for file in sorted((folder / LORAS_NAME).glob("*.safetensors"))}


def _found_encoder(folder: Path) -> Path | None:
    for place in (folder / "image_encoder", folder / "ip_adapter" / "image_encoder"):
        if (place / "config.json").is_file():
            return place
    return None


def _facts(file: Path) -> JsonObject:
    """What card.yaml says, checked key by key; nothing when there is none."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return {}
    try:
        facts = tree.plain(read_table(data, CARD_NAME))
    except JobError as error:
        raise SetupError(f"The model's card {file} can't be read: {error}") from None
    assert isinstance(facts, dict)
    return {key: _checked(file, key, value) for key, value in facts.items() if value is not None}


_KINDS: dict[str, type] = {
    "name": str, "architecture": str, "licence": str, "image_encoder": str,
    "native_size": int, "min_size": int, "max_size": int, "size_multiple": int,
    "adapters": dict, "loras": dict, "hashes": dict, "preset_sizes": dict,
}  # fmt: skip
_FREE = ("trained", "score")


def _checked(file: Path, key: str, value: object) -> object:
    if key in _FREE:
        return value
    kind = _KINDS.get(key)
    if kind is None:
        raise SetupError(f"The model's card {file} has an unknown key, `{key}`.")
    good = type(value) is kind and (kind is not int or value > 0)  # type: ignore[operator]
    if good and isinstance(value, dict) and key != "preset_sizes":
        good = all(isinstance(item, str) for item in value.values())
    if good and key == "preset_sizes" and isinstance(value, dict):
        good = all(str(k).isdigit() and type(v) is int and v > 0 for k, v in value.items())
        if good:
            return {int(k): v for k, v in value.items()}
    if not good:
        raise SetupError(f"In the model's card {file}, `{key}` has a value that can't be used.")
    return value


def _overall(hashes: Mapping[str, str]) -> str:
    lines = "".join(f"{path} {digest}\n" for path, digest in sorted(hashes.items()))
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()

"""The local catalogue: which models are here, what each can do, and where its files lie.

A model is a folder: with a card.yaml, or a plain diffusers folder, or one .safetensors checkpoint,
each with or without IP-Adapters beside it. Only safetensors are weights to us; a pickle can run
code. Reads the disk, writes nothing, knows no tensor.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from daemon.errors import SetupError
from daemon.protocol import Load

if TYPE_CHECKING:
    from daemon.settings import Settings

CARD_NAME = "card.yaml"
INDEX_NAME = "model_index.json"
BUNDLED = Path(__file__).parent / "sketch" / "weights"

#: How IP-Adapter files name themselves -> our word; the longer names are tried first.
_ADAPTER_NAMES = (("plus-face", "plus-face"), ("plus", "plus"), ("ip-adapter", "base"))


@dataclass(frozen=True, slots=True)
class Card:
    """What a model is. All paths are absolute; `preset_sizes` maps SDXL's sides to its own."""

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


DRY_RUN = Card(
    name="dry-run", folder=Path(), weights=Path(), min_size=64, adapters={
        "base": Path(), "plus": Path(), "plus-face": Path()
    },
)  # fmt: skip


def models_folder() -> Path:
    """Where a person's own models live: $HOTFOLDER_MODELS, else the platform's data folder."""
    if chosen := os.environ.get("HOTFOLDER_MODELS"):
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_dir

    return Path(user_data_dir("Hotfolder")) / "models"


# --- finding ------------------------------------------------------------------------------------


def find_model(name_or_path: str, extra: Sequence[Path] = ()) -> Card:
    """The card of a model by its name in the catalogue, or by the path of its folder or file."""
    if name_or_path == DRY_RUN.name:
        return DRY_RUN
    if _is_path(name_or_path):
        return read_card(Path(name_or_path).expanduser().absolute())
    places = _places(extra)
    if name_or_path in places:
        return read_card(places[name_or_path])
    for card in list_models(extra):
        if card.name == name_or_path:
            return card
    raise _missing(name_or_path, tuple(places))


def list_models(extra: Sequence[Path] = ()) -> list[Card]:
    """Every model here that can be read, the bundled one first."""
    cards = []
    for place in _places(extra).values():
        try:
            cards.append(read_card(place))
        except SetupError:
            continue  # `models check NAME` says what is wrong with it
    return cards


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
            if not entry.name.startswith(".") and _looks_like_model(entry):
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
    from daemon.jobfile.names import did_you_mean

    here = f"Here are: {', '.join(known)}." if known else "No model is here at all."
    guess = did_you_mean(name, known)
    remedy = f"`hotfolder models pull {name}` fetches one; `hotfolder models` lists them."
    return SetupError(
        " ".join(part for part in (f"There is no model named {name}.", here, guess) if part),
        remedy=remedy,
    )


# --- reading ------------------------------------------------------------------------------------


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
    loras = facts.get("loras", {})
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
        loras=MappingProxyType(
            {name: _inside(place, path, f"LoRA {name}") for name, path in loras.items()}
        ),
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


def _found_encoder(folder: Path) -> Path | None:
    for place in (folder / "image_encoder", folder / "ip_adapter" / "image_encoder"):
        if (place / "config.json").is_file():
            return place
    return None


def _facts(file: Path) -> dict[str, Any]:
    """What card.yaml says, checked key by key; nothing when there is none."""
    from daemon.errors import JobError
    from daemon.jobfile import tree
    from daemon.jobfile.read import read_table

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


def _checked(file: Path, key: str, value: object) -> Any:
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


# --- hashes and the worker's command --------------------------------------------------------------


def _overall(hashes: Mapping[str, str]) -> str:
    lines = "".join(f"{path} {digest}\n" for path, digest in sorted(hashes.items()))
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()


def verify(card: Card) -> list[str]:
    """What is wrong with the files of a model, in sentences; empty when all is well."""
    findings = [f"{path} is missing." for path in _named(card) if not path.exists()]
    if not card.hashes and card is not DRY_RUN:
        findings.append("The card lists no hashes, so the files can't be verified.")
    for relative, digest in sorted(card.hashes.items()):
        file = card.folder / relative
        if not file.is_file():
            findings.append(f"{relative} is missing.")
        elif _sha256(file) != digest:
            findings.append(f"{relative} differs from what its card says: broken, or changed.")
    return findings


def _named(card: Card) -> list[Path]:
    encoder = [card.image_encoder] if card.image_encoder else []
    return [card.weights, *card.adapters.values(), *encoder, *card.loras.values()]


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def load_command(card: Card, settings: Settings, caches: Path) -> Load:
    """The first thing a worker is told."""
    dry = card is DRY_RUN
    return Load(
        name=card.name,
        model="" if dry else str(card.weights),
        sha256=card.sha256,
        image_encoder=str(card.image_encoder) if card.image_encoder else None,
        adapters={} if dry else {name: str(path) for name, path in sorted(card.adapters.items())},
        device=settings.device,
        dtype=settings.dtype,
        threads=settings.threads,
        caches=str(caches),
    )

"""IP-Adapters and their image encoders as they lie in a folder, and which of them go together.

Which file is which is told from its table of contents; a name decides only where two kinds have
the same tensors. What can't be used is named with the reason, and costs itself alone. Reads the
disk, writes nothing; knows no models but for the shape of their attention.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from daemon.models.contents import AdapterFacts, Attention, EncoderFacts, look
from daemon.models.encoders import NEVER, REPLACE, Unusable, pickles, read_encoder
from daemon.models.files import is_file, is_folder, is_weights, weights_in
from daemon.protocol.weight_kinds import IP_ADAPTER

PLACES = ("ip_adapter", "IP-Adapter", "ipadapter", "sdxl_models", "models", "image_encoder")
"""Where adapters and encoders lie, in a model's folder or beside all models: ours, the hub's
folder or its whole tree, and what other tools call it."""

_DEEPEST, _MOST = 3, 500

#: Width of what a base and a plus adapter read -> the image encoder that gives it.
_ENCODERS = {
    ("base", 1024): "ViT-H",
    ("plus", 1280): "ViT-H",
    ("base", 1280): "ViT-bigG",
    ("plus", 1664): "ViT-bigG",
}


@dataclass(frozen=True, slots=True)
class Adapter:
    """An adapter that could be used, and the word it is asked for with."""

    name: str
    file: Path
    facts: AdapterFacts


@dataclass(frozen=True, slots=True)
class Shelf:
    """What lies in one folder."""

    adapters: tuple[Adapter, ...] = ()
    encoders: Mapping[Path, EncoderFacts] = field(default_factory=dict)
    unusable: tuple[Unusable, ...] = ()


@dataclass(frozen=True, slots=True)
class Fitted:
    """The adapters of one model by name, the encoder of each, and what can't be used."""

    adapters: Mapping[str, Path]
    encoders: Mapping[str, Path]
    unusable: tuple[Unusable, ...]


def read_shelf(folder: Path, named: Mapping[str, Path], encoder: Path | None = None) -> Shelf:
    """What lies in the `PLACES` of `folder`; `named` and `encoder` are what its card says, and then
    nothing else of the kind is looked for."""
    adapters: list[Adapter] = []
    encoders: dict[Path, EncoderFacts] = {}
    unusable: list[Unusable] = []
    for name, file in named.items():
        _put(name, file, adapters, unusable)
    places = [encoder] if encoder else []
    for place in _folders(folder):
        if not named and place.name != "image_encoder":
            for file in _weights(place):
                _put(None, file, adapters, unusable)
            unusable += _pickled(place)
        if encoder is None and (is_file(place / "config.json") or place.name == "image_encoder"):
            places.append(place)
    for place in places:
        found = read_encoder(place)
        if isinstance(found, EncoderFacts):
            encoders[place] = found
        elif found is not None:
            unusable.append(found)
    return Shelf(tuple(adapters), encoders, tuple(unusable))


def fit(shelves: Sequence[Shelf], attention: Attention | None) -> Fitted:
    """The adapters of these shelves that one model can use, the first shelf's of a name; a second
    one of a name in one shelf is called what its file is. `attention` is the model's, None where
    it can't be told."""
    encoders = {place: facts for shelf in shelves for place, facts in shelf.encoders.items()}
    adapters: dict[str, Path] = {}
    chosen: dict[str, Path] = {}
    unusable: dict[Path, Unusable] = {}
    for shelf in shelves:
        taken = set(adapters)
        for one in sorted(shelf.adapters, key=lambda one: one.facts.width):
            if one.name in taken:
                continue
            found = _partner(one, encoders, attention)
            name = one.name if one.name not in adapters else one.file.stem
            if isinstance(found, Unusable):
                unusable.setdefault(one.file, found)
            elif name not in adapters:
                adapters[name], chosen[name] = one.file, found
        unusable |= {one.file: one for one in shelf.unusable}
    return Fitted(adapters, chosen, tuple(unusable.values()))


def _put(name: str | None, file: Path, adapters: list[Adapter], unusable: list[Unusable]) -> None:
    """`name` is what a card calls it, None where its tensors are to tell."""
    contents = look(file)
    facts = contents.adapter
    if facts is not None and not facts.refused:
        adapters.append(Adapter(name or _word(facts, file), file, facts))
        return
    if facts is not None:
        told = facts.refused
    elif contents.broken:
        told = contents.broken
    elif contents.encoder is not None:
        told = "It is an image encoder without its config.json beside it"
    else:
        told = contents.stray[0] if contents.stray else "It is no IP-Adapter"
        if told == IP_ADAPTER:
            told += " whose tensors have other names than those of the public ones"
    unusable.append(Unusable(name or file.stem, file, f"{told}.", REPLACE))


def _weights(place: Path) -> list[Path]:
    """The files in it that are adapters, or were meant for some: dead links too."""
    if place.name == "models":  # whatever else lies there
        return [file for file in weights_in(place) if look(file).adapter]
    is_encoder = is_file(place / "config.json")
    try:
        found = sorted(one for one in place.iterdir() if is_weights(one))
    except OSError:
        return []
    return [file for file in found if not (is_encoder and look(file).adapter is None)]


def _word(facts: AdapterFacts, file: Path) -> str:
    """Plus and plus-face have the same tensors: there its name decides, and nowhere else."""
    if facts.kind == "plus" and "face" in file.stem.casefold():
        return "plus-face"
    return facts.kind


def _folders(folder: Path) -> Iterator[Path]:
    """The folders in which adapters and encoders may lie, each once, whatever links there are."""
    seen: set[tuple[int, int]] = set()
    queue = [(folder / name, 1) for name in PLACES]
    while queue and len(seen) < _MOST:
        place, depth = queue.pop(0)
        if not is_folder(place):
            continue
        try:
            facts = place.stat()
            inside = sorted(place.iterdir()) if depth < _DEEPEST else []
        except OSError:
            continue
        if (key := (facts.st_dev, facts.st_ino)) in seen:
            continue
        seen.add(key)
        yield place
        queue += [(one, depth + 1) for one in inside if not one.name.startswith(".")]


def _pickled(place: Path) -> list[Unusable]:
    """Adapters that are here only as pickles."""
    return [
        Unusable(file.stem, file, f"It is {NEVER}", "Get it as .safetensors.")
        for file in pickles(place)
        if "adapter" in file.stem and not is_file(file.with_suffix(".safetensors"))
    ]


def _partner(
    one: Adapter, encoders: Mapping[Path, EncoderFacts], attention: Attention | None
) -> Path | Unusable:
    """The encoder that goes with an adapter, or why it can't be used with this model."""
    facts = one.facts
    if attention is not None and attention != facts.attention:
        has = facts.attention
        why = (
            f"It has weights for {has.layers} attention layers that look at {has.width} numbers; "
            f"the model has {attention.layers} that look at {attention.width}."
        )
        return Unusable(one.name, one.file, why, "Use an adapter made for this kind of model.")
    for place, encoder in encoders.items():
        if facts.width == (encoder.projected if facts.kind == "base" else encoder.hidden):
            return place
    wanted = _ENCODERS.get((facts.kind, facts.width))
    needs = f"the {wanted} image encoder" if wanted else "an image encoder"
    here = "; ".join(_gives(place, encoder, facts.kind) for place, encoder in encoders.items())
    return Unusable(
        one.name,
        one.file,
        f"It needs {needs}, which gives {facts.width} numbers; "
        f"{here or 'there is no image encoder beside it'}.",
        f"Put that encoder into `ip_adapter/image_encoder`{_beside(encoders)}, or use the adapter "
        "that goes with the encoder which is here."
        if here
        else "Put it into `ip_adapter/image_encoder` (config.json and model.safetensors); "
        "`hotfolder models pull sdxl` brings ViT-H.",
    )


def _gives(place: Path, encoder: EncoderFacts, kind: str) -> str:
    width = encoder.projected if kind == "base" else encoder.hidden
    name = _ENCODERS.get((kind, width))
    return f"the one in {place}{f', {name},' if name else ''} gives {width}"


def _beside(encoders: Mapping[Path, EncoderFacts]) -> str:
    return "" if not encoders else " (a second one into a folder of its own there)"


def attention_of(weights: Path) -> Attention | None:
    """Of the model whose checkpoint or diffusers folder `weights` is; None where its tables of
    contents don't tell."""
    if not is_folder(weights):
        return look(weights).attention
    files = weights_in(weights / "unet")
    plain = [file for file in files if ".fp16" not in file.name] or files
    found = [one for file in plain if (one := look(file).attention) is not None]
    if not found:
        return None
    return Attention(sum(one.layers for one in found), max(one.width for one in found))


def channels_of(weights: Path) -> int:
    """Of the first layer of that model's UNet; 0 where its tables of contents don't tell."""
    files = weights_in(weights / "unet") if is_folder(weights) else [weights]
    return next((found for file in files if (found := look(file).channels)), 0)

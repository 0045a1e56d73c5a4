"""An image encoder as it lies in a folder: how wide what it sees is, or why it can't be used.

Reads its config.json and tables of contents. Knows nothing of adapters but that they need it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from daemon.errors import SetupError, sentences
from daemon.models.contents import EncoderFacts, look
from daemon.models.files import read_small, weights_in
from daemon.text.printable import one_line

_PICKLES = (".bin", ".pt", ".pth", ".ckpt")

REPLACE = "Put one for SDXL in its place: `hotfolder models pull sdxl` brings them."


@dataclass(frozen=True, slots=True)
class Unusable:
    """An adapter or an encoder that can't be used, by the word that jobs ask for it with; `why` and
    `remedy` are whole sentences."""

    name: str
    file: Path
    why: str
    remedy: str = ""

    def __str__(self) -> str:
        return sentences(f"{self.file.name}: {self.why}", self.remedy)


def read_encoder(place: Path) -> EncoderFacts | Unusable | None:
    """The image encoder in `place`, why it can't be used, or None where something else lies."""
    try:
        config = json.loads(read_small(place / "config.json") or b"")
        vision = config.get("vision_config") or config
        said = EncoderFacts(
            int(config.get("projection_dim") or vision.get("projection_dim") or 512),
            int(vision.get("hidden_size") or 768),
        )
    except (SetupError, ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return Unusable(
            "image_encoder", place, "Its config.json is missing or can't be read.", REPLACE
        )
    kind = str(config.get("model_type", "clip"))
    if not kind.startswith("clip"):
        why = f"It is an image encoder of another kind ({one_line(kind, 40)})."
        return Unusable("image_encoder", place, why, REPLACE) if "vision" in kind else None
    weights = weights_in(place)
    if not weights:
        return _without_weights(place)
    if not any(file.name.startswith("model") for file in weights):
        why = f"Its weights are called {weights[0].name}."
        return Unusable("image_encoder", place, why, "Call them model.safetensors.")
    for file in weights:
        contents = look(file)
        if contents.broken:
            return Unusable("image_encoder", place, f"{file.name}: {contents.broken}.", REPLACE)
        if contents.encoder is not None:
            return contents.encoder
    return said


def _without_weights(place: Path) -> Unusable:
    found = pickles(place)
    if not found:
        return Unusable("image_encoder", place, "It has no model.safetensors.", REPLACE)
    why = f"It is here only as {found[0].name}, {NEVER}"
    return Unusable("image_encoder", place, why, "Put its model.safetensors beside it.")


NEVER = "a pickle, which can run code and is never opened."


def pickles(place: Path) -> list[Path]:
    """The files in it that are never opened."""
    try:
        return sorted(one for one in place.iterdir() if one.suffix in _PICKLES)
    except OSError:
        return []

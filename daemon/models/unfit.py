"""What lies among the models and can't be used, told by names and tables of contents alone.

Says only what is sure; whether weights are whole, their loading tells. Reads the disk, and changes
nothing.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from daemon.errors import SetupError
from daemon.models.contents import Contents, look
from daemon.models.encoders import NEVER, pickles
from daemon.models.files import is_folder, read_small, weights_in
from daemon.text.printable import one_line

_PIECE = re.compile(r".*-\d{5}-of-\d{5}")
_PICKLES = (".ckpt", ".pt", ".pth", ".bin")
_GET = "Get it as .safetensors."


def is_piece(file: Path) -> bool:
    """Whether it is one of several that a checkpoint was cut into."""
    return _PIECE.fullmatch(file.stem) is not None


def unfit(weights: Path) -> list[str]:
    """What a model's file or folder is if no picture can be made with it; none if nothing tells."""
    if is_folder(weights):
        why = _other_pipeline(weights)
    else:
        found = look(weights)
        why = _sentence(found, found.no_checkpoint)
    return [f"{weights}: {why}"] if why else []


def why_no_lora(file: Path) -> str:
    """What a LoRA's file is if it can't be worn; "" if nothing tells."""
    found = look(file)
    return _sentence(found, found.no_lora)


def _sentence(found: Contents, of_another_kind: str) -> str:
    cut = "It is cut off: its download broke off, or goes on" if found.is_cut else ""
    said = found.broken or of_another_kind or cut
    return f"{said}." if said else ""


def other_weights(file: Path) -> tuple[str, str] | None:
    """What a file is that other tools take for a model, and what to do; None for any other."""
    suffix = file.suffix.casefold()
    if suffix in _PICKLES:
        return f"It is {NEVER.rstrip('.')}", _GET
    return ("It is a GGUF file, which is not read", _GET) if suffix == ".gguf" else None


def loras_unseen(shelf: Path) -> list[str]:
    """What lies in the `loras` of a folder of models and is never found, in sentences."""
    home = shelf / "loras"
    told = [f"{file} is no LoRA that can be used. It is {NEVER} {_GET}" for file in pickles(home)]
    try:
        folders = sorted(one for one in home.iterdir() if is_folder(one))
    except OSError:
        return told
    lying = ((one, len(weights_in(one))) for one in folders if not one.name.startswith("."))
    return told + [
        f"{one} is not looked into. Put the LoRAs in it into {home} itself."
        for one, many in lying
        if many
    ]


def _other_pipeline(folder: Path) -> str:
    try:
        kind = json.loads(read_small(folder / "model_index.json") or b"").get("_class_name")
    except (SetupError, ValueError, AttributeError, RecursionError):
        return ""
    if not isinstance(kind, str) or not kind or kind.startswith("StableDiffusionXL"):
        return ""
    return f"It is a model of another kind ({one_line(kind, 60)})."

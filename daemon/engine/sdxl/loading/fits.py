"""Whether a model's encoders and its UNet fit into the device's memory side by side.

Reads tables of contents of safetensors files only; loads nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import torch

from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.loading.readahead import files_of
from daemon.protocol.json_object import JsonObject
from daemon.protocol.messages import Load

CROWDED = 0.6
"""Share of the device's memory that all of a model's weights may take before encoders are let go;
what is left over is for the picture."""


def drops_encoders(load: Load, device: Device) -> bool:
    """Whether encoders are to be let go after each use: as the settings say, or by the room."""
    wish = load.options.get("encoders", "auto")
    if wish != "auto":
        return bool(wish == "drop")
    files = [*files_of(load), *map(Path, load.adapters.values())]
    for encoder in {load.image_encoder, *load.encoders.values()} - {None}:
        files += Path(str(encoder)).glob("*.safetensors")
    return _bytes_of(files, device.dtype) > CROWDED * device.memory


def _bytes_of(files: Iterable[Path], dtype: torch.dtype) -> int:
    return dtype.itemsize * sum(_numbers_in(file) for file in files)


def _numbers_in(file: Path) -> int:
    """How many numbers a safetensors file holds, by its table of contents; 0 if it is none."""
    try:
        if not file.is_file():  # a pipe, say, would be waited for
            return 0
        with file.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            table: JsonObject = json.loads(stream.read(min(length, 100_000_000)))
        entries = [entry for name, entry in table.items() if name != "__metadata__"]
        return sum(_product(entry["shape"]) for entry in entries)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return 0  # loading it will say what is wrong


def _product(shape: Iterable[int]) -> int:
    count = 1
    for side in shape:
        count *= side
    return count

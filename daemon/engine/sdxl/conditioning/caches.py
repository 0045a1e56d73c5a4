"""How much a worker may remember, and where: the caches of one model on one device.

Also whether this machine is so small that encoders should leave it once they have spoken.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

from daemon.engine.sdxl.conditioning.cache import Cache, Kept, Store
from daemon.engine.sdxl.conditioning.fingerprint import Fingerprint, Ledger
from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.environment import facts
from daemon.engine.sdxl.loading.readahead import files_of
from daemon.engine.sdxl.lru import Shelf
from daemon.protocol.messages import Load

SHELF_BYTES = 256 * 1024 * 1024
STORE_BYTES = 1024 * 1024 * 1024

CROWDED = 0.6
"""Share of the device's memory that all of a model's weights may take before encoders are let go;
what is left over is for the picture."""


class Memory:
    """The caches of a worker."""

    def __init__(self, load: Load, device: Device) -> None:
        folder = Path(load.caches) if load.caches else None
        budget = int(load.options.get("cache_disk", STORE_BYTES))
        self._place = device.place
        self._facts = [f"{name} {fact}" for name, fact in facts(device).items()]
        self._shelf: Shelf[Kept] = Shelf(int(load.options.get("cache_memory", SHELF_BYTES)))
        self._ledger = Ledger(folder / "fingerprints.json" if folder else None)
        self.store = Store(folder / "conditioning", budget) if folder and budget else None

    def cache(self, kind: str) -> Cache:
        return Cache(kind, self._shelf, self.store, self._place)

    def fingerprint(self, files: Iterable[Path]) -> Fingerprint:
        """What the answers of these files' networks depend on: them, and what computes them."""
        return Fingerprint(files, self._facts, self._ledger)

    def forget(self) -> None:
        """Give the memory back; what is on disk stays."""
        self._shelf.clear()


def drops_encoders(load: Load, device: Device) -> bool:
    """Whether encoders are to be let go after each use: as the settings say, or by the room."""
    wish = load.options.get("encoders", "auto")
    if wish != "auto":
        return bool(wish == "drop")
    files = [*files_of(load), *map(Path, load.adapters.values())]
    if load.image_encoder:
        files += Path(load.image_encoder).glob("*.safetensors")
    return _bytes_of(files, device.dtype) > CROWDED * device.memory


def _bytes_of(files: Iterable[Path], dtype: torch.dtype) -> int:
    return dtype.itemsize * sum(_numbers_in(file) for file in files)


def _numbers_in(file: Path) -> int:
    """How many numbers a safetensors file holds, by its table of contents; 0 if it is none."""
    try:
        with file.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            table: dict[str, Any] = json.loads(stream.read(min(length, 100_000_000)))
        entries = [entry for name, entry in table.items() if name != "__metadata__"]
        return sum(_product(entry["shape"]) for entry in entries)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return 0  # loading it will say what is wrong


def _product(shape: Iterable[int]) -> int:
    count = 1
    for side in shape:
        count *= side
    return count

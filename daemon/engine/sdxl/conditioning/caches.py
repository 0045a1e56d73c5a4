"""How much a worker may remember, and where: the caches of one model on one device.

Knows nothing of what is cached.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from daemon.engine.sdxl.conditioning.cache import Cache, Kept, Store
from daemon.engine.sdxl.conditioning.fingerprint import Fingerprint, Ledger
from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.environment import facts
from daemon.engine.sdxl.lru import Lru
from daemon.protocol.messages import Load

SHELF_BYTES = 256 * 1024 * 1024
PICTURES_ARE = "pictures sRGB, transparent parts on white"
"""How pictures are opened; what was kept of them when they were opened otherwise is not used."""

STORE_BYTES = 1024 * 1024 * 1024


class Memory:
    """The caches of a worker."""

    def __init__(self, load: Load, device: Device) -> None:
        folder = Path(load.caches) if load.caches else None
        budget = int(load.options.get("cache_disk", STORE_BYTES))
        self._place = device.place
        self._facts = [f"{name} {fact}" for name, fact in facts(device).items()]
        self._facts.append(PICTURES_ARE)
        self._lru: Lru[Kept] = Lru(int(load.options.get("cache_memory", SHELF_BYTES)))
        self._ledger = Ledger(folder / "fingerprints.json" if folder else None)
        self.store = Store(folder / "conditioning", budget) if folder and budget else None

    def cache(self, kind: str) -> Cache:
        return Cache(kind, self._lru, self.store, self._place)

    def fingerprint(self, files: Iterable[Path]) -> Fingerprint:
        """What the answers of these files' networks depend on: them, and what computes them."""
        return Fingerprint(files, self._facts, self._ledger)

    @property
    def held(self) -> int:
        """Bytes in memory."""
        return self._lru.held

    def forget(self) -> None:
        """Give the memory back; what is on disk stays."""
        self._lru.clear()

"""What one worker's compiling leaves for the next: its code, and whether it paid here."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from pathlib import Path

import torch

from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.environment import computer, instructions, system
from daemon.fs.atomic import write_cache
from daemon.fs.read import read_json

MOST_KEPT = 2_000_000_000
"""Bytes of compiled code after which it is begun anew."""


class Verdict:
    """Whether compiling paid on this machine with these libraries, kept for the next worker."""

    def __init__(self, folder: Path | None, device: Device) -> None:
        self._path = folder / "compiling.json" if folder else None
        told = (system(), torch.__version__, *computer(device).values(), device.dtype)
        self._key = " ".join(map(str, told))

    def read(self) -> bool | None:
        try:
            known = read_json(self._path) if self._path else {}
            found = known.get(self._key) if isinstance(known, dict) else None
            return None if found is None else bool(found)
        except (OSError, ValueError, TypeError):
            return None

    def write(self, pays: bool) -> None:
        if self._path is None:
            return
        write_cache(self._path, json.dumps({self._key: pays}).encode())


def code_folder(folder: Path) -> Path:
    """Where compiled code is kept, in a folder of caches; emptied once it is too much. Each kind of
    processor has its own: torch's compiler does not ask for which one its code was written."""
    place = folder / "inductor"
    if _size(place) > MOST_KEPT:
        shutil.rmtree(place, ignore_errors=True)
    return place / hashlib.sha256(instructions().encode()).hexdigest()[:16]


def _size(folder: Path) -> int:
    with contextlib.suppress(OSError):
        return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return 0

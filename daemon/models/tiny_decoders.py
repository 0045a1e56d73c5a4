"""Where a TAESD lies, the small decoder that looks at a picture under way: `taesd/` in a model's
folder, or beside all models. Asks the disk for names alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from daemon.models.files import is_file, weights_in

TAESD_NAME = "taesd"


def tiny_decoder(places: Iterable[Path]) -> Path | None:
    """The first `taesd` folder in `places` that has a description and weights as safetensors."""
    for place in places:
        folder = place / TAESD_NAME
        if is_file(folder / "config.json") and weights_in(folder):
            return folder.absolute()
    return None

"""What a worker is told first: which model to load, where from, and how.

Knows the catalogue and the owner's settings; knows nothing of processes.
"""

from __future__ import annotations

from pathlib import Path

from daemon.models.catalogue import Card, models_folder
from daemon.models.tiny_decoders import tiny_decoder
from daemon.protocol.messages import Load
from daemon.settings import Settings


def load_command(card: Card, settings: Settings, caches: Path, live: Path | None = None) -> Load:
    """The first thing a worker is told; `live` is where the picture under way may be shown."""
    adapters = {name: str(path) for name, path in sorted(card.adapters.items())}
    return Load(
        name=card.name,
        model=str(card.weights) if card.has_files else "",
        sha256=card.sha256,
        image_encoder=str(card.image_encoder) if card.image_encoder else None,
        encoders={
            name: str(path) for name, path in card.encoders.items() if path != card.image_encoder
        },
        adapters=adapters if card.has_files else {},
        device=settings.device,
        dtype=settings.dtype,
        threads=settings.threads,
        max_batch=settings.max_batch,
        caches=str(caches),
        live=str(live) if live is not None and settings.live else "",
        options={
            "compile": settings.compile,
            "encoders": settings.encoders,
            "estimators": {name: str(path) for name, path in card.controls.estimators.items()},
            "cache_memory": int(settings.cache_memory * 1e9),
            "cache_disk": int(settings.cache_disk * 1e9),
            "taesd": _taesd(card) if live is not None and settings.live else "",
        },
    )


def _taesd(card: Card) -> str:
    """The folder of the small decoder that looks at pictures under way; "" if there is none."""
    if not card.has_files:
        return ""
    return str(tiny_decoder((card.folder, models_folder())) or "")

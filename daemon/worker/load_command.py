"""What a worker is told first: which model to load, where from, and how.

Knows the catalogue and the owner's settings; knows nothing of processes.
"""

from __future__ import annotations

from pathlib import Path

from daemon.models.catalogue import DRY_RUN, Card
from daemon.protocol.messages import Load
from daemon.settings import Settings


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
        max_batch=settings.max_batch,
        caches=str(caches),
        options={
            "compile": settings.compile,
            "encoders": settings.encoders,
            "cache_memory": int(settings.cache_memory * 1e9),
            "cache_disk": int(settings.cache_disk * 1e9),
        },
    )

"""Recordings of calls, as tests need them: chosen already, where choosing is not the point."""

from __future__ import annotations

from daemon.engine.sdxl.speed.recorded import TRIES, RecordedUnet


def chosen(unet: RecordedUnet) -> RecordedUnet:
    """With every recording that it holds tried and found to pay."""
    for held in unet._held.values():
        held.replayed, held.plain = [1.0] * TRIES, [2.0] * TRIES
    return unet

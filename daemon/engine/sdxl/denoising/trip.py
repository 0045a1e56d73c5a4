"""A flight of the SDXL engine, with what its picture's record will say."""

from __future__ import annotations

from dataclasses import dataclass

from daemon.engine.sdxl.denoising.in_flight import Flight
from daemon.engine.sdxl.denoising.source_image import Canvas
from daemon.engine.sdxl.memory.ladder import Rung
from daemon.engine.sdxl.stopwatch import Laps


@dataclass(slots=True, eq=False, kw_only=True)
class Trip(Flight):
    """`rungs` are those taken for lack of memory, `compiled` says whether compiled code was
    used."""

    laps: Laps
    cache: dict[str, str | None]
    warnings: tuple[str, ...]
    rungs: set[Rung]
    canvas: Canvas | None = None
    compiled: bool = False

"""How seconds per picture fall as more pictures share a call: our loop, asked for 1, 2, 4 …

Every number of pictures is forced, whatever the engine would choose by itself.
"""

from __future__ import annotations

import os
import time
from typing import Any

from daemon.bench.scripts.ask_engine import load_engine, render_of
from daemon.engine.host.png import stage_png
from daemon.protocol.json_object import JsonObject


class OurLoop:
    """The engine with its own way of choosing switched off."""

    def __init__(self) -> None:
        self._engine: Any = None

    def load(self, most: int, **given: Any) -> JsonObject:
        os.environ["HOTFOLDER_BATCHING"] = "always"
        self._engine = load_engine(given, most)
        return {}

    def render(self, shots: list[JsonObject], batch: int) -> JsonObject:
        began, busy = time.perf_counter(), time.process_time()
        shared = 1
        for first in range(0, len(shots), batch):
            some = shots[first : first + batch]
            in_flight = [self._engine.board(render_of(shot), lambda *_: None) for shot in some]
            while not all(flight.is_over for flight in in_flight):
                self._engine.step([flight for flight in in_flight if not flight.is_over])
            for shot, flight in zip(some, in_flight, strict=True):
                if flight.failure is not None:
                    raise flight.failure
                shared = max(shared, flight.shared)
                stage_png(self._engine.land(flight)().image, {}, shot["to"])
        return {
            "seconds": time.perf_counter() - began,
            "cpu": time.process_time() - busy,
            "shared": shared,
        }

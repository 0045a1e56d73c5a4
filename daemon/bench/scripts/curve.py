"""How seconds per picture fall as more pictures share a call: our loop, asked for 1, 2, 4 …

Every number of pictures is forced, whatever the engine would choose by itself.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any

from daemon.engine.sdxl import Sdxl
from daemon.engine.stage import stage_png
from daemon.protocol import Load, Render


class OurLoop:
    """The engine with its own way of choosing switched off."""

    def __init__(self) -> None:
        self._engine: Any = None

    def load(self, most: int, **given: Any) -> dict[str, Any]:
        os.environ["HOTFOLDER_BATCHING"] = "always"
        self._engine = Sdxl()
        self._engine.load(
            Load(
                name="bench",
                model=given["model"],
                device=given["device"],
                dtype=given["dtype"],
                threads=given["threads"],
                max_batch=most,
            ),
            lambda *_: None,
        )
        return {}

    def render(self, shots: list[dict[str, Any]], batch: int) -> dict[str, Any]:
        began, busy = time.perf_counter(), time.process_time()
        shared = 1
        for first in range(0, len(shots), batch):
            some = shots[first : first + batch]
            aloft = [self._engine.board(_render(shot), lambda *_: None) for shot in some]
            while not all(flight.is_over for flight in aloft):
                self._engine.step([flight for flight in aloft if not flight.is_over])
            for shot, flight in zip(some, aloft, strict=True):
                if flight.failure is not None:
                    raise flight.failure
                shared = max(shared, flight.shared)
                stage_png(self._engine.land(flight)().image, {}, shot["to"])
        return {
            "seconds": time.perf_counter() - began,
            "cpu": time.process_time() - busy,
            "shared": shared,
        }


def _render(shot: dict[str, Any]) -> Render:
    look = shot["look"]
    return Render(
        job=1,
        index=1,
        prompt=shot["prompt"],
        negative_prompt=shot["negative_prompt"],
        width=look["width"],
        height=look["height"],
        steps=look["steps"],
        guidance_scale=look["guidance_scale"],
        seed=shot["seed"],
        stage=str(Path(tempfile.gettempdir()) / "never-written.png"),
    )

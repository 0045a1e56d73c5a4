"""What a look at the picture under way costs: `python tests/engine/measure_preview.py`.

The bundled model in this process, the worker's own thread that writes the file; pictures with and
without looks, turn by turn. Prints; asserts nothing.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import warm_engine

from daemon.engine.host.live_picture import LivePicture
from daemon.engine.sdxl.engine import Sdxl
from daemon.fs.live_picture import DRAFTS
from daemon.protocol.messages import Load
from daemon.sketch import WEIGHTS

PICTURES = 20


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / DRAFTS).mkdir()
        file = Path(place) / "now.png"
        engine = Sdxl()
        load = Load("sketch", str(WEIGHTS), device="cpu", live=str(file), caches=place)
        engine.load(load, lambda *_: None)
        live = LivePicture(str(file), lambda level, text: print(level, text))
        wrote = set()

        def on_step(step, seconds, look=None):
            if look is not None:
                live.show(look)
            if file.exists():
                wrote.add(file.stat().st_mtime_ns)

        seconds: dict[bool, list[float]] = {True: [], False: []}
        effort: dict[bool, list[float]] = {True: [], False: []}
        preview = engine._preview
        for number in range(-2, 2 * PICTURES):
            on = number % 2 == 0
            engine._preview = preview if on else None
            wanted = warm_engine.render(width=256, height=256, steps=15, seed=number // 2 + 9)
            began, worked = time.perf_counter(), time.process_time()
            engine.render(replace(wanted, index=1), on_step)
            if number >= 0:
                seconds[on].append(time.perf_counter() - began)
                effort[on].append(time.process_time() - worked)
        for what, each in (("seconds", seconds), ("processor seconds", effort)):
            on, off = (statistics.median(each[word]) for word in (True, False))
            total = sum(each[True]) / sum(each[False]) - 1
            print(
                f"{PICTURES} sketch pictures of 15 steps each way, {what}: median {on:.3f} with the "
                f"preview, {off:.3f} without ({on / off - 1:+.1%}); sum {total:+.1%}"
            )
        print(f"{len(wrote)} looks written")


if __name__ == "__main__":
    main()

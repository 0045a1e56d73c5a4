"""What is done when nobody waits, against arrivals: `python tests/measure_chores.py [DROPS] [MINUTES]`.

Drops files at DROPS (100) random moments of the first MINUTES (10) of a daemon's life, once with its
chores (canary, compiling, memory given back) and once without, and prints the median and the worst
time from a drop to its picture. Twice as long as that.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
from pathlib import Path

from daemon.bench.daemon_side import Drops
from daemon.bench.machine import cores
from daemon.bench.workloads import Look, Shot

LOOK = Look(256, 256, 15, 7.0)


def main(drops: int, minutes: float) -> None:
    rng = random.Random(7)
    moments = sorted(rng.uniform(0, 60 * minutes) for _ in range(drops))
    for chores in ("on", "off"):
        os.environ["HOTFOLDER_CHORES"] = chores
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            settings = {"model": "sketch", "threads": cores(), "keep_awake": False}
            settings |= {"compile": "on", "preload": True}
            with Drops(Path(home) / "root", settings) as daemon:
                shots = [Shot(f"s{n}", f"a red circle, {n}", n, LOOK) for n in range(drops)]
                waits = sorted(daemon.render_at(shots, moments).waits)
        print(
            f"chores {chores:3}: {drops} drops in {minutes:g} minutes, median "
            f"{statistics.median(waits):.2f} s, 95 % {waits[int(0.95 * drops)]:.2f} s, "
            f"worst {waits[-1]:.2f} s",
            flush=True,
        )


if __name__ == "__main__":
    main(int((sys.argv[1:2] or ["100"])[0]), float((sys.argv[2:3] or ["10"])[0]))

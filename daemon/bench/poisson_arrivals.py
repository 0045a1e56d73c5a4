"""W5: jobs that come when they come. How long does each wait for its picture?

Arrivals are drawn once (Poisson, seeded) at a share of what the plain loop can do, and both sides
are given the very same ones; the loop serves first come, first served.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from daemon.bench.baselines import Loop
from daemon.bench.daemon_side import Drops
from daemon.bench.stats import percentile
from daemon.bench.workloads import Look, Shot, lap_of

POINTS = (0.5, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Seconds from a job's arrival to its picture: median, 95th and 99th percentile."""

    share: float
    jobs: int
    per_second: float
    loop: tuple[float, ...]
    daemon: tuple[float, ...]


def arrive(
    look: Look,
    share: float,
    jobs: int,
    loop: Loop,
    drops: Drops,
    say: Callable[[str], None],
    seed: int,
) -> Arrivals:
    """Measure the loop's capacity, then let jobs come at `share` of it, to each side."""
    loop.follow_references(False)
    lap = 500 + round(100 * share)
    shots = lap_of("W2", look, lap=lap, pictures=jobs)
    rate = share * 2 / loop.render(lap_of("W2", look, lap=lap + 100, pictures=2)).seconds
    drawn = random.Random(seed + lap)
    moments, at = [], 0.0
    for _ in shots:
        at += drawn.expovariate(rate)
        moments.append(at)
    say(f"W5: {jobs} arrivals at {share:.0%} of the loop's capacity")
    theirs = _served(shots, moments, loop)
    named = [replace(shot, name=f"{shot.name}-w5") for shot in shots]
    ours = drops.render_at(named, moments).waits
    return Arrivals(share, jobs, rate, _points(theirs), _points(ours))


def _served(shots: Sequence[Shot], moments: Sequence[float], loop: Loop) -> list[float]:
    waits, began = [], time.perf_counter()
    for shot, moment in zip(shots, moments, strict=True):
        time.sleep(max(0.0, began + moment - time.perf_counter()))
        loop.render([shot])
        waits.append(time.perf_counter() - began - moment)
    return waits


def _points(waits: Sequence[float]) -> tuple[float, ...]:
    return tuple(percentile(waits, point) for point in POINTS)

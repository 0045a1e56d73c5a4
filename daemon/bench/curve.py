"""The batch curve: seconds per picture when 1, 2, 4, 8, 16 share a call, ours beside diffusers'."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from daemon.bench.child import Child
from daemon.bench.figures import Spread, spread
from daemon.bench.peers import Loop, Terms, told_of
from daemon.bench.pixels import Verdict, compare
from daemon.bench.shots import Look, lap_of


@dataclass(frozen=True, slots=True)
class Point:
    """Seconds per picture in calls of `batch` pictures; `same` compares ours with diffusers' made
    one by one."""

    batch: int
    loop: Spread
    ours: Spread
    loop_cpu: float
    ours_cpu: float
    same: Verdict


def draw_curve(
    batches: Sequence[int],
    look: Look,
    repeats: int,
    loop: Loop,
    gauge: Child,
    terms: Terms,
    out: Path,
    say: Callable[[str], None],
) -> list[Point]:
    """Measure every point, the two sides in turn."""
    most = max(batches)
    shots = lap_of("W2", look, lap=900, pictures=most)
    loop.follow_references(False)
    single = loop.render(shots)
    gauge.ask("load", most=most, **terms.told())
    points = []
    for batch in batches:
        say(f"batches of {batch}")
        ours_told = [told_of(shot, out, out / f"{batch}") for shot in shots]
        some = max(batch, min(most, 4))  # small calls need not be made so often
        walls: dict[str, list[float]] = {"loop": [], "ours": []}
        busy: dict[str, list[float]] = {"loop": [], "ours": []}
        for lap in range(repeats + 1):
            made = loop.render(shots[:some], batch)
            answer = gauge.ask("render", shots=ours_told[:some], batch=batch)
            if lap:
                walls["loop"].append(made.seconds / some)
                busy["loop"].append(made.cpu / some)
                walls["ours"].append(answer["seconds"] / some)
                busy["ours"].append(answer["cpu"] / some)
        pairs = [
            (one, Path(told["to"]))
            for one, told in zip(single.pictures, ours_told[:some], strict=False)
        ]
        points.append(
            Point(
                batch,
                spread(walls["loop"]),
                spread(walls["ours"]),
                min(busy["loop"]),
                min(busy["ours"]),
                compare(pairs),
            )
        )
    return points

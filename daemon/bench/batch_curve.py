"""The batch curve: seconds per picture when 1, 2, 4, 8, 16 share a call, ours beside diffusers'."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from daemon.bench.baselines import Loop, told_of
from daemon.bench.child_process import Child
from daemon.bench.picture_diff import Verdict, compare
from daemon.bench.stats import Spread, spread
from daemon.bench.workloads import Look, Shot, alike, lap_of
from daemon.protocol.json_object import JsonObject


@dataclass(frozen=True, slots=True)
class Point:
    """Seconds per picture in calls of `batch` pictures; `same` compares ours with diffusers' made
    one by one."""

    preset: str
    look: Look
    follows: bool
    batch: int
    loop: Spread
    ours: Spread
    loop_cpu: float
    ours_cpu: float
    same: Verdict


@dataclass(frozen=True, slots=True)
class Sides:
    """Who is asked, and where references lie and pictures go."""

    loop: Loop
    ours: Child
    references: Path
    out: Path


def draw_curve(
    preset: str,
    look: Look,
    batches: Sequence[int],
    repeats: int,
    sides: Sides,
    say: Callable[[str], None],
    *,
    follows: bool,
) -> list[Point]:
    """Measure every point, the two sides in turn; `follows` lets all pictures of a call follow
    the same reference."""
    shots = lap_of("W2", look, lap=900, pictures=max(batches))
    if follows:
        shots = alike(shots)
    sides.loop.follow_references(follows)
    singles = sides.loop.render([replace(shot, name=f"{shot.name}-alone") for shot in shots])
    points = []
    for batch in batches:
        say(f"batches of {batch}, {preset}{', with a reference' if follows else ''}")
        told = [told_of(shot, sides.references, sides.out / f"{preset}-{batch}") for shot in shots]
        some = max(batch, min(len(shots), 4))  # small calls need not be made so often
        theirs, ours = _in_turn(shots[:some], told[:some], batch, repeats, sides)
        pairs = zip(singles.pictures[:some], told[:some], strict=True)
        points.append(
            Point(
                preset,
                look,
                follows,
                batch,
                spread([wall for wall, _ in theirs]),
                spread([wall for wall, _ in ours]),
                min(cpu for _, cpu in theirs),
                min(cpu for _, cpu in ours),
                compare((one, Path(other["to"])) for one, other in pairs),
            )
        )
    return points


Laps = list[tuple[float, float]]
"""Seconds and processor seconds of a picture, lap by lap."""


def _in_turn(
    shots: Sequence[Shot], told: Sequence[JsonObject], batch: int, repeats: int, sides: Sides
) -> tuple[Laps, Laps]:
    """The loop's laps and ours, each after the other's, the first of each apart."""
    theirs, ours = Laps(), Laps()
    for lap in range(repeats + 1):
        made = sides.loop.render(shots, batch)
        answer = sides.ours.ask("render", shots=told, batch=batch)
        if lap:
            theirs.append((made.seconds / len(shots), made.cpu / len(shots)))
            ours.append((answer["seconds"] / len(shots), answer["cpu"] / len(shots)))
    return theirs, ours

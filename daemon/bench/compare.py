"""One workload, all sides in turn: N1, D, N1, D …, with a script for one picture in between.

Interleaved, so that a machine that slows down slows everybody down. A first lap warms everything
up and is told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from daemon.bench.baselines import Loop, Script
from daemon.bench.daemon_side import Drops
from daemon.bench.neighbours import Busy, Onlooker, neighbours
from daemon.bench.picture_diff import Verdict, compare
from daemon.bench.stats import Spread, spread
from daemon.bench.workloads import Look, Shot, lap_of, strictly


@dataclass(frozen=True, slots=True)
class Side:
    """What one side took: seconds for each lap, warm-up apart, and of its processors."""

    laps: tuple[float, ...]
    cpu: tuple[float, ...]
    warm_up: float | None
    pictures: int

    @property
    def each(self) -> Spread:
        """Seconds for a picture."""
        return spread([seconds / self.pictures for seconds in self.laps])

    @property
    def cpu_each(self) -> float:
        return spread([seconds / self.pictures for seconds in self.cpu]).median


@dataclass(frozen=True, slots=True)
class Contest:
    """Three sides, one workload. `same` compares D's pictures with N1's; `strict` those of shots
    that asked for exact paths; `ratios` are N1's seconds over D's, lap by lap."""

    workload: str
    preset: str
    look: Look
    pictures: int
    script: Side | None
    loop: Side
    daemon: Side
    same: Verdict
    strict: Verdict | None
    ratios: tuple[float, ...] = ()
    step_seconds: float = 0.0
    batch: float = 1.0
    """Pictures that shared a call, on average."""
    others: float = 0.0
    """Processors that programs outside the benchmark kept busy meanwhile, on average."""
    beside: str = ""
    """The busy neighbours it was given, in words."""

    @property
    def gain(self) -> Spread:
        """How many times as many pictures a second as the loop."""
        return spread(self.ratios)

    @property
    def gain_on_script(self) -> float | None:
        return self.script.each.median / self.daemon.each.median if self.script else None


@dataclass
class _Notes:
    laps: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    warm_up: float | None = None

    def side(self, pictures: int) -> Side:
        return Side(tuple(self.laps), tuple(self.cpu), self.warm_up, pictures)

    def add(self, lap: int, seconds: float, cpu: float) -> None:
        if lap == 0:
            self.warm_up = seconds
        else:
            self.laps.append(seconds)
            self.cpu.append(cpu)


BUSY_LAPS = 2
"""Laps beside busy neighbours: a plain loop may take minutes for one picture there."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Sides:
    """Who takes part: N1, N0 and D, all warm."""

    loop: Loop
    script: Script
    drops: Drops


def hold(
    workload: str,
    preset: str,
    look: Look,
    sides: Sides,
    say: Say,
    *,
    pictures: int,
    repeats: int,
    scripts: int,
    busy: Busy | None = None,
) -> Contest:
    """Run it: with `scripts` pictures of the script-per-picture side, and beside `busy`."""
    measured = _Measured()
    sides.loop.follow_references(workload == "W3")
    shots: list[Shot] = []
    onlooker = Onlooker()
    with neighbours(busy or Busy(0)):
        for lap in range(repeats + 1):
            shots = _named(lap_of(workload, look, lap=lap, pictures=pictures), preset, busy)
            say(f"{workload} {preset}: {'warm-up' if lap == 0 else f'lap {lap} of {repeats}'}")
            measured.lap(lap, shots, sides, with_script=0 < lap <= scripts)
        others = onlooker.others()
    records = [sides.drops.sidecar(picture)["result"] for picture in measured.ours]
    return Contest(
        workload=workload,
        preset=preset,
        look=look,
        pictures=len(shots),
        script=measured.n0.side(1) if measured.n0.laps else None,
        loop=measured.n1.side(len(shots)),
        daemon=measured.d.side(len(shots)),
        same=compare(measured.pairs),
        strict=_strict(shots, measured.pairs[-len(shots) :], sides.drops, say),
        ratios=tuple(a / b for a, b in zip(measured.n1.laps, measured.d.laps, strict=True)),
        step_seconds=spread([r["timings"]["seconds_per_step"] for r in records]).median,
        others=others,
        beside=busy.in_words() if busy else "",
        batch=sum(r["batch"]["size"] for r in records) / len(records),
    )


def _named(shots: Sequence[Shot], preset: str, busy: Busy | None) -> list[Shot]:
    """Each by a name that no other contest has."""
    tag = f"{preset}-{busy.count}-{busy.nice}" if busy else preset
    return [replace(shot, name=f"{shot.name}-{tag}") for shot in shots]


@dataclass
class _Measured:
    """What the laps took, and the pictures of all but the first: ours, and each beside theirs."""

    n0: _Notes = field(default_factory=_Notes)
    n1: _Notes = field(default_factory=_Notes)
    d: _Notes = field(default_factory=_Notes)
    ours: list[Path] = field(default_factory=list)
    pairs: list[tuple[Path, Path]] = field(default_factory=list)

    def lap(self, lap: int, shots: list[Shot], sides: Sides, *, with_script: bool) -> None:
        theirs = sides.loop.render(shots)
        self.n1.add(lap, theirs.seconds, theirs.cpu)
        ours = sides.drops.render(shots)
        self.d.add(lap, ours.seconds, ours.cpu)
        if lap:
            self.ours += ours.pictures
            self.pairs += zip(theirs.pictures, ours.pictures, strict=True)
        if with_script:
            alone = sides.script.render(shots[-1])
            self.n0.add(lap, alone.seconds, alone.cpu)


def _strict(
    shots: Sequence[Shot], pairs: Sequence[tuple[Path, Path]], drops: Drops, say: Say
) -> Verdict:
    """The last lap's shots once more, on exact paths only, against the same pictures of N1."""
    say("the last lap once more, strictly")
    exact = drops.render(strictly(list(shots)))
    theirs = [pair[0] for pair in pairs]
    return compare(zip(theirs, exact.pictures, strict=True))

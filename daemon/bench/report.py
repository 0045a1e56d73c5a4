"""What a benchmark was asked for, and everything it found, as one value and as JSON.

Measures nothing. Seconds, bytes and FLOPs throughout.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from daemon.bench.batch_curve import Point
from daemon.bench.compare import Contest, Side
from daemon.bench.neighbours import Busy
from daemon.bench.picture_diff import Verdict
from daemon.bench.poisson_arrivals import Arrivals
from daemon.bench.soak import Soak
from daemon.jobfile.presets import Preset
from daemon.models.card import Card
from daemon.protocol.json_object import JsonObject

BATCHES = (1, 2, 4, 8, 16)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `steps` and `size` None take the preset's; `scripts` is how many
    pictures the script-per-picture side makes for each workload; `inside` looks into a step."""

    card: Card
    workloads: tuple[str, ...]
    presets: tuple[Preset, ...]
    repeats: int
    pictures: int
    scripts: int
    count: int
    threads: int
    device: str
    dtype: str
    batches: tuple[int, ...] = BATCHES
    steps: int | None = None
    size: tuple[int, int] | None = None
    inside: bool = True
    busy: tuple[Busy, ...] = (Busy(1),)
    """The neighbours of W7, one contest each."""
    compile: str = "auto"
    """The daemon's setting of that name."""
    all_curves: bool = False
    """The batch curve for every preset, with and without a reference."""
    cold: bool = False
    """Put the system's own copies of the model's files aside before the daemon loads them."""
    seed: int = 0


@dataclass(slots=True)
class Report:
    """Everything that was found. Seconds, bytes and FLOPs throughout."""

    model: str
    machine: JsonObject
    terms: JsonObject
    ceilings: dict[str, dict[str, float]]
    starts: dict[str, float] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    disk: dict[str, float | None] = field(default_factory=dict)
    flop: dict[str, dict[str, float]] = field(default_factory=dict)
    contests: list[Contest] = field(default_factory=list)
    curve: list[Point] = field(default_factory=list)
    inside: JsonObject = field(default_factory=dict)
    arrivals: list[Arrivals] = field(default_factory=list)
    soak: Soak | None = None

    @property
    def ceiling(self) -> float:
        """FLOP per second this machine reaches at most, in the precision that was used."""
        return self.ceilings[self.terms["dtype"]]["best"]

    def floor(self, contest: Contest) -> float:
        """Seconds a picture can't be made faster in, were all of it matrix products at the
        ceiling."""
        flop = self.flop[contest.preset]
        return (contest.look.steps * flop["step"] + flop["decode"]) / self.ceiling

    def as_json(self) -> JsonObject:
        body: JsonObject = asdict(self)
        for told, contest in zip(body["contests"], self.contests, strict=True):
            told["seconds_each"] = {
                name: asdict(side.each) if side else None for name, side in _sides(contest)
            }
            told["cpu_each"] = {
                name: side.cpu_each if side else None for name, side in _sides(contest)
            }
            told["gain"] = asdict(contest.gain)
            told["gain_on_script"] = contest.gain_on_script
            told["floor_seconds"] = self.floor(contest)
            told["above_floor"] = contest.daemon.each.median / self.floor(contest)
            told["verdict"] = contest.same.in_words()
            told["strict_verdict"] = contest.strict.in_words() if contest.strict else None
        for point, drawn in zip(body["curve"], self.curve, strict=True):
            point["verdict"] = drawn.same.in_words()
        return body

    @property
    def same(self) -> bool:
        """Whether every picture was the same on every side."""
        verdicts: list[Verdict] = []
        for contest in self.contests:
            verdicts += [contest.same, *([contest.strict] if contest.strict else [])]
        verdicts += [point.same for point in self.curve]
        return all(verdict.same for verdict in verdicts) and (self.soak is None or self.soak.good)


def _sides(contest: Contest) -> list[tuple[str, Side | None]]:
    return [("N0", contest.script), ("N1", contest.loop), ("D", contest.daemon)]

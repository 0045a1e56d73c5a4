"""W6: a long day of mixed jobs. Does anything of one job stay behind for the next?

Sizes, prompts, references, scales, guidance, LoRAs and strictness change from job to job. Every so
often comes the same control job; its pixels must be the same to the last bit all day, whatever
came before it. Memory, reloads and the time between pictures are watched.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from daemon.bench.daemon_side import Drops
from daemon.bench.stats import percentile, slope
from daemon.bench.workloads import COLOURS, REFERENCES, SCALES, SHAPES, Look, Shot, reference_name
from daemon.models.card import Card

WAVE = 20
"""Jobs dropped at once; a control comes first in each."""

SETTLED = 0.5
"""Share of the day after which memory must have stopped growing: the first half fills the caches of
texts and references, each of which has its bound."""


@dataclass(frozen=True, slots=True)
class Soak:
    """`slope_bytes` is how much the worker grows in 100 jobs of the second half; `reloads` counts
    models loaded after the first; `leaks` counts controls whose pixels were not those of the
    first."""

    jobs: int
    seconds: float
    reloads: int
    controls: int
    leaks: int
    slope_bytes: float
    resident_bytes: tuple[int, ...]
    p50_between: float
    p95_between: float
    recompiles: int
    shared: int

    @property
    def good(self) -> bool:
        return not self.leaks and not self.reloads


def soak(card: Card, look: Look, count: int, drops: Drops, say: Callable[[str], None]) -> Soak:
    """Drop `count` mixed jobs, wave after wave."""
    shots = mixed(card, look, count)
    control = Shot("control", "a blue square on a white background", 77, look, strict=True)
    hashes: list[str] = []
    sizes: list[int] = []
    between: list[float] = []
    seconds, shared = 0.0, 0
    for number, first in enumerate(range(0, count, WAVE)):
        say(f"W6: {first} of {count} jobs")
        wave = [replace(control, name=f"control-{number:03}"), *shots[first : first + WAVE]]
        lap = drops.render(wave)
        seconds += lap.seconds
        between += [
            after - before for before, after in zip((0.0, *lap.ends), lap.ends, strict=False)
        ]
        sizes.append(drops.resident())
        records = [drops.sidecar(picture)["result"] for picture in lap.pictures]
        hashes.append(records[0]["pixels_sha256"])
        shared += sum(record["batch"]["size"] > 1 for record in records)
        for picture in lap.pictures:
            picture.unlink()
            picture.with_suffix(".json").unlink()
    lines = list(drops.log())
    late = sizes[int(len(sizes) * SETTLED) :]
    return Soak(
        jobs=count,
        seconds=seconds,
        reloads=max(0, sum(line.get("event") == "ready" for line in lines) - 1),
        controls=len(hashes),
        leaks=sum(digest != hashes[0] for digest in hashes),
        slope_bytes=slope(late) * 100 / (WAVE + 1),
        resident_bytes=tuple(sizes),
        p50_between=percentile(between, 0.5),
        p95_between=percentile(between, 0.95),
        recompiles=sum("recompil" in str(line.get("message", "")) for line in lines),
        shared=shared,
    )


def mixed(card: Card, look: Look, count: int, seed: int = 6) -> list[Shot]:
    """Jobs that differ from their neighbours in everything a job can say; the same every day."""
    drawn = random.Random(seed)
    sides = _sides(card, look)
    shots = []
    for number in range(count):
        colour, ground = drawn.sample(COLOURS, 2)
        width, height = drawn.choice(sides)
        follows = card.adapters and drawn.random() < 0.4
        wears = card.loras and drawn.random() < 0.2
        shots.append(
            Shot(
                name=f"w6-{number:05}",
                prompt=f"a {colour} {drawn.choice(SHAPES)} on a {ground} background",
                seed=drawn.randrange(2**32),
                look=Look(
                    width,
                    height,
                    max(1, look.steps + drawn.choice((-1, 0, 1, 2))),
                    drawn.choice((1.0, 5.0, look.guidance_scale)),
                ),
                negative_prompt=drawn.choice(("", "blurry")),
                reference=reference_name(0, drawn.randrange(REFERENCES)) if follows else None,
                scale=drawn.choice(SCALES) if follows else 0.0,
                lora=drawn.choice(sorted(card.loras)) if wears else None,
                strict=drawn.random() < 0.2,
            )
        )
    return shots


def _sides(card: Card, look: Look) -> list[tuple[int, int]]:
    """The look's own size oftener than a smaller and a wide one that the model allows."""
    step = card.size_multiple
    small = max(card.min_size, (look.width * 3 // 4) // step * step)
    wide = min(card.max_size, (look.width * 5 // 4) // step * step)
    return [(look.width, look.height)] * 3 + [(small, small), (wide, small)]

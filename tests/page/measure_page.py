"""What the page costs and how soon it shows: `python tests/page/measure_page.py [--many 100000]`.

Prints; asserts nothing, since a busy machine may not fail a test. Drop to published with the page on
and off, by turns: a block of drops to one daemon, then to the other, in an order that chance says,
so that what else the machine does falls on both; between blocks the page gets time to end its work,
so that none of it falls on the other's. The difference of the medians comes with the interval in
which 95 % of those lie that are found when the pairs of blocks are drawn again by chance, and with
the processor time of the daemon itself, which neighbours change little. Then the same, the start and
the first look in Chromium with many pictures in the outbox.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import psutil
from support.browser import opened
from support.daemon import Daemon, Drop, wait_for

from daemon.bench.process_usage import cpu_seconds
from daemon.bench.stats import percentile
from daemon.page.album import Album
from daemon.page.data_files import DataFiles
from daemon.page.places import data_of
from daemon.root.create import prepare
from daemon.root.layout import Layout

SETTINGS = "settle: 0.05\nscan_interval: 0.2\nkeep_awake: false\n"
JOB = "prompt: a boat\nsteps: 1\nsize: 64x64\n"
BLOCK = 10
"""Drops to one daemon before it is the other's turn."""
REDRAWN = 2_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drops", type=int, default=200)
    parser.add_argument("--many", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="page-") as place:
        on, off = (_root(Path(place) / name) for name in ("on", "off"))
        _tell("drop to published, empty outbox", *_contest(on, off, given.drops))
        if given.many:
            for layout in (on, off):
                _fill(layout, given.many)
            _starts(on)
            _look(on)
            _tell(f"drop to published, {given.many} pictures", *_contest(on, off, given.drops))


def _root(place: Path) -> Layout:
    layout = Layout(place)
    prepare(layout)
    layout.settings_file.write_text(SETTINGS)
    return layout


@dataclass
class Side:
    """One daemon with its root: blocks of seconds from drop to picture, and processor seconds of
    the daemon without its children, and of the page's process."""

    layout: Layout
    daemon: Daemon
    blocks: list[list[float]] = field(default_factory=list)
    effort: float = 0.0
    page_effort: float = 0.0

    @property
    def seconds(self) -> list[float]:
        return [one for block in self.blocks for one in block]

    def page(self) -> psutil.Process | None:
        for child in psutil.Process(self.daemon.process.pid).children():
            if "daemon.page" in child.cmdline():
                return child
        return None

    def drop(self, count: int, run: str) -> None:
        """A block of drops, each once the picture of the one before is there."""
        own, page = self.daemon.process.pid, self.page()
        before = cpu_seconds(own), cpu_seconds(page.pid) if page else 0.0
        block = []
        for number in range(count):
            name = f"m{run}-{len(self.blocks)}-{number}"
            target = self.layout.outbox / f"{name}.png"
            begun = time.perf_counter()
            Drop(self.layout).whole(f"{name}.yaml", JOB)
            while not target.exists():
                time.sleep(0.0005)
            block.append(time.perf_counter() - begun)
        self.blocks.append(block)
        wait_for(lambda: not any(self.layout.spool.iterdir()), self.layout)
        if page is not None:
            self._let_page_end(f"{name}.png")
            self.page_effort += cpu_seconds(page.pid) - before[1]
        time.sleep(0.5)
        self.effort += cpu_seconds(own) - before[0]

    def _let_page_end(self, last: str) -> None:
        def has_last() -> bool:
            data = DataFiles(self.layout.outbox, data_of(""))
            return last in list(data.newest())[-BLOCK:]

        wait_for(has_last, self.layout)


def _contest(on: Layout, off: Layout, drops: int) -> tuple[Side, Side]:
    sides = [
        Side(layout, Daemon(layout, ("--engine", "dry-run"), {"HOTFOLDER_PAGE": word}))
        for layout, word in ((on, "on"), (off, "off"))
    ]
    chance, run = random.Random(1), str(time.monotonic_ns())
    for side in sides:
        wait_for(side.layout.status_file.exists, side.layout)
        side.drop(5, f"{run}-warm")
        side.drop(5, f"{run}-warm")  # by now its page has started
        side.blocks, side.effort, side.page_effort = [], 0.0, 0.0
    for _ in range(drops // BLOCK):
        for side in chance.sample(sides, 2):
            side.drop(BLOCK, run)
    for side in sides:
        side.daemon.stop()
    return sides[0], sides[1]


def _tell(what: str, on: Side, off: Side) -> None:
    pairs = list(zip(on.blocks, off.blocks, strict=True))
    print(f"{what}, {len(on.seconds)} drops each way in blocks of {BLOCK}:")
    _row("median", on, off, pairs, statistics.median)
    _row("quickest tenth", on, off, pairs, lambda values: percentile(values, 0.1))
    each = 1000 / len(on.seconds)
    print(
        f"  processor time of the daemon a drop: on {on.effort * each:.2f} ms, "
        f"off {off.effort * each:.2f} ms, {(on.effort - off.effort) * each:+.2f} ms; "
        f"of the page's own process {on.page_effort * each:.1f} ms",
        flush=True,
    )


Pair = tuple[list[float], list[float]]


def _row(
    name: str,
    on: Side,
    off: Side,
    pairs: Sequence[Pair],
    figure: Callable[[Sequence[float]], float],
) -> None:
    def difference(drawn: Sequence[Pair]) -> float:
        with_page, without = ([one for pair in drawn for one in pair[n]] for n in (0, 1))
        return 1000 * (figure(with_page) - figure(without))

    chance = random.Random(2)
    found = sorted(difference(chance.choices(pairs, k=len(pairs))) for _ in range(REDRAWN))
    low, high = found[int(0.025 * REDRAWN)], found[int(0.975 * REDRAWN)]
    print(
        f"  {name}: on {1000 * figure(on.seconds):.1f} ms, off {1000 * figure(off.seconds):.1f} ms, "
        f"difference {difference(pairs):+.2f} ms (95 %: {low:+.2f} to {high:+.2f})"
    )


def _fill(layout: Layout, many: int) -> None:
    seed = layout.outbox / next(layout.outbox.glob("*.json")).name
    record = json.loads(seed.read_text())
    picture = seed.with_suffix(".png").read_bytes()
    for number in range(many):
        folder = layout.outbox / f"ep{number // 1000:03d}"
        folder.mkdir(exist_ok=True)
        record["result"]["job"] = number
        (folder / f"p{number:06d}.json").write_text(json.dumps(record))
        (folder / f"p{number:06d}.png").write_bytes(picture)


def _starts(layout: Layout) -> None:
    for word in ("first (every record is read)", "second (nothing has changed)"):
        begun = time.perf_counter()
        Album(layout.outbox).compare()
        print(f"start of the page, {word}: {time.perf_counter() - begun:.1f} s", flush=True)
    size = sum(f.stat().st_size for f in (layout.outbox / ".page").rglob("*.js"))
    print(f"data of the page: {size / 1e6:.0f} MB", flush=True)


def _look(layout: Layout) -> None:
    (blank := layout.root / "blank.html").write_text("")
    with opened(blank) as (page, _):
        begun = time.perf_counter()
        page.goto((layout.outbox / "index.html").as_uri())
        while not page.evaluate(
            "[...document.querySelectorAll('#pictures img')].some((one) => one.naturalWidth)"
        ):
            time.sleep(0.01)
        print(
            f"first look in Chromium, to the first picture: {time.perf_counter() - begun:.2f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()

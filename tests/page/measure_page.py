"""What the page costs and how soon it shows: `python tests/page/measure_page.py [--many 100000]`.

Prints a table; asserts nothing, since a busy machine may not fail a test. Drop to published with the
page on and off, taken turn by turn on the same machine; then the same, the start and the first look
in Chromium with many pictures in the outbox.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.browser import opened
from support.daemon import Daemon, Drop, wait_for

from daemon.page.album import Album
from daemon.root.create import prepare
from daemon.root.layout import Layout

SETTINGS = "settle: 0.05\nscan_interval: 0.2\nkeep_awake: false\n"
JOB = "prompt: a boat\nsteps: 1\nsize: 64x64\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drops", type=int, default=200)
    parser.add_argument("--many", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="page-") as place:
        on, off = (_root(Path(place) / name) for name in ("on", "off"))
        _tell("drop to published, empty outbox", _latencies(on, off, given.drops))
        if given.many:
            _fill(on, given.many)
            _starts(on)
            _look(on)
            _tell(f"drop to published, {given.many} pictures", _latencies(on, off, given.drops))


def _root(place: Path) -> Layout:
    layout = Layout(place)
    prepare(layout)
    layout.settings_file.write_text(SETTINGS)
    return layout


def _latencies(on: Layout, off: Layout, drops: int) -> dict[str, list[float]]:
    daemons = {
        "on": (on, Daemon(on, ("--engine", "dry-run"), {"HOTFOLDER_PAGE": "on"})),
        "off": (off, Daemon(off, ("--engine", "dry-run"), {"HOTFOLDER_PAGE": "off"})),
    }
    found: dict[str, list[float]] = {"on": [], "off": []}
    run = str(time.monotonic_ns())
    for layout, _ in daemons.values():
        wait_for(lambda layout=layout: layout.status_file.exists(), layout)
    for number in range(-5, drops):
        for word, (layout, _) in daemons.items():
            name = f"m{run}-{number}"
            target = layout.outbox / f"{name}.png"
            begun = time.perf_counter()
            Drop(layout).whole(f"{name}.yaml", JOB)
            while not target.exists():
                time.sleep(0.0005)
            if number >= 0:
                found[word].append(time.perf_counter() - begun)
    for _, daemon in daemons.values():
        daemon.stop()
    return found


def _tell(what: str, found: dict[str, list[float]]) -> None:
    on, off = found["on"], found["off"]
    middle = {word: statistics.median(each) * 1000 for word, each in found.items()}
    pairs = statistics.median(a - b for a, b in zip(on, off, strict=True)) * 1000
    print(
        f"{what}: page on {middle['on']:.1f} ms, off {middle['off']:.1f} ms, difference of the "
        f"medians {middle['on'] - middle['off']:+.2f} ms, median of the differences {pairs:+.2f} ms "
        f"({len(on)} drops each)",
        flush=True,
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

"""What more workers bring: `python tests/measure_devices.py [--slots 1,2,8,64]`. Asserts nothing.

The real daemon with the dry-run engine, whose steps sleep as a graphics card would let the
processor sleep: pictures per second of so many slots beside one, what each slot got, how late a
step is heard of, the processor time of the supervisor and of all workers, and its memory.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psutil
from support.daemon import Daemon, engine, pictures, wait_for

from daemon.root.create import prepare
from daemon.root.layout import Layout

HEAD = (
    *("slots", "pictures", "pictures/s", "times one slot", "a slot got", "a job was overtaken by"),
    *("step heard after, p50 / p95 ms", "supervisor ms a picture", "its share of a core"),
    *("its MB", "workers' share of a core"),
)


@dataclass(frozen=True)
class Found:
    seconds: float
    supervisor: float
    """Seconds of a processor."""
    workers: float
    held: float
    got: str
    overtaken: int
    lag: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slots", default="1,2,8")
    parser.add_argument("--pictures", type=int, default=8, help="of each slot")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=0.3, help="of a step")
    given = parser.parse_args()
    alone = None
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}")
    for slots in map(int, given.slots.split(",")):
        count = slots * given.pictures
        with tempfile.TemporaryDirectory(prefix="devices-") as place:
            found = _run(Path(place), slots, count, given)
        rate = count / found.seconds
        alone = alone or rate / slots
        row = (
            *(slots, count, f"{rate:.2f}", f"{rate / alone:.2f}", found.got, found.overtaken),
            *(found.lag, f"{1000 * found.supervisor / count:.1f}"),
            *(f"{found.supervisor / found.seconds:.0%}", f"{found.held:.0f}"),
            f"{found.workers / found.seconds:.0%}",
        )
        print(f"| {' | '.join(map(str, row))} |", flush=True)


def _run(place: Path, slots: int, count: int, given: argparse.Namespace) -> Found:
    layout = Layout(place.resolve())
    prepare(layout)
    devices = ", ".join(["cpu"] * slots)
    layout.settings_file.write_text(
        f"devices: [{devices}]\nsettle: 0.05\nthreads: 1\npage: false\nlive: false\n"
        "keep_awake: false\nidle_timeout: 0\n"
    )
    clock = layout.root / "clock"
    clock.mkdir()
    env = {
        "HOTFOLDER_DRY_STEP_SECONDS": str(given.seconds),
        "HOTFOLDER_DRY_CARDS": "plain",
        "HOTFOLDER_TEST_CLOCK": str(clock),
    }
    child = Daemon(layout, ("--engine", engine("tells_the_time")), env)
    try:
        _warm(layout, child, slots, given.steps)
        supervisor = psutil.Process(child.process.pid)
        before, theirs = _used(supervisor), sum(map(_used, supervisor.children()))
        first = len(pictures(layout))
        began = time.monotonic()
        _drop(layout, "job", count, given.steps)
        wait_for(lambda: len(pictures(layout)) == first + count, layout)
        seconds = time.monotonic() - began
        return Found(
            seconds,
            _used(supervisor) - before,
            sum(map(_used, supervisor.children())) - theirs,
            supervisor.memory_info().rss / 1e6,
            *_told(layout, clock),
        )
    finally:
        child.stop()


def _warm(layout: Layout, child: Daemon, slots: int, steps: int) -> None:
    """Every slot has its worker before the clock runs."""
    made = 0

    def all_warm() -> bool:
        workers = child.status.get("workers") or []
        return sum(each["state"] == "warm" for each in workers) == slots

    while not all_warm():
        _drop(layout, f"warm{made}-", 2 * slots, steps)
        made += 2 * slots
        wait_for(lambda made=made: len(pictures(layout)) == made, layout)
        time.sleep(1.5)  # the status follows


def _used(process: psutil.Process) -> float:
    return sum(process.cpu_times()[:2])


def _told(layout: Layout, clock: Path) -> tuple[str, int, str]:
    """(pictures of a slot, how many later jobs were begun before one at most, lag) by events."""
    events = [json.loads(line) for line in layout.jsonl_file.read_bytes().splitlines()]
    ours = [each for each in events if str(each.get("name", "")).startswith("job")]
    started = [each for each in ours if each["event"] == "started"]
    got = Counter(each.get("device", "") for each in started).values()
    numbers = [each["job"] for each in started]
    overtaken = max(
        sum(each > number for each in numbers[:at]) for at, number in enumerate(numbers)
    )
    took = {}
    for file in clock.iterdir():
        for line in file.read_text().splitlines():
            job, step, moment = line.split()
            took[int(job), int(step)] = float(moment)
    lags = sorted(
        1000 * (_unix(each["time"]) - took[each["job"], each["step"]])
        for each in ours
        if each["event"] == "step" and (each["job"], each["step"]) in took
    )
    lag = f"{lags[len(lags) // 2]:.1f} / {lags[int(len(lags) * 0.95)]:.1f}" if lags else "none"
    return f"{min(got)} to {max(got)}", overtaken, lag


def _unix(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()


def _drop(layout: Layout, name: str, count: int, steps: int) -> None:
    for number in range(count):
        draft = layout.root / f"draft{os.getpid()}"
        draft.write_text(f"prompt: p\nsize: 192x192\nsteps: {steps}\n")
        draft.rename(layout.inbox / f"{name}{number}.yaml")


if __name__ == "__main__":
    main()

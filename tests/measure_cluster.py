"""What a cluster costs: `python tests/measure_cluster.py [--machines 3]`. Asserts nothing.

Scheduler, machines and daemon are processes of their own on this machine, joined by TLS. Printed
are the seconds of a picture beyond its render (from the worker's last byte to the published name),
how late a step is heard of, and the processor and memory of each process when nothing happens.

`--slots 1,8,64` measures how it grows instead: so many places on four machines, each with a worker
process whose steps take a fixed time, and pictures a second, what each place got, how late steps
are heard of, and what each process takes and holds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from datetime import datetime
from pathlib import Path

import psutil
from measure_devices import _drop as drop_all
from measure_devices import _told as told_by_events
from measure_devices import _used as used
from measure_devices import _warm as warm_all
from support.cluster import Cluster
from support.daemon import Daemon, engine, pictures, wait_for

from daemon.root.create import prepare
from daemon.root.layout import Layout

IDLE = 20.0
"""Seconds over which doing nothing is measured."""

SECONDS = 0.3
"""A step."""

MACHINES = 4
"""On which many slots are."""

WARMING = 8
"""Steps of the pictures that are made before anything is measured."""

PARTS = ("scheduler", "bridge", "supervisor", "machines", "workers")
HEAD = (
    *("slots", "pictures", "pictures/s", "times one slot", "a slot got", "overtaken by"),
    *("step heard after, p50 / p95 ms", f"processor ms a picture: {', '.join(PARTS)}"),
    *("share of a core", "MB (of the largest machine, worker)", "load"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--machines", type=int, default=3)
    parser.add_argument("--pictures", type=int, default=30)
    parser.add_argument("--size", default="256x256")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--slots", default="", help="such as 1,8,64: how it grows")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of a step, with --slots")
    parser.add_argument("--each", type=int, default=2, help="pictures of a slot")
    given = parser.parse_args()
    if given.slots:
        _grow([int(slots) for slots in given.slots.split(",")], given)
        return
    for devices in ("cpu", "none"):
        with tempfile.TemporaryDirectory(prefix="cluster-") as place:
            _measure(Path(place), given, devices)


# --- how it grows ---------------------------------------------------------------------------------


def _grow(numbers: list[int], given: argparse.Namespace) -> None:
    alone = None
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}", flush=True)
    for slots in numbers:
        with tempfile.TemporaryDirectory(prefix="cluster-") as place:
            count, seconds, row = _many(Path(place), slots, given)
        alone = alone or count / seconds / slots
        rates = (f"{count / seconds:.2f}", f"{count / seconds / alone:.1f}")
        load = f"{os.getloadavg()[0]:.0f}"
        print(f"| {' | '.join(map(str, (slots, count, *rates, *row, load)))} |", flush=True)


def _many(place: Path, slots: int, given: argparse.Namespace) -> tuple[int, float, tuple]:
    """(pictures, seconds, what else is told of them) of so many slots."""
    layout, clock = Layout((place / "root").resolve()), place / "clock"
    prepare(layout)
    clock.mkdir()
    env = {
        "HOTFOLDER_DRY_STEP_SECONDS": str(given.seconds),
        "HOTFOLDER_DRY_CARDS": "plain",
        "HOTFOLDER_TEST_CLOCK": str(clock),
    }
    cluster, child, count = Cluster(place), None, slots * given.each
    try:
        cluster.scheduler().wait_until("listens")
        for number in range(machines := min(MACHINES, slots)):
            here = slots // machines + (number < slots % machines)
            devices = f"devices: [{', '.join(['cpu'] * here)}]\nthreads: 1\nidle_timeout: 0\n"
            cluster.machine(f"m{number}", devices, **env).wait_until("has joined")
        quiet = "page: false\nlive: false\nkeep_awake: false\nidle_timeout: 0\n"
        cluster.join(layout, f"devices: none\n{quiet}")
        child = Daemon(layout, ("--engine", engine("tells_the_time")), env)
        warm_all(layout, child, slots, WARMING)
        parts = _parts(cluster, child)
        before = {label: sum(map(used, each)) for label, each in parts.items()}
        first, began = len(pictures(layout)), time.monotonic()
        drop_all(layout, "job", count, given.steps)
        wait_for(lambda: len(pictures(layout)) == first + count, layout)
        seconds = time.monotonic() - began
        spent = {label: sum(map(used, each)) - before[label] for label, each in parts.items()}
        held = {
            label: max(process.memory_info().rss for process in each) / 1e6
            for label, each in parts.items()
        }
        return count, seconds, (
            *told_by_events(layout, clock),
            ", ".join(f"{1000 * spent[label] / count:.0f}" for label in PARTS),
            ", ".join(f"{spent[label] / seconds:.0%}" for label in PARTS),
            ", ".join(f"{held[label]:.0f}" for label in PARTS),
        )  # fmt: skip
    finally:
        if child is not None:
            child.stop()
        cluster.close()


def _parts(cluster: Cluster, child: Daemon) -> dict[str, list[psutil.Process]]:
    """All processes, by what they are."""
    one = _processes(cluster, child)
    machines = [psutil.Process(r.process.pid) for r in cluster.running if "worker" in r.out.name]
    return {
        **{label: [one[label]] for label in ("scheduler", "bridge", "supervisor")},
        "machines": machines,
        "workers": [each for machine in machines for each in machine.children(recursive=True)],
    }


# --- what one picture costs -----------------------------------------------------------------------


def _measure(place: Path, given: argparse.Namespace, devices: str) -> None:
    layout = Layout((place / "root").resolve())
    prepare(layout)
    notes = place / "steps"
    env = {
        "HOTFOLDER_DRY_STEP_SECONDS": str(SECONDS),
        "HOTFOLDER_DRY_CARDS": "plain",
        "HOTFOLDER_TEST_STEPS": str(notes),
    }
    cluster, quiet = Cluster(place), "page: false\nlive: false\nkeep_awake: false\n"
    child = None
    try:
        if devices == "none":
            cluster.scheduler().wait_until("listens")
            for number in range(given.machines):
                cluster.machine(f"m{number}", **env).wait_until("has joined")
            cluster.join(layout, f"devices: none\n{quiet}")
        else:
            layout.settings_file.write_text(f"settle: 0.05\n{quiet}")
        child = Daemon(layout, ("--engine", engine("notes_its_steps")), env)
        _drop(layout, "warm", 2 * given.machines, given)
        wait_for(lambda: len(list(layout.done.iterdir())) == 2 * given.machines, layout)
        found = _processes(cluster, child)
        if devices == "none":
            _idle(found)
        before = _busy(found)
        spent = _overheads(layout, given)
        _say_busy(found, before, given)
        where = "another machine" if devices == "none" else "a child process"
        print(f"| {where} | picture, beyond its render | {_told(spent)} |", flush=True)
        print(
            f"| {where} | a step, until it is in the log | {_told(_lags(layout, notes, given.steps))} |",
            flush=True,
        )
    finally:
        if child is not None:
            child.stop()
        cluster.close()


def _told(values: list[float]) -> str:
    return f"p50 {1000 * _at(values, 50):.0f} ms, p95 {1000 * _at(values, 95):.0f} ms"


def _lags(layout: Layout, notes: Path, steps: int) -> list[float]:
    """Seconds from the end of a step there to its line here; the first and last of a picture are
    never held back by the worker."""
    ended = {tuple(map(int, line.split()[:2])): float(line.split()[2]) for line in notes.open()}
    lags = []
    for line in layout.jsonl_file.open():
        told = json.loads(line)
        if told.get("event") == "step" and told["step"] in (1, steps):
            heard = datetime.fromisoformat(told["at"]).timestamp()
            lags.append(heard - ended[told["job"], told["step"]])
    return lags


def _overheads(layout: Layout, given: argparse.Namespace) -> list[float]:
    """One picture after the other: seconds from its drop to its name, less the worker's own and
    the time a file needs to settle."""
    spent = []
    for number in range(given.pictures):
        name = f"one{number}"
        began = time.time()
        _drop(layout, name, 1, given)
        wait_for(lambda name=name: (layout.outbox / f"{name}0.png").exists(), layout)
        ended = (layout.outbox / f"{name}0.png").stat().st_ctime
        record = json.loads((layout.outbox / f"{name}0.json").read_bytes())["result"]
        spent.append(ended - began - record["timings"]["total"])
    return spent


def _processes(cluster: Cluster, child: Daemon) -> dict[str, psutil.Process]:
    """One of each kind, by what it is."""
    found: dict[str, psutil.Process] = {}
    for running in cluster.running:
        label = "scheduler" if "scheduler" in running.out.name else "machine"
        found.setdefault(label, psutil.Process(running.process.pid))
    supervisor = psutil.Process(child.process.pid)
    found["supervisor"] = supervisor
    for process in supervisor.children():
        if "daemon.cluster.bridge" in process.cmdline():
            found["bridge"] = process
    return found


def _busy(found: dict[str, psutil.Process]) -> dict[str, float]:
    return {label: sum(process.cpu_times()[:2]) for label, process in found.items()}


def _idle(found: dict[str, psutil.Process]) -> None:
    before = _busy(found)
    time.sleep(IDLE)
    print("| process | idle, % of a core | MB |")
    print("|---|---|---|")
    for label, busy in _busy(found).items():
        share, held = 100 * (busy - before[label]) / IDLE, found[label].memory_info().rss / 1e6
        print(f"| {label} | {share:.1f} | {held:.0f} |", flush=True)


def _say_busy(
    found: dict[str, psutil.Process], before: dict[str, float], given: argparse.Namespace
) -> None:
    told = [
        f"{label} {1000 * (busy - before[label]) / given.pictures:.0f}"
        for label, busy in _busy(found).items()
    ]
    print(f"processor ms a picture ({given.steps} steps): {', '.join(told)}", flush=True)


def _at(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


def _drop(layout: Layout, name: str, count: int, given: argparse.Namespace) -> None:
    for number in range(count):
        draft = layout.root / "draft"
        draft.write_text(f"prompt: p\nsize: {given.size}\nsteps: {given.steps}\n")
        draft.rename(layout.inbox / f"{name}{number}.yaml")


if __name__ == "__main__":
    main()

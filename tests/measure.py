"""Figures of the spine on this machine: `make measure`. Not part of the suite; asserts nothing.

Every figure comes from the real daemon process with the dry-run engine, whose pictures cost next to
nothing, so that what is measured is ours: seeing a file, claiming, publishing, waiting.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from support.daemon import Daemon, pictures, wait_for

from daemon.root.create import prepare
from daemon.root.layout import Layout

SMALL = "prompt: p\nsize: 64x64\nsteps: 2\n"


def main() -> None:
    latency()
    overhead()
    status()
    weight()
    throughput(1000)
    waiting(10_000)


def fresh(*arguments: str) -> tuple[Layout, Daemon]:
    layout = Layout(Path(tempfile.mkdtemp(prefix="hotfolder-measure-")).resolve())
    prepare(layout)
    child = Daemon(layout, ("--engine", "dry-run", *arguments), {})
    wait_for(lambda: child.status.get("state"), layout)
    return layout, child


def warm(layout: Layout) -> None:
    (layout.inbox / "warm.yaml").write_text(SMALL)
    wait_for(lambda: (layout.done / "warm.yaml").exists(), layout)


def say(title: str, value: str) -> None:
    print(f"{title:58} {value}", flush=True)


def percentiles(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p50, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    return f"p50 {p50 * 1000:6.1f} ms   p95 {p95 * 1000:6.1f} ms   max {ordered[-1] * 1000:.1f} ms"


def latency(drops: int = 200) -> None:
    """From the drop of a file to the moment it is claimed."""
    for how in ("written", "renamed"):
        layout, child = fresh()
        warm(layout)
        seconds = []
        for number in range(drops):
            file, draft = layout.inbox / f"{how}{number}.yaml", layout.root / "draft"
            draft.write_text(SMALL)
            begun = time.perf_counter()  # whom a drop wakes may run before its dropper goes on
            if how == "written":
                file.write_text(SMALL)
            else:
                draft.rename(file)
            while os.path.lexists(file):
                time.sleep(0.0002)
            seconds.append(time.perf_counter() - begun)
            wait_for(lambda place=layout.spool: not os.listdir(place), layout)
        say(f"drop to claim, {drops} files {how} one by one", percentiles(seconds))
        child.stop()


def overhead(drops: int = 100) -> None:
    """From the drop to the picture's name in the outbox, less what the worker itself took."""
    layout, child = fresh()
    warm(layout)
    seconds = []
    for number in range(drops):
        begun = time.perf_counter()
        (layout.inbox / f"o{number}.yaml").write_text(SMALL)
        picture = layout.outbox / f"o{number}.png"
        while not picture.exists():
            time.sleep(0.0005)
        whole = time.perf_counter() - begun
        sidecar = json.loads(picture.with_suffix(".json").read_bytes())
        seconds.append(whole - sidecar["result"]["timings"]["total"])
        wait_for(lambda: not os.listdir(layout.spool), layout)
    say(f"drop to picture beyond the render, {drops} drops", percentiles(seconds))
    child.stop()


def status(calls: int = 20) -> None:
    layout, child = fresh()
    seconds = []
    for _ in range(calls):
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "daemon", "status", "--root", str(layout.root)],
            stdout=subprocess.DEVNULL,
            check=True,
        )
        seconds.append(time.perf_counter() - begun)
    say(f"hotfolder status, median of {calls}", f"{statistics.median(seconds) * 1000:.0f} ms")
    child.stop()


def weight(idle: float = 20.0) -> None:
    """Memory of the supervisor beside a warm worker, and what it uses when nothing happens."""
    layout, child = fresh()
    warm(layout)
    supervisor = psutil.Process(child.process.pid)
    time.sleep(2)
    before = sum(supervisor.cpu_times()[:2])
    time.sleep(idle)
    share = (sum(supervisor.cpu_times()[:2]) - before) / idle
    say("supervisor, warm worker beside it", f"{supervisor.memory_info().rss / 1e6:.1f} MB RSS")
    say(f"supervisor, idle for {idle:.0f} s", f"{share:.2%} of a core")
    child.stop()


def throughput(jobs: int) -> None:
    layout, child = fresh()
    warm(layout)
    begun = time.perf_counter()
    for number in range(jobs):
        (layout.inbox / f"t{number}.yaml").write_text(SMALL)
    wait_for(lambda: len(os.listdir(layout.done)) >= jobs + 1, layout, 600)
    spent = time.perf_counter() - begun
    lost = jobs + 1 - len(pictures(layout))
    say(f"{jobs} jobs dropped at once", f"{jobs / spent:.1f} jobs per second, {lost} lost")
    child.stop()


def waiting(files: int, idle: float = 20.0) -> None:
    """Many files waiting (paused): until all are in the queue, and what they cost by waiting."""
    layout, child = fresh()
    layout.paused_file.touch()
    begun = time.perf_counter()
    for number in range(files):
        (layout.inbox / f"w{number:05d}.yaml").write_text(SMALL)
    written = time.perf_counter() - begun
    wait_for(lambda: (child.status.get("queue") or {}).get("number") == files, layout, 600)
    seen = time.perf_counter() - begun
    supervisor = psutil.Process(child.process.pid)
    busy = lambda: sum(supervisor.cpu_times()[:2])  # noqa: E731
    last = -1.0
    while busy() - last > 0.2:  # until every one of them has been read
        last = busy()
        time.sleep(2)
    before = busy()
    time.sleep(idle)
    share = (busy() - before) / idle
    say(f"{files} files dropped at once (in {written:.1f} s), all in the queue", f"{seen:.1f} s")
    say(f"supervisor while {files} files wait", f"{share:.2%} of a core")
    say(
        f"supervisor with {files} files waiting", f"{supervisor.memory_info().rss / 1e6:.1f} MB RSS"
    )
    child.stop()


if __name__ == "__main__":
    main()

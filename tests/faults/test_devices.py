"""Two devices of one machine: kill -9 of either, over and over, and the pictures of one alone."""

from __future__ import annotations

import json
import os
import signal
import time
from contextlib import suppress

import numpy as np
import pytest
from faults.rig import (
    at_rest,
    check,
    dice,
    facts,
    figure,
    finish,
    is_near_its_end,
    rendered_again,
    start,
    stop_for_sure,
    workers_of,
)
from PIL import Image
from support.daemon import Daemon, pictures, wait_for
from support.levels import counts

from daemon.root.create import prepare
from daemon.root.layout import Layout

TWO = "devices: [cpu, cpu]\nsettle: 0.05\nthreads: 1\n"
SLOWLY = {"HOTFOLDER_DRY_STEP_SECONDS": "0.05"}


@pytest.mark.timeout(3000)
def test_killing_either_of_two_workers_costs_a_try_and_nothing_else(root, drop) -> None:
    kills, jobs = counts(4, 20, 100), counts(16, 60, 300)
    root.settings_file.write_text(TWO)
    throw = dice("two devices")
    names = [f"job{number:04d}" for number in range(jobs)]
    for number, name in enumerate(names):
        drop.by_rename(f"{name}.yaml", f"prompt: boat {number}\nsize: 64x64\nsteps: 8\n")
    child = start(root, **SLOWLY)
    killed = 0
    try:
        wait_for(lambda: len(workers_of(child.process.pid)) >= 2, root)
        while killed < kills and not at_rest(root):
            time.sleep(throw.uniform(0.05, 0.6))
            workers = [each["pid"] for each in child.status["workers"] if each["pid"]]
            killed += bool(workers) and _killed_unless_blamed(throw.choice(workers), child, root)
        wait_for(lambda: at_rest(root), root)
    finally:
        stop_for_sure(child)
    tally = check(root, dict.fromkeys(names, 1))
    tries = [
        json.loads(p.with_suffix(".json").read_bytes())["result"]["attempt"] for p in _made(root)
    ]
    figure(
        f"{jobs} jobs on two devices, {killed} x kill -9 of either worker",
        "dry-run",
        f"{tally}; rendered again {rendered_again(root):.1f} %, tries at most {max(tries)}",
    )
    assert tally.clean, (tally, facts(root))
    assert sum(tries) - jobs <= 2 * killed  # what was at work, and what was next in line


def _killed_unless_blamed(worker: int, child: Daemon, root: Layout) -> bool:
    """Whether `kill -9` was sent: not while a job is at work that has met two deaths already, since
    a third one makes it a job that kills workers. Stopped meanwhile, it can't go on to another;
    only what status names is stopped, since one that was not executed yet would hold its parent."""
    with suppress(ProcessLookupError):
        os.kill(worker, signal.SIGSTOP)
        since = time.time() + 0.2
        wait_for(lambda: child.status.get("heartbeat_unix", 0.0) > since, root)
        spared = is_near_its_end(root, {each["job"] for each in child.status["current"]})
        os.kill(worker, signal.SIGCONT if spared else signal.SIGKILL)
        return not spared
    return False


def _made(root: Layout):
    return [root.outbox / name for name in pictures(root)]


JOBS = (
    "prompt: a red circle on a blue background\nsize: 192x192\nsteps: 3\nseed: {n}\n",
    "prompt: a boat on the sea\nsize: 256x192\nsteps: 4\nseed: {n}\nstrict: true\n",
    "prompt: a green square\nsize: 192x192\nsteps: 2\nsampler: dpmpp_2m\nseed: {n}\nstrict: true\n",
)


@pytest.mark.timeout(3000)
def test_two_devices_make_the_pictures_of_one(tmp_path) -> None:
    """With the real model; shared ones are left out by `max_batch`, since who shares is chance."""
    count = counts(None, 24, 60)
    made = {}
    for name, devices in (("one", "[cpu]"), ("two", "[cpu, cpu]")):
        layout = Layout((tmp_path / name).resolve())
        prepare(layout)
        layout.settings_file.write_text(
            f"devices: {devices}\nsettle: 0.05\nthreads: 1\nmax_batch: 1\n"
        )
        for n in range(count):
            (layout.inbox / f"{n}.yaml").write_text(JOBS[n % len(JOBS)].format(n=n))
        assert finish(layout, engine="sdxl") == 0, facts(layout)
        made[name] = {path.name: np.asarray(Image.open(path)) for path in _made(layout)}
    same = sum(np.array_equal(made["one"][name], made["two"][name]) for name in made["one"])
    figure(f"{count} mixed pictures on two devices beside one", "sketch", f"array-equal {same}")
    assert same == count == len(made["two"])

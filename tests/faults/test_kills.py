"""Kill -9, at random and at observed moments: nothing lost, nothing twice, nothing torn."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from functools import partial

import pytest
from faults.rig import (
    at_rest,
    check,
    children_by_kind,
    dice,
    facts,
    figure,
    finish,
    in_time,
    is_near_its_end,
    rendered_again,
    start,
    stop_for_sure,
    workers_of,
)
from support.daemon import HANG, pictures, wait_for
from support.levels import counts

from daemon.jobs.retry_policy import MAX_DEATHS

MOST_DEATHS = MAX_DEATHS - 1
"""Of workers in a row, with no picture made in between."""

AIMS = ("anywhere", "loading", "step", "staging", "publishing", "claiming")


def is_at(aim, layout, child, mark):
    """Whether the daemon is seen at this moment of a job's life now."""
    if aim == "loading":
        return child.status.get("state") == "loading"
    if aim == "step":
        return any(current["step"] >= 1 for current in child.status.get("current", ()))
    if aim == "staging":
        return any(name.endswith(".part") for name in os.listdir(layout.stage))
    if aim == "publishing":
        return any(name.endswith(".json") for name in os.listdir(layout.stage))
    if aim == "claiming":
        return any(int(name) > mark for name in os.listdir(layout.spool) if name.isdigit())
    return True


def come_up(layout, child, throw: random.Random) -> None:
    """Wait until the daemon serves, on a machine however busy; one in eight is not waited for, and
    may be killed while it starts."""
    if throw.random() < 0.125:
        return
    wait_for(lambda: child.status.get("heartbeat_unix", 0) >= child.born, layout)


def aim_and_kill(layout, child, throw: random.Random, aims, patience: float) -> tuple[str, str]:
    """Wait for the moment aimed at, so long at most, then kill someone: (victim, moment)."""
    aim, seen = throw.choice(aims), False
    mark = max((int(n) for n in os.listdir(layout.spool) if n.isdigit()), default=0)
    end = time.monotonic() + patience
    while time.monotonic() < end and not seen:
        seen = is_at(aim, layout, child, mark)
        time.sleep(0.001)
    found = {"supervisor": child.process.pid, **children_by_kind(child.process.pid)}
    victim = throw.choice(list(found))
    with suppress(ProcessLookupError):
        os.kill(found[victim], signal.SIGKILL)
    if victim == "supervisor":
        child.process.wait()
    return victim, aim if seen else "anywhere"


def counted(killed: list[tuple[str, str]]) -> str:
    """Who was killed how often, and at which moments."""
    victims, moments = (Counter(column) for column in zip(*killed, strict=True))
    return ", ".join(f"{times} {what}" for what, times in (victims + moments).most_common())


def drop_all(drop, names, text, throw):
    """The way people and tools write: whole, by rename, in two halves."""
    for number, name in enumerate(names):
        how = throw.random()
        if how < 0.5:
            drop.whole(f"{name}.yaml", text(number))
        elif how < 0.9:
            drop.by_rename(f"{name}.yaml", text(number))
        else:
            whole = text(number)
            drop.slowly(f"{name}.yaml", [whole[: len(whole) // 2], whole[len(whole) // 2 :]], 0.02)


def has_moved(root, child, made: int) -> bool:
    """Whether there is a picture more than so many, or nobody who could make one."""
    return len(pictures(root)) > made or child.process.poll() is not None or at_rest(root)


def storm(root, drop, *, jobs, text, env, kills, row, pictures_each=1):
    throw = dice(row)
    names = [f"job{number:04d}" for number in range(jobs)]
    dropper = threading.Thread(target=drop_all, args=(drop, names, text, dice("drop")))
    dropper.start()
    killed: list[tuple[str, str]] = []
    deaths = 0
    child = start(root, **env)
    try:
        while len(killed) < kills and (dropper.is_alive() or not at_rest(root)):
            come_up(root, child, throw)
            time.sleep(throw.uniform(0.6, 2.0))
            if deaths == MOST_DEATHS:
                # On a busy machine they may all be deaths at one job, which would fail, and rightly.
                made = len(pictures(root))
                wait_for(partial(has_moved, root, child, made), root)
                deaths = 0
            killed.append(aim_and_kill(root, child, throw, AIMS, 1.0))
            deaths += killed[-1][0] == "worker"
            if child.process.poll() is not None:
                child = start(root, **env)
    finally:
        dropper.join()
        stop_for_sure(child)
    assert finish(root, **env) == 0, facts(root)
    judge(root, dict.fromkeys(names, pictures_each), killed, "dry-run")


def judge(root, expected, killed, engine):
    tally = check(root, expected)
    figure(
        f"{len(expected)} jobs, {len(killed)} x kill -9 ({counted(killed)})",
        engine,
        f"{tally}; rendered again {rendered_again(root):.1f} %",
    )
    assert tally.clean, (tally, facts(root))


@pytest.mark.timeout(3000)
def test_a_storm_of_kills_loses_doubles_and_tears_nothing(root, drop):
    storm(
        root,
        drop,
        jobs=counts(40, 300, 1000),
        text=lambda n: f"prompt: storm {n}\nsize: 128x128\nsteps: 3\n",
        env={"HOTFOLDER_DRY_STEP_SECONDS": "0.03"},
        kills=counts(5, 75, 600),
        row="storm",
    )


@pytest.mark.timeout(3000)
def test_boards_of_several_pictures_survive_a_storm_of_kills(root, drop):
    storm(
        root,
        drop,
        jobs=counts(None, 40, 200),
        text=lambda n: f"prompt: board {n}\nsize: 64x64\nsteps: 2\ncount: 5\n",
        env={"HOTFOLDER_DRY_STEP_SECONDS": "0.02"},
        kills=counts(None, 25, 250),
        row="boards",
        pictures_each=5,
    )


@pytest.mark.timeout(6000)
def test_the_real_model_survives_kills_at_observed_steps(root, drop):
    """Something is always waiting, and between two kills a picture is finished. A job whose worker
    dies three times at it alone fails, and rightly: who has met two deaths is let finish."""
    kills = counts(None, 20, 100)
    throw, names, killed, loading = dice("sketch"), [], [], False

    def fill() -> None:
        while len(names) - len(os.listdir(root.done)) < 6:
            names.append(f"job{len(names):04d}")
            text = f"prompt: a red circle {len(names)}\nsize: 192x192\nsteps: 4\n"
            drop.whole(f"{names[-1]}.yaml", text)

    child = start(root, engine="sdxl")
    try:
        while len(killed) < kills:
            fill()
            wait_for(lambda: not is_near_its_end(root), root)
            aims = ("loading",) if loading else ("step", "step", "step", "staging", "publishing")
            killed.append(aim_and_kill(root, child, throw, aims, 60.0))
            if child.process.poll() is not None:
                child = start(root, engine="sdxl")
            loading = not loading and throw.random() < 0.2
            if loading:
                continue
            fill()  # on a busy machine all may be done before the kill was
            done = len(os.listdir(root.done))
            wait_for(lambda: len(os.listdir(root.done)) > done, root)  # noqa: B023
    finally:
        stop_for_sure(child)
    assert finish(root, engine="sdxl") == 0, facts(root)
    judge(root, dict.fromkeys(names, 1), killed, "sdxl (sketch)")


@pytest.mark.timeout(3000)
def test_a_worker_that_dies_under_several_pictures_blames_none_of_their_jobs(root, drop):
    counts(None, 1, 1)
    root.paused_file.touch()
    names = [f"shared{number}" for number in range(3)]
    for name in names:
        drop.whole(f"{name}.yaml", "prompt: a red circle\nsize: 192x192\nsteps: 60\n")
    child = start(root, engine="sdxl")
    try:
        wait_for(lambda: child.status.get("queue", {}).get("number") == 3, root)
        root.paused_file.unlink()
        wait_for(
            lambda: sum(now["step"] >= 1 for now in child.status.get("current", ())) >= 2, root
        )
        shared = [now["job"] for now in child.status["current"]]
        os.kill(workers_of(child.process.pid)[0], signal.SIGKILL)
        wait_for(lambda: "the worker died while rendering" in child.log(), root)
        tickets = [root.spool / f"{job:06d}" / "ticket.json" for job in shared]
        deaths = sum(json.loads(ticket.read_bytes())["deaths"] for ticket in tickets)
        wait_for(lambda: at_rest(root), root)
    finally:
        stop_for_sure(child)
    tally = check(root, dict.fromkeys(names, 1))
    figure(
        f"worker killed with {len(shared)} pictures in one batch",
        "sdxl (sketch)",
        f"jobs blamed {deaths}; {tally}",
    )
    assert deaths == 0
    assert tally.clean, (tally, facts(root))


@pytest.mark.timeout(3000)
def test_sigterm_ends_the_daemon_soon_whatever_it_is_doing(root, drop):
    times = counts(5, 25, 100)
    throw, slowest = dice("sigterm"), 0.0
    names = [f"long{number:03d}" for number in range(times)]
    for name in names:
        drop.whole(f"{name}.yaml", "prompt: long\nsize: 64x64\nsteps: 12\n")
        born = time.time()
        child = start(root, HOTFOLDER_DRY_STEP_SECONDS="0.05")
        wait_for(lambda: child.status.get("heartbeat_unix", 0) >= born, root)  # noqa: B023
        time.sleep(throw.uniform(0.0, 1.2))
        begun = time.monotonic()
        child.process.terminate()
        assert child.process.wait(HANG) == 0, child.output()
        slowest = max(slowest, time.monotonic() - begun)
    assert finish(root) == 0
    tally = check(root, dict.fromkeys(names, 1))
    figure(f"SIGTERM to exit, {times} times", "dry-run", f"longest {slowest:.2f} s; {tally}")
    assert in_time(slowest, 5.0)
    assert tally.clean, (tally, facts(root))


def test_a_second_daemon_is_refused_five_times_of_five(root):
    child = start(root)
    wait_for(lambda: child.status.get("state"), root)
    try:
        command = [
            sys.executable,
            "-m",
            "daemon",
            "run",
            "--root",
            str(root.root),
            "--engine",
            "dry-run",
        ]
        others = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(5)]
        codes = [(other.wait(HANG), other.stderr.close()) for other in others]
        refused = sum(1 for code, _ in codes if code == 3)
    finally:
        stop_for_sure(child)
    figure("second daemon on one root refused", "dry-run", f"{refused} of 5")
    assert refused == 5

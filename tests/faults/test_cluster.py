"""A cluster on one machine, everything of which is killed, frozen, cut off: nothing lost, nothing twice."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from faults.cluster_storm import SLOWLY, Storm, children
from faults.rig import at_rest, check, dice, facts, figure, finish, start, stop_for_sure
from PIL import Image
from support.cluster import Cluster
from support.daemon import engine as misbehaving
from support.daemon import pictures, wait_for
from support.levels import counts

from daemon.models.catalogue import BUNDLED
from daemon.root.create import prepare
from daemon.root.layout import Layout

pytest.importorskip("distributed")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path / "cluster")
    yield made
    made.close()


def attempts(root: Layout) -> list[int]:
    found = [root.outbox / name for name in pictures(root)]
    return [json.loads(p.with_suffix(".json").read_bytes())["result"]["attempt"] for p in found]


@pytest.mark.timeout(3000)
@pytest.mark.parametrize(
    ("engine", "kills", "jobs", "job"),
    [
        ("dry-run", (None, 18, 54), (None, 200, 600), "size: 64x64\nsteps: 12\n"),
        ("sdxl", (None, 8, 16), (None, 30, 60), "size: 256x256\nsteps: 20\n"),
    ],
)
def test_killing_machines_workers_scheduler_and_daemon_loses_and_doubles_nothing(
    root, drop, cluster, engine, kills, jobs, job
) -> None:
    kills, jobs = counts(*kills), counts(*jobs)
    throw = dice("cluster")
    names = [f"job{number:04d}" for number in range(jobs)]
    for number, name in enumerate(names):
        drop.by_rename(f"{name}.yaml", f"prompt: boat {number}\n{job}")
    storm = Storm(cluster, root, engine)
    turns = [
        "worker",
        "machine",
        "cut",
        "daemon",
        "slow",
        "scheduler",
        "bridge",
        "freeze",
        "cut for long",
    ]
    try:
        wait_for(lambda: len(pictures(root)) >= 3, root)
        for turn in range(kills):
            if at_rest(root):
                break
            storm.strike(turns[turn % len(turns)], throw.choice(list(storm.machines)))
            time.sleep(throw.uniform(0.5, 3.0))
        wait_for(lambda: at_rest(root), root)
    finally:
        stop_for_sure(storm.daemon)
        storm.wire.close()
    tally, tries = check(root, dict.fromkeys(names, 1)), attempts(root)
    figure(
        f"{jobs} jobs on three machines: {storm.count}",
        engine,
        f"{tally}; tries at most {max(tries)}, {sum(tries) - jobs} made again",
    )
    assert tally.clean, (tally, facts(root))


@pytest.mark.timeout(3000)
def test_bytes_that_arrive_damaged_are_no_picture_and_the_job_is_made_elsewhere(
    root, drop, cluster, tmp_path
) -> None:
    counts(None, 1, 1)
    spoil = tmp_path / "spoil"
    spoil.touch()
    cluster.scheduler().wait_until("listens")
    cluster.machine("bad", HOTFOLDER_TEST_SPOIL=str(spoil)).wait_until("has joined")
    cluster.join(root, "devices: none\n")
    drop.whole("a.yaml", "prompt: a\nsize: 192x192\nsteps: 2\n")
    child = start(root, engine=misbehaving("spoils_what_is_staged"))
    try:
        wait_for(lambda: "arrived damaged" in child.log(), root)
        assert pictures(root) == []
        spoil.unlink()
        wait_for(lambda: at_rest(root), root)
    finally:
        stop_for_sure(child)
    assert check(root, {"a": 1}).clean, facts(root)


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("is_copy", [False, True])
def test_two_machines_of_one_name_and_two_daemons_of_one_machine_are_told(
    root, drop, cluster, tmp_path, is_copy
) -> None:
    counts(None, 1, 1)
    cluster.scheduler().wait_until("listens")
    cluster.machine("one").wait_until("has joined")
    second = cluster.machine("two", called="one")
    second.wait_until("is in the cluster already")
    assert second.process.wait() == 5
    other = Layout((tmp_path / "other").resolve())
    prepare(other)
    if is_copy:  # with the id of its first
        shutil.copy2(root.id_file, other.id_file)
    for layout in (root, other):
        cluster.join(layout)
    first = start(root, **SLOWLY, HOTFOLDER_DRY_CARDS="plain")
    drop.whole("a.yaml", "prompt: a\nsize: 64x64\nsteps: 150\n")
    try:
        wait_for(lambda: first.status.get("state") == "rendering", root)
        (other.inbox / "b.yaml").write_text("prompt: b\nsize: 64x64\nsteps: 2\n")
        later = start(other)
        try:
            wait_for(lambda: "uses it" in later.log(), other)
            wait_for(lambda: at_rest(root), root)
            stop_for_sure(first)
            wait_for(lambda: at_rest(other), other)
        finally:
            stop_for_sure(later)
    finally:
        stop_for_sure(first)
    assert attempts(root) == [1]


@pytest.mark.timeout(3000)
def test_models_stay_warm_over_restarts_of_daemon_and_scheduler(root, drop, cluster) -> None:
    counts(None, 1, 1)
    scheduler = cluster.scheduler()
    scheduler.wait_until("listens")
    machine = cluster.machine("warm")
    machine.wait_until("has joined")
    cluster.join(root)
    child, pids = start(root), []

    def make(name: str) -> None:
        drop.by_rename(f"{name}.yaml", "prompt: a\nsize: 64x64\nsteps: 2\n")
        wait_for(lambda: (root.done / f"{name}.yaml").exists(), root)
        pids.extend(children(machine))

    try:
        make("first")
        stop_for_sure(child)
        child = start(root)
        make("after its end")
        child.kill()
        child = start(root)
        make("after its death")
        scheduler.kill()
        cluster.scheduler().wait_until("listens")
        make("after the scheduler's")
    finally:
        stop_for_sure(child)
    assert len(pids) == 4
    assert len(set(pids)) == 1


@pytest.mark.timeout(3000)
def test_a_machine_without_a_model_gets_none_of_its_jobs_and_all_others(
    root, drop, cluster
) -> None:
    counts(None, 1, 1)
    shutil.copytree(BUNDLED, root.root / "models" / "mine")
    card = root.root / "models" / "mine" / "card.yaml"
    card.write_text(card.read_text().replace("name: sketch", "name: mine"))
    cluster.scheduler().wait_until("listens")
    cluster.machine("poor").wait_until("has joined")
    cluster.join(root, "devices: none\nmodels: [models]\n")
    for name, model in (("a", "sketch"), ("b", "mine"), ("c", "sketch")):
        drop.whole(f"{name}.yaml", f"prompt: a\nmodel: {model}\nsize: 192x192\nsteps: 2\n")
    child = start(root, engine=misbehaving("spoils_what_is_staged"))
    try:
        wait_for(lambda: at_rest(root), root)
        letter = (root.failed / "b.yaml.why.txt").read_text()
        assert "it lacks the model mine" in child.log()
    finally:
        stop_for_sure(child)
    assert pictures(root) == ["a.png", "c.png"]
    assert "it lacks the model mine" in letter


JOB = (
    "prompt: a red circle on a blue background\nsize: 192x192\nsteps: 3\nseed: {n}\nstrict: true\n"
)


@pytest.mark.timeout(3000)
def test_pictures_of_another_machine_are_those_of_this_one(tmp_path, cluster) -> None:
    """With the real model: pixels, and the record but for device and times."""
    count, made, told = counts(None, 10, 30), {}, {}
    cluster.scheduler().wait_until("listens")
    cluster.machine("other", "threads: 1\n").wait_until("has joined")
    for name in ("here", "there"):
        layout = Layout((tmp_path / name).resolve())
        prepare(layout)
        if name == "there":
            cluster.join(layout, "devices: none\nmax_batch: 1\n")
        else:
            layout.settings_file.write_text("threads: 1\nmax_batch: 1\nsettle: 0.05\n")
        for n in range(count):
            (layout.inbox / f"{n}.yaml").write_text(JOB.format(n=n))
        if name == "here":
            assert finish(layout, engine="sdxl") == 0, facts(layout)
        else:
            child = start(layout, engine="sdxl")
            wait_for(lambda layout=layout: at_rest(layout), layout)
            stop_for_sure(child)
        found = {p: layout.outbox / p for p in pictures(layout)}
        made[name] = {p: np.asarray(Image.open(file)) for p, file in found.items()}
        told[name] = {p: essence(file.with_suffix(".json")) for p, file in found.items()}
    same = sum(np.array_equal(made["here"][p], made["there"][p]) for p in made["here"])
    figure(
        f"{count} pictures of another machine beside this one's", "sketch", f"array-equal {same}"
    )
    assert same == count == len(made["there"])
    assert told["here"] == told["there"]


def essence(record: Path) -> dict[str, object]:
    """A record but for device, times, number, and the bytes of the file, which hold its number."""
    content = json.loads(record.read_bytes())
    result = content["result"]
    for key in ("device", "timings", "queued_at", "started_at", "finished_at", "job", "sha256",
                "peak_memory_bytes", "cache"):  # fmt: skip
        result.pop(key, None)
    return content

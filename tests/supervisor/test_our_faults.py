"""A fault of our own costs the job, the file or the room it is in, and nothing else.

The faults can't be real ones: the daemon that is started here finds a `sitecustomize` that has one
of its functions raise, for the job called "bad" alone or for whoever comes.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from support.daemon import engine, hotfolder, pictures

STUMBLE = """
import {module} as room
was = room.{function}

def stumbles(self, *given, **named):
    if {condition}:
        raise LookupError("no such chapter")
    return was(self, *given, **named)

room.{function} = stumbles
"""
JOB = "prompt: a boat\nsteps: 2\n"


@pytest.fixture
def may_stumble() -> bool:
    return True


@pytest.fixture
def bug(tmp_path: Path):
    """`bug(module, function, condition)`: the environment of a daemon with that fault."""

    def made(module: str, function: str, condition: str = "True") -> dict[str, str]:
        folder = tmp_path / "bug"
        folder.mkdir(exist_ok=True)
        text = STUMBLE.format(module=module, function=function, condition=condition)
        (folder / "sitecustomize.py").write_text(text)
        return {"PYTHONPATH": str(folder), "HOTFOLDER_TEST_BUG": str(folder / "mended")}

    return made


@pytest.mark.parametrize("text", [JOB, f"{JOB}count: 3\n"])
@pytest.mark.parametrize(
    ("module", "function"),
    [
        ("daemon.jobs.admission", "Admission.verdict"),
        ("daemon.jobs.publication", "Publication.publish_next"),
    ],
)
def test_a_job_that_meets_a_fault_of_ours_fails_and_the_others_go_on(
    root, drop, daemon, wait, bug, module, function, text
):
    daemon(**bug(module, function, "given[0].name.startswith('bad')"))
    drop.whole("bad.yaml", text)
    wait(lambda: (root.failed / "bad.yaml.why.txt").exists())
    drop.whole("good.yaml", JOB)
    wait(lambda: "good.png" in pictures(root))
    letter = (root.failed / "bad.yaml.why.txt").read_text()
    assert "fault of its own" in letter
    assert "no such chapter" in letter
    assert (root.failed / "bad.yaml").read_text() == text
    assert pictures(root) == ["good.png"]


def test_a_job_whose_end_meets_one_waits_and_ends_once_that_is_over(root, drop, daemon, wait, bug):
    mended = "not __import__('os').path.exists(__import__('os').environ['HOTFOLDER_TEST_BUG'])"
    condition = f"given[0].name.startswith('bad') and {mended}"
    environment = bug("daemon.jobs.ending", "Ending.end", condition)
    child = daemon(**environment)
    drop.whole("bad.yaml", JOB)
    wait(lambda: "no such chapter" in child.log())
    drop.whole("good.yaml", JOB)
    wait(lambda: (root.done / "good.yaml").exists())
    Path(environment["HOTFOLDER_TEST_BUG"]).touch()
    wait(lambda: (root.done / "bad.yaml").exists())
    assert pictures(root) == ["bad.png", "good.png"]
    assert child.log().count("no such chapter") == 1  # however often it was tried


def test_a_file_that_can_not_be_claimed_for_one_waits_and_the_others_go_on(
    root, drop, daemon, wait, bug
):
    child = daemon(**bug("daemon.spool.spool", "Spool.claim", "given[0].path.name == 'bad.yaml'"))
    drop.whole("bad.yaml", JOB)
    wait(lambda: "no such chapter" in child.log())
    drop.whole("good.yaml", JOB)
    wait(lambda: "good.png" in pictures(root))
    assert (root.inbox / "bad.yaml").exists()
    wait(lambda: "fault of its own" in json.dumps(child.status["troubles"]))


def test_a_job_that_meets_one_at_the_start_does_not_keep_the_daemon_from_starting(
    root, drop, daemon, wait, bug, hold
):
    child = daemon(engine=engine("held"), **hold.at(1))
    drop.whole("bad.yaml", JOB)
    drop.whole("good.yaml", JOB)
    wait(lambda: len(list(root.spool.glob("*/plan.json"))) == 2)
    child.kill()
    daemon(**bug("daemon.jobs.admission", "Admission.verdict", "given[0].name.startswith('bad')"))
    wait(lambda: "good.png" in pictures(root))
    wait(lambda: (root.failed / "bad.yaml").exists())


UNMENDED = "not __import__('os').path.exists(__import__('os').environ['HOTFOLDER_TEST_BUG'])"


@pytest.mark.parametrize(
    ("module", "function"),
    [
        ("daemon.worker.pace", "Pace.step"),
        ("daemon.supervisor.worker_events", "WorkerEvents._started"),
        ("daemon.inbox.watcher", "Watcher.heard"),
        ("daemon.supervisor.loop", "Supervisor._idle_for"),
    ],
)
def test_one_in_what_is_only_told_costs_no_picture_and_is_told_once(
    root, drop, daemon, wait, bug, module, function
):
    child = daemon(**bug(module, function))
    for name in ("a", "b"):
        drop.whole(f"{name}.yaml", JOB)
        wait(lambda name=name: f"{name}.png" in pictures(root))
    told = [line for line in child.log().splitlines() if "no such chapter" in line]
    assert len(told) == 1


@pytest.mark.parametrize(
    ("module", "function", "prompt"),
    [
        ("daemon.worker.pace", "Pace.picture", "a boat"),
        ("daemon.jobs.jobs", "Jobs.rendered", "a boat"),
        ("daemon.jobs.jobs", "Jobs.worker_died", "segfault"),
        ("daemon.supervisor.worker_events", "WorkerEvents._failed", "shortage"),
    ],
)
def test_a_job_whose_picture_comes_to_an_end_in_one_fails_and_the_others_go_on(
    root, drop, daemon, wait, bug, module, function, prompt
):
    environment = bug(module, function, UNMENDED)
    daemon(engine=engine("poisonous"), **environment)
    text = f"prompt: {prompt}\nsteps: 2\ncount: 2\n"
    drop.whole("bad.yaml", text)
    wait(lambda: (root.failed / "bad.yaml.why.txt").exists())
    Path(environment["HOTFOLDER_TEST_BUG"]).touch()
    drop.whole("good.yaml", JOB)
    wait(lambda: "good.png" in pictures(root))
    letter = (root.failed / "bad.yaml.why.txt").read_text()
    assert "fault of its own" in letter
    assert "no such chapter" in letter
    assert (root.failed / "bad.yaml").read_text() == text
    assert pictures(root) == ["good.png"]


@pytest.mark.parametrize(
    ("function", "prompt"), [("WorkerSlot.loaded", "a boat"), ("WorkerSlot.died", "segfault")]
)
def test_a_worker_that_meets_one_is_let_go_for_a_while_which_is_said(
    root, drop, daemon, wait, bug, function, prompt
):
    environment = bug("daemon.worker.lifecycle", function, UNMENDED)
    child = daemon("--service", engine=engine("poisonous"), **environment)
    drop.whole("a.yaml", f"prompt: {prompt}\nsteps: 2\n")
    wait(lambda: child.status["state"] == "blocked")
    assert "no such chapter" in child.status["reason"]
    if prompt == "segfault":  # it would kill the next one, too
        wait(lambda: (root.failed / "a.yaml.why.txt").exists())
    assert child.stop() == 0
    Path(environment["HOTFOLDER_TEST_BUG"]).touch()
    drop.whole("good.yaml", JOB)
    again = daemon("--until-empty", engine=engine("poisonous"), ready=False, **environment)
    assert again.wait() == 0
    assert pictures(root) == [*(["a.png"] if prompt == "a boat" else []), "good.png"]


def test_a_room_with_one_is_left_out_for_a_while_and_told_of_once(root, drop, daemon, wait, bug):
    child = daemon(**bug("daemon.boards.keeper", "Keeper.look"))
    for name in ("a", "b"):
        drop.whole(f"{name}.yaml", JOB)
        wait(lambda name=name: f"{name}.png" in pictures(root))
    told = [line for line in child.log().splitlines() if "no such chapter" in line]
    assert len(told) == 1


def test_whoever_waits_for_an_empty_queue_does_not_wait_for_ever(root, drop, bug):
    drop.whole("a.yaml", JOB)
    environment = {**os.environ, **bug("daemon.boards.keeper", "Keeper.look")}
    arguments = ("run", "--until-empty", "--engine", "dry-run", "--root", str(root.root))
    assert hotfolder(*arguments, env=environment).returncode == 5

"""Several devices of one machine: a worker each, one queue, one of everything."""

from __future__ import annotations

import os
import signal

import pytest
from support.daemon import engine, hotfolder, pictures, record
from support.stream import heard

from daemon.errors import SettingsError
from daemon.settings import parse_settings


def job(seed: int) -> str:
    return f"prompt: a boat\nsize: 192x192\nsteps: 4\nseed: {seed}\n"


def devices(root, *names: str) -> None:
    root.settings_file.write_text(f"devices: [{', '.join(names)}]\nsettle: 0.05\n")


def workers(child) -> dict[str, int]:
    return {each["name"]: each["pid"] for each in child.status.get("workers", []) if each["pid"]}


def test_two_work_at_once_are_told_apart_and_one_killed_costs_one_try(
    root, drop, daemon, wait, hold
) -> None:
    devices(root, "cpu", "cpu")
    child = daemon(engine=engine("held"), **hold.at(2))
    for number in range(5):
        drop.by_rename(f"{number}.yaml", job(number))
    wait(lambda: {each["device"] for each in child.status.get("current", [])} == {"cpu 1", "cpu 2"})
    shown = hotfolder("status", "--root", str(root.root)).stdout
    assert "on cpu 1" in shown
    assert "on cpu 2" in shown
    assert "workers" in shown

    held = {each["device"]: each["name"] for each in child.status["current"]}
    other = record_number(child, held["cpu 1"])
    drop.by_rename("last.yaml", job(9))
    hotfolder(
        "cancel", "--root", str(root.root), "last.yaml"
    )  # waits: nothing that runs is touched
    os.kill(workers(child)["cpu 2"], signal.SIGKILL)
    wait(lambda: "cpu 2: the worker died while rendering" in child.log())
    hold.off()
    wait(lambda: len(list(root.done.iterdir())) == 5)

    assert pictures(root) == [f"{number}.png" for number in range(5)]
    tries = {name: record(root, name)["result"]["attempt"] for name in map(str, range(5))}
    assert tries[stem(held["cpu 2"])] == 2
    assert tries[stem(held["cpu 1"])] == 1
    assert sorted(tries.values()) in (
        [1, 1, 1, 1, 2],
        [1, 1, 1, 2, 2],
    )  # with what was next in line
    assert f"#{other} " in child.log()
    assert "starting on cpu 2" in child.log()
    assert {"cpu 1", "cpu 2"} == {
        each["slot"] for each in heard(root) if each["event"] in ("loading", "ready")
    }
    assert "cpu 1: the worker died" not in child.log()


def record_number(child, name: str) -> int:
    return next(each["job"] for each in child.status["current"] if each["name"] == name)


def stem(name: str) -> str:
    return name.removesuffix(".yaml")


def test_a_device_that_is_not_there_is_said_and_the_others_go_on(root, drop, daemon, wait) -> None:
    devices(root, "cuda:7", "cpu")
    child = daemon(engine=engine("no_second_card"))
    for number in range(4):
        drop.by_rename(f"{number}.yaml", job(number))
    wait(lambda: len(list(root.done.iterdir())) == 4)

    wait(lambda: child.status["state"] == "idle")
    assert not list(root.failed.iterdir())
    shown = hotfolder("status", "--root", str(root.root)).stdout
    assert "There is no cuda:7 here." in shown
    assert {record(root, str(n))["result"]["attempt"] for n in range(4)} <= {1, 2}
    assert "starting on cpu" in child.log()


def test_where_no_device_is_there_the_queue_waits_and_says_why(root, drop, daemon, wait) -> None:
    devices(root, "cuda:0", "cuda:1")
    child = daemon("--service", engine=engine("no_second_card"))
    drop.by_rename("a.yaml", job(1))
    wait(lambda: child.status.get("state") == "blocked")
    assert "There is no cuda:0 here." in child.status["reason"]
    assert not list(root.failed.iterdir())


@pytest.mark.parametrize(
    ("written", "held"),
    [
        ("devices: auto", ("auto",)),
        ("devices: [auto]", ("auto",)),
        ("devices: [cuda:0, cuda:1]", ("cuda:0", "cuda:1")),
        ("devices: [cpu, cpu]", ("cpu", "cpu")),
        ("devices: [mps]", ("mps",)),
        ("devices: []", ()),
        ("devices: [cuda:0, cuda:0]", None),
        ("devices: [auto, cpu]", None),
        ("devices: [cuda, cuda:1]", None),
        ("devices: [gpu]", None),
        ("devices: cuda:1", None),
        ("devices: 2", None),
        ("devices: {cuda: 2}", None),
        (f"devices: [{', '.join(['cpu'] * 65)}]", None),
    ],
)
def test_devices_are_named_one_by_one_a_card_but_once(written, held) -> None:
    if held is not None:
        assert parse_settings(written.encode()).devices == held
        return
    with pytest.raises(SettingsError) as refused:
        parse_settings(written.encode())
    assert refused.value.line == 1
    assert "[cuda:0, cuda:1]" in str(refused.value)

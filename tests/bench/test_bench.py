"""The benchmark tells the truth: about pictures that differ, too."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from support.daemon import wait_for
from support.levels import counts
from support.once import once

from daemon.bench import soak, workloads
from daemon.bench.baselines import Loop, terms_of
from daemon.bench.child_process import BenchError, Child, environment
from daemon.bench.daemon_side import Drops
from daemon.bench.picture_diff import compare
from daemon.bench.workloads import Look, Shot
from daemon.models.card import read_card
from daemon.models.catalogue import find_model

PATIENCE = 1200.0
TINY = Look(192, 192, 2, 5.0)
SKETCH = find_model("sketch")
WAVE = counts(12, 20, 20)


def bench(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """`hotfolder bench` as a person runs it."""
    return subprocess.run(
        [sys.executable, "-m", "daemon", "bench", *words],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env={**os.environ, "COLUMNS": "150", **more},
    )


QUICK = (
    *("--quick", "--workload", "W1,W3", "--pictures", "2", "--steps", "2", "--size", "192x192"),
    *("--threads", "1", "--repeats", "1"),
)


def run_quick(folder: Path) -> None:
    """Its JSON is left in `temporary`, where it has all that it makes; what it said beside it."""
    temporary = folder / "temporary"
    temporary.mkdir()
    done = bench(*QUICK, "--json", str(temporary / "all.json"), TMPDIR=str(temporary))
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "said").write_text(done.stdout)


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """One quick run with everything in it but the long day: its table, its JSON, its folder."""
    folder = once(tmp_path_factory, "quick-bench", run_quick)
    temporary = folder / "temporary"
    return (
        (folder / "said").read_text(),
        json.loads((temporary / "all.json").read_bytes()),
        temporary,
    )


def test_a_quick_run_measures_three_sides_and_the_machine(quick):
    _, told, _ = quick

    assert [contest["workload"] for contest in told["contests"]] == ["W1", "W3"]
    for contest in told["contests"]:
        for side in ("N0", "N1", "D"):
            each = contest["seconds_each"][side]
            assert 0 < each["low"] <= each["median"] <= each["high"]
            assert contest["cpu_each"][side] > 0
        theirs, ours = contest["loop"]["laps"], contest["daemon"]["laps"]
        assert contest["ratios"] == [a / b for a, b in zip(theirs, ours, strict=True)]
        assert contest["loop"]["warm_up"] > 0
        assert contest["floor_seconds"] > 0
        assert contest["above_floor"] > 0
        assert contest["strict_verdict"].startswith("array-equal")
    assert told["machine"]["commit"] is None or re.match("[0-9a-f]{12}", told["machine"]["commit"])
    assert told["machine"]["versions"]["torch"]
    assert told["ceilings"]["float32"]["best"] >= told["ceilings"]["float32"]["matmul"] > 1e9
    assert told["flop"]["balanced"]["step"] > told["flop"]["balanced"]["prompt"] > 0
    assert told["starts"]["daemon_load"] > 0
    assert told["memory"]["daemon"] > 1e8


def test_a_quick_run_looks_inside_a_step(quick):
    _, told, _ = quick
    inside = told["inside"]

    assert inside["equal"] == {"plain": True, "reference": True}
    assert inside["fresh_flop"] > 0
    assert inside["repeat_flop"] == 0
    ours, stock = inside["ours"], inside["stock"]
    assert stock["reference"]["operations"] > stock["plain"]["operations"] > 100
    assert ours["reference"]["operations"] <= 1.01 * stock["plain"]["operations"]


def test_a_quick_run_draws_the_batch_curve(quick):
    _, told, _ = quick

    assert [point["batch"] for point in told["curve"]] == [1, 2]
    assert told["curve"][0]["verdict"].startswith("array-equal")
    assert told["curve"][1]["same"]["largest"] <= 2


def test_the_table_has_every_column_and_every_workload(quick):
    said, _, _ = quick

    for word in ("script", "loop", "ours", "x loop", "x script", "same?"):
        assert word in said
    for word in ("W1 one picture", "W3 prompts with", "floor at the measured ceiling", "CPU"):
        assert word in said
    assert "operations a step, reference" in said
    assert "GFLOP/s" in said


def test_nothing_is_left_behind(quick):
    _, _, folder = quick

    assert [place.name for place in folder.iterdir()] == ["all.json"]


def test_an_interrupted_run_ends_its_children_and_takes_its_folder_with_it(tmp_path):
    words = ["--workload", "W1", "--threads", "1", "--batches", "", "--no-inside"]
    child = subprocess.Popen(
        [sys.executable, "-m", "daemon", "bench", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert child.stderr is not None
    for line in child.stderr:
        if "daemon is loading" in line:
            break
    else:
        pytest.fail("it ended before there was a daemon")
    wait_for(lambda: _running_in(tmp_path), seconds=PATIENCE)
    child.send_signal(signal.SIGINT)
    said = child.stderr.read()
    child.stderr.close()

    assert child.wait(timeout=PATIENCE) == 130
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())
    wait_for(lambda: not _running_in(tmp_path))


def _running_in(folder: Path) -> list[str]:
    """Command lines that name this folder."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "args="], capture_output=True, text=True, check=True
    )
    return [line for line in listed.stdout.splitlines() if str(folder) in line]


@pytest.fixture(scope="module")
def drops(tmp_path_factory):
    """Our side on the bundled model, warm for all that want it."""
    folder = tmp_path_factory.mktemp("drops")
    settings = {
        "model": "sketch",
        "device": "cpu",
        "threads": 1,
        "keep_awake": False,
        "library": [str(folder / "references")],
    }
    workloads.paint_references(folder / "references", 1)
    with Drops(folder / "root", settings) as started:
        yield started


TERMS = terms_of(SKETCH, device="cpu", dtype="float32", threads=1)


def test_pictures_of_another_seed_are_told_to_be_different_and_a_child_that_dies_says_why(
    tmp_path, drops
):
    """The real sides, the very path every figure takes, with one seed changed on purpose."""
    shot = Shot("one", "a red circle", 5, TINY)
    with Child("naive_loop", tmp_path / "words", environment(1, tmp_path)) as child:
        loop = Loop(child, TERMS, tmp_path, tmp_path / "n1")
        loop.load()
        theirs = loop.render([shot, replace(shot, name="two", seed=6)]).pictures
        with pytest.raises(BenchError, match="no-such-model"):
            child.ask("load", **{**TERMS.told(), "model": str(tmp_path / "no-such-model")})
    ours = drops.render([shot]).pictures

    assert compare([(theirs[0], ours[0])]).in_words() == "array-equal, 1 of 1"
    other = compare([(theirs[1], ours[0])])
    assert not other.same
    assert other.largest > 2


def test_a_short_day_of_the_real_daemon_finds_no_leak(drops, monkeypatch):
    monkeypatch.setattr(soak, "WAVE", WAVE)

    found = soak.soak(SKETCH, TINY, 2 * WAVE, drops, lambda _: None)

    # A machine that is busy with other things may have a worker replaced for its slow steps; even
    # then the control's pixels stay what they were.
    assert (found.jobs, found.controls, found.leaks) == (2 * WAVE, 2, 0)
    assert len(found.resident_bytes) == 2
    assert found.p95_between >= found.p50_between > 0


def test_a_job_the_daemon_refuses_ends_the_run_with_its_letter(tmp_path):
    settings = {"model": "sketch", "device": "cpu", "threads": 1, "keep_awake": False}
    bad = Shot("bad", "a red circle", 5, replace(TINY, width=9000))
    with (
        Drops(tmp_path / "root", settings, engine="dry-run") as drops,
        pytest.raises(BenchError, match="refused") as refused,
    ):
        drops.render([bad])
    assert "width" in str(refused.value) or "size" in str(refused.value)


def test_a_model_of_random_weights_is_a_model_to_every_side(tmp_path):
    """What `--full-size` writes, in small: the bundled model's shapes instead of SDXL's."""
    vision = json.loads((SKETCH.image_encoder / "config.json").read_bytes())
    with Child("blank_sdxl", tmp_path / "words", environment(1, tmp_path)) as builder:
        orders = {"folder": str(tmp_path / "model"), "dtype": "float32", "device": "cpu", "seed": 0}
        built = builder.ask("build", **orders, shapes=str(SKETCH.folder), vision=vision)
    card = read_card(tmp_path / "model")
    terms = terms_of(card, device="cpu", dtype="float32", threads=1)
    workloads.paint_references(tmp_path / "references", 1)
    look = Look(512, 512, 1, 5.0)
    wanted = Shot("one", "a circle", 5, look, reference=workloads.reference_name(0, 0), scale=0.6)
    with Child("naive_loop", tmp_path / "words", environment(1, tmp_path)) as child:
        loop = Loop(child, terms, tmp_path / "references", tmp_path / "n1")
        loop.load()
        loop.follow_references(True)
        theirs = loop.render([wanted]).pictures
    settings = {"model": str(card.folder), "device": "cpu", "threads": 1, "keep_awake": False}
    settings["library"] = [str(tmp_path / "references")]
    with Drops(tmp_path / "root", settings) as drops:
        ours = drops.render([wanted]).pictures

    assert built["bytes"] > 4 * 8_000_000
    assert compare(zip(theirs, ours, strict=True)).identical == 1


def test_a_temporary_folder_that_is_too_small_is_refused_with_a_remedy(tmp_path, monkeypatch):
    from daemon.bench import full_size

    monkeypatch.setattr(full_size, "NEEDS", 10**18)
    grand = full_size.Grand("cpu", "auto", 1, 1, (), 1, None, None, tmp_path)

    with pytest.raises(BenchError, match="--scratch"):
        full_size.run_full_size(grand, lambda _: None)
    assert not list(tmp_path.iterdir())

"""The benchmark tells the truth: about pictures that differ, too."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from support.daemon import wait_for

from daemon.bench import process_usage, soak, stats, workloads
from daemon.bench.baselines import Loop, terms_of
from daemon.bench.child_process import BenchError, Child, environment
from daemon.bench.daemon_side import Drops, job_file
from daemon.bench.picture_diff import Verdict, compare
from daemon.bench.workloads import Look, Shot, lap_of
from daemon.jobfile import read_job
from daemon.models.card import read_card
from daemon.models.catalogue import find_model
from daemon.settings import Settings

PATIENCE = 1200.0
TINY = Look(192, 192, 2, 5.0)
SKETCH = find_model("sketch")


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


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """One quick run with everything in it but the long day: its table and its JSON."""
    folder = tmp_path_factory.mktemp("bench")
    words = ["--quick", "--workload", "W1,W3", "--pictures", "2", "--steps", "2"]
    done = bench(
        *words,
        *(
            "--size",
            "192x192",
            "--threads",
            "1",
            "--repeats",
            "1",
            "--json",
            str(folder / "all.json"),
        ),
        TMPDIR=str(folder),
    )
    assert (folder / "all.json").exists(), done.stderr
    return done, json.loads((folder / "all.json").read_bytes()), folder


def test_a_quick_run_measures_three_sides_and_the_machine(quick):
    done, told, _ = quick

    assert done.returncode == 0, done.stdout + done.stderr
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
    done, _, _ = quick

    for word in ("script", "loop", "ours", "x loop", "x script", "same?"):
        assert word in done.stdout
    for word in ("W1 one picture", "W3 prompts with", "floor at the measured ceiling", "CPU"):
        assert word in done.stdout
    assert "operations a step, reference" in done.stdout
    assert "GFLOP/s" in done.stdout


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


# --- verdicts -------------------------------------------------------------------------------------


def picture(folder: Path, name: str, values: list[int]) -> Path:
    image = Image.new("RGB", (len(values), 1))
    image.putdata([(value, 0, 0) for value in values])
    image.save(folder / name)
    return folder / name


def test_a_verdict_counts_what_differs(tmp_path):
    one = picture(tmp_path, "one.png", [10, 20, 30, 40])
    near = picture(tmp_path, "near.png", [10, 21, 30, 40])
    far = picture(tmp_path, "far.png", [10, 20, 30, 90])
    wide = picture(tmp_path, "wide.png", [10, 20, 30, 40, 50])

    assert compare([(one, one)]) == Verdict(1, 1, 1.0, 0)
    assert compare([(one, near)]) == Verdict(1, 0, 1.0, 1)
    assert compare([(one, far)]) == Verdict(1, 0, 11 / 12, 50)
    assert compare([(one, one), (one, far)]) == Verdict(2, 1, 23 / 24, 50)
    assert compare([(one, wide)]).largest == 255
    assert compare([(one, near)]).same
    assert not compare([(one, far)]).same
    assert "DIFFERENT" in compare([(one, far)]).in_words()


def test_pictures_of_another_seed_are_told_to_be_different(tmp_path):
    """The real sides, the very path every figure takes, with one seed changed on purpose."""
    terms = terms_of(SKETCH, device="cpu", dtype="float32", threads=1)
    shot = Shot("one", "a red circle", 5, TINY)
    with Child("naive_loop", tmp_path / "words", environment(1, tmp_path)) as child:
        loop = Loop(child, terms, tmp_path, tmp_path / "n1")
        loop.load()
        theirs = loop.render([shot, replace(shot, name="two", seed=6)]).pictures
    settings = {"model": "sketch", "device": "cpu", "threads": 1, "keep_awake": False}
    with Drops(tmp_path / "root", settings) as drops:
        ours = drops.render([shot]).pictures

    assert compare([(theirs[0], ours[0])]).in_words() == "array-equal, 1 of 1"
    other = compare([(theirs[1], ours[0])])
    assert not other.same
    assert other.largest > 2


def test_a_job_the_daemon_refuses_ends_the_run_with_its_letter(tmp_path):
    settings = {"model": "sketch", "device": "cpu", "threads": 1, "keep_awake": False}
    bad = Shot("bad", "a red circle", 5, replace(TINY, width=9000))
    with (
        Drops(tmp_path / "root", settings, engine="dry-run") as drops,
        pytest.raises(BenchError, match="refused") as refused,
    ):
        drops.render([bad])
    assert "width" in str(refused.value) or "size" in str(refused.value)


def test_a_child_that_dies_says_why(tmp_path):
    terms = terms_of(SKETCH, device="cpu", dtype="float32", threads=1)
    with (
        Child("naive_loop", tmp_path / "words", environment(1, tmp_path)) as child,
        pytest.raises(BenchError, match="no-such-model"),
    ):
        child.ask("load", **{**terms.told(), "model": str(tmp_path / "no-such-model")})


# --- what is rendered, and numbers about numbers --------------------------------------------------


@pytest.mark.parametrize("workload", ["W1", "W2", "W3", "W4", "W7"])
def test_every_shot_is_a_job_file(workload):
    for shot in lap_of(workload, TINY, lap=1, pictures=16):
        job = read_job(
            json.dumps(job_file(shot)).encode(), file="s.json", base=Settings().job_defaults
        )
        assert job.sampling.prompt == shot.prompt


def test_every_lap_brings_prompts_seeds_and_references_of_its_own():
    first, second = (lap_of("W3", TINY, lap=lap, pictures=16) for lap in (1, 2))

    for key in ("prompt", "seed", "reference", "name"):
        assert not {getattr(s, key) for s in first} & {getattr(s, key) for s in second}
    assert len({(s.reference, s.scale) for s in first}) == 16


def test_one_prompt_and_many_seeds_is_just_that():
    shown = lap_of("W4", TINY, lap=1, pictures=16)

    assert len({shot.prompt for shot in shown}) == 1
    assert len({shot.seed for shot in shown}) == 16


def test_a_long_day_mixes_everything_and_is_the_same_every_day():
    day = soak.mixed(SKETCH, Look(256, 256, 5, 7.0), 200)

    assert day == soak.mixed(SKETCH, Look(256, 256, 5, 7.0), 200)
    for key in ("reference", "lora", "strict", "negative_prompt", "scale"):
        assert len({getattr(shot, key) for shot in day}) > 1, key
    assert len({shot.look for shot in day}) > 8
    for shot in day:
        assert SKETCH.min_size <= shot.look.width <= SKETCH.max_size
        assert read_job(
            json.dumps(job_file(shot)).encode(), file="s.json", base=Settings().job_defaults
        )


def test_a_short_day_of_the_real_daemon_finds_no_leak(tmp_path):
    settings = {
        "model": "sketch",
        "device": "cpu",
        "threads": 1,
        "keep_awake": False,
        "library": [str(tmp_path / "references")],
    }
    workloads.paint_references(tmp_path / "references", 1)
    with Drops(tmp_path / "root", settings) as drops:
        found = soak.soak(SKETCH, TINY, 2 * soak.WAVE, drops, lambda _: None)

    # A machine that is busy with other things may have a worker replaced for its slow steps; even
    # then the control's pixels stay what they were.
    assert (found.jobs, found.controls, found.leaks) == (40, 2, 0)
    assert len(found.resident_bytes) == 2
    assert found.p95_between >= found.p50_between > 0


def test_spread_percentile_and_slope():
    values = list(range(1, 101))
    random.Random(1).shuffle(values)

    assert stats.spread([4.0]) == stats.Spread(4.0, 4.0, 4.0)
    assert stats.spread(values).median == 50.5
    assert stats.spread(values).iqr == pytest.approx(49.5)
    assert stats.percentile(values, 0.95) == 96
    assert stats.percentile([7.0], 0.99) == 7.0
    assert stats.slope([5.0, 7.0, 9.0]) == pytest.approx(2.0)


def test_a_process_is_asked_what_it_used():
    before = process_usage.cpu_seconds(os.getpid())
    sum(number * number for number in range(3_000_000))

    assert process_usage.cpu_seconds(os.getpid()) > before
    assert process_usage.resident_bytes(os.getpid()) > 1e6
    assert process_usage.cpu_seconds(2**22 + 1) == 0.0
    assert process_usage._minutes("1-02:03:04.5") == 93784.5
    assert process_usage._minutes("0:07.25") == 7.25


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

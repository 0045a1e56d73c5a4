"""What the benchmark renders, how it judges pictures, and its numbers about numbers."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest
from PIL import Image

from daemon.bench import process_usage, soak, stats
from daemon.bench.daemon_side import job_file
from daemon.bench.picture_diff import Verdict, compare
from daemon.bench.workloads import Look, lap_of
from daemon.jobfile import read_job
from daemon.models.catalogue import find_model
from daemon.settings import Settings

TINY = Look(192, 192, 2, 5.0)
SKETCH = find_model("sketch")


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

"""A day on a graphics card, here on a processor: what fails costs itself, what was found is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from daemon.bench.baselines import terms_of
from daemon.bench.child_process import BenchError
from daemon.bench.gpu_day import Day, run_day
from daemon.bench.gpu_report import Step
from daemon.bench.gpu_steps import SMALL, Steps
from daemon.bench.gpu_tables import show_day
from daemon.models.catalogue import find_model

SKETCH = find_model("sketch")


def steps_in(folder: Path) -> dict[str, Step]:
    terms = terms_of(SKETCH, device="cpu", dtype="float32", threads=1)
    steps = Steps(terms, SKETCH, SMALL, folder, folder / "words.txt")
    return {step.title: step for step in steps.all()}


def test_every_step_has_its_time_and_one_that_is_not_done_by_then_is_ended(tmp_path) -> None:
    steps = steps_in(tmp_path)
    assert len(steps) > 10
    assert sum(step.limit for step in steps.values()) < 3 * 3600
    for title in ("attention kernels", "the product"):
        with pytest.raises(BenchError, match="not done"):
            steps[title].run(0.05)


def test_streamed_weights_are_found_to_have_the_same_bits(tmp_path) -> None:
    (found,) = steps_in(tmp_path)["streamed weights under a cap of 7 GB"].run(900)["findings"]
    assert found["lever"] == "streamed"
    assert found["apart"] == 0
    assert found["before"] > 0
    assert found["after"] > 0


def test_steps_that_fail_are_told_and_all_else_is_written_down(
    tmp_path, monkeypatch, capsys
) -> None:
    def fails(_: float):
        raise BenchError("No such card.\nIt needs CUDA")

    finding = {"lever": "[gears]", "shape": "1 x 64x64", "before": 2.0, "after": 1.0, "apart": 0.0}
    taken = [
        Step("fails", 1.0, fails),
        Step("finds", 1.0, lambda _: {"findings": [finding, {**finding, "after": 1.99}]}),
    ]
    monkeypatch.setattr(Steps, "all", lambda _: iter(taken))
    day = Day(SKETCH, "cpu", 1, tmp_path, tmp_path / "day.json")

    report = run_day(day, lambda _: None)
    show_day(report, day.json)

    told = json.loads(day.json.read_bytes())
    assert [step["error"] for step in told["steps"]] == ["No such card.\nIt needs CUDA", ""]
    assert [each["keeps"] for each in told["findings"]] == [True, False]
    assert told["rehearsal"]
    said = capsys.readouterr().out
    assert "It needs CUDA" in said
    assert "[gears]" in said
    assert [place.name for place in tmp_path.iterdir()] == ["day.json"]

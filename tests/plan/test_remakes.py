"""What each folder of the family makes of a job, where its results go, and how large final is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from daemon.errors import JobError
from daemon.jobfile import Job, read_job
from daemon.jobfile.job import JobHires
from daemon.models.catalogue import Card
from daemon.plan.model_checks import fitted_hires
from daemon.plan.remakes import project_of, remade
from daemon.root.inbox_places import AGAIN, FINAL, MORE, REMAKES
from daemon.settings import Settings

PASS = Settings().final_pass
SKETCH = Card(
    name="sketch",
    folder=Path("/m"),
    weights=Path("/m"),
    native_size=256,
    min_size=192,
    max_size=384,
)


def job(text: str = "prompt: a moon\nseed: 7\nname: moon\n") -> Job:
    return read_job(text.encode(), file="a.yaml", base=Settings().job_defaults)


def test_again_changes_nothing_more_only_the_seed_and_final_only_the_second_pass() -> None:
    whole = job()

    assert remade(whole, AGAIN, PASS, of_picture=True) == whole
    assert remade(whole, "", PASS, of_picture=False) == whole
    more = remade(whole, MORE, PASS, of_picture=True)
    assert (more.seeds, more.pictures) == (None, 1)
    assert replace(more, seeds=whole.seeds, count=whole.count) == whole
    final = remade(whole, FINAL, PASS, of_picture=True)
    assert final.hires == JobHires(2.0, 30, 0.35, fits=True)
    assert replace(final, hires=None, name="moon") == whole
    assert final.name is None, "it is named as the picture is, not as its job was"


def test_a_job_file_in_more_has_as_many_new_seeds_as_it_asked_for() -> None:
    assert remade(job("prompt: a\nseed: [1, 2, 3]\n"), MORE, PASS, of_picture=False).pictures == 3


def test_a_picture_that_was_enlarged_before_becomes_larger_than_it_was() -> None:
    before = job("prompt: a\nhires: {scale: 1.5}\n")

    assert remade(before, FINAL, PASS, of_picture=True).hires == replace(PASS, scale=3.0)
    twice = replace(before, hires=JobHires(3.0))
    assert remade(twice, FINAL, PASS, of_picture=True).hires == replace(PASS, scale=4.0)


@pytest.mark.parametrize("remake", REMAKES)
@pytest.mark.parametrize(
    ("place", "origin", "project"),
    [("", "", ""), ("", "ep01", "ep01"), ("ep02", "", "ep02"), ("ep02", "ep01/a", "ep01/a")],
)
def test_results_go_into_the_project_of_the_origin(
    remake: str, place: str, origin: str, project: str
) -> None:
    within = f"{project}/final".strip("/") if remake == FINAL else project

    assert project_of(place, origin, remake) == within
    assert project_of("", within, remake) == within, "a final picture's final lies beside it"


def test_final_is_as_large_as_the_model_allows_and_says_so() -> None:
    asked = replace(job(), hires=PASS)

    fitted, told = fitted_hires(asked, SKETCH, 256, 192)
    assert fitted.hires == JobHires(1.5, 30, 0.35)
    assert "1.5 times, not 2 times" in told[0]
    assert fitted_hires(asked, replace(SKETCH, max_size=2048), 256, 192)[1] == ()
    assert fitted_hires(replace(job(), hires=JobHires(9.0)), SKETCH, 256, 256)[1] == ()
    with pytest.raises(JobError, match="can't be made larger"):
        fitted_hires(asked, SKETCH, 384, 384)

"""The key of a picture changes with everything that decides its pixels, and with nothing else."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from daemon.boards.key import DECIDES_NOTHING, id_read, recipe_of, take_id
from daemon.boards.read import read_board
from daemon.jobfile import Job
from daemon.jobfile.defaults import JobDefaults
from daemon.jobfile.job import JobHires, JobLora, JobReference
from daemon.protocol.render import ReferenceParams

BOARD = b"takes: 2\nshots:\n  010: a harbour\n"


def a_job(text: bytes = BOARD) -> Job:
    board = read_board(text, "board.yaml", name="ep", base=JobDefaults())
    return board.shots[0].takes[0].job


def recipe(job: Job, *contents: str, model: str = "m", followed: str = "") -> str:
    return recipe_of(job, contents, model=model, followed=followed)


DECIDES = {
    "sampling": lambda job: replace(job.sampling, steps=job.sampling.steps + 1),
    "width": lambda job: job.width + 64,
    "height": lambda job: job.height + 64,
    "size_from": lambda _: "explicit",
    "aspect": lambda _: (16, 9),
    "loras": lambda _: (JobLora("ink"),),
    "hires": lambda _: JobHires(),
    "prompt_syntax": lambda _: "a1111",
}


@pytest.mark.parametrize("field", DECIDES)
def test_what_decides_the_pixels_changes_the_key(field: str) -> None:
    job = a_job()
    other = replace(job, **{field: DECIDES[field](job)})
    assert recipe(job) != recipe(other)


SAYS_ONLY = {
    "preset": "fast",
    "count": 7,
    "priority": 9,
    "id": "x",
    "name": "y",
    "notes": {"a": 1},
    "parent": 4,
    "who": ("Anna",),
    "warnings": ("w",),
    "lines": {"prompt": 9},
}


@pytest.mark.parametrize("field", SAYS_ONLY)
def test_what_is_only_said_does_not(field: str) -> None:
    job = a_job()
    assert recipe(job) == recipe(replace(job, **{field: SAYS_ONLY[field]}))


def test_a_field_that_a_job_gains_counts_until_somebody_says_otherwise() -> None:
    known = {field.name for field in fields(Job)}
    counted = known - DECIDES_NOTHING
    assert {"sampling", "width", "height", "references", "loras", "hires"} <= counted


def test_pictures_count_by_their_content_and_not_by_their_name() -> None:
    job, reference = a_job(), JobReference("anna.png")
    first = replace(job, references=(reference,))
    renamed = replace(job, references=(JobReference("moved/anna.png"),))
    stronger = replace(job, references=(replace(reference, params=ReferenceParams(scale=0.9)),))
    assert recipe(first, "a" * 64) == recipe(renamed, "a" * 64)
    assert recipe(first, "a" * 64) != recipe(first, "b" * 64)
    assert recipe(first, "a" * 64) != recipe(stronger, "a" * 64)
    assert recipe(first, "a" * 64) != recipe(job)


def test_the_model_and_the_followed_picture_count() -> None:
    job = a_job()
    assert len({recipe(job), recipe(job, model="n"), recipe(job, followed="k")}) == 3


def test_takes_share_a_recipe_and_differ_in_their_key() -> None:
    first, second = take_id("ep", "010", "0" * 12, 1), take_id("ep", "010", "0" * 12, 2)
    assert first.recipe == second.recipe
    assert first.key != second.key


@pytest.mark.parametrize("name", ["ep03", "a/b@c", "n" * 300, "Äpfel 3.2", "x@0.1"])
def test_an_id_is_read_as_it_was_made(name: str) -> None:
    made = take_id(name, name, "0" * 12, 5)
    assert id_read(str(made)) == made
    assert len(str(made)) <= 200


@pytest.mark.parametrize("text", [None, "", "mine", "ep/010", "ep/010@12.34"])
def test_an_id_of_a_person_is_none_of_a_board(text: str | None) -> None:
    assert id_read(text) is None

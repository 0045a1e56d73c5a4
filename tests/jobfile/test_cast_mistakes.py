"""What is wrong with a cast is told with its line, by us and by editors alike."""

from __future__ import annotations

import string

import pytest
from jsonschema import Draft202012Validator
from support.casting import EPISODE, job, refusal

from daemon.jobfile import job_schema, tree
from daemon.jobfile.document import read_table


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("cast: {Anna: 3}", 2, "must be a picture"),
        ("cast: {Anna: a woman with red hair}", 2, "neither a picture nor a name"),
        ("cast: [anna.png]", 2, "is a picture and no name"),
        ("cast: 7", 2, "must be a text"),
        ("cast: [[a]]", 2, "must be a text"),
        ("cast: {' ': a.png}", 2, "must be a text"),
        (f"cast: {{{'x' * 61}: a.png}}", 2, "more than 60 letters"),
        ("cast:\n  Anna: {look: a.png, stregth: 1}", 3, "not a key of a character"),
        ("cast:\n  Anna: {look: a.png,\n    strength: 3}", 4, "must be at most 2"),
        ("cast:\n  Bo: {face: [0, 0, 1, 1]}", 3, "has `face`, but no look"),
        ("cast:\n  Anna: {look: a.png, face: [0, 0, 2, 1]}", 3, "within the picture"),
        ("cast:\n  Anna: {look: a.png, model: plus-fce}", 3, "plus-fce"),
        ("cast:\n  Anna: {look: [a.png, b]}", 3, "neither a picture nor a folder"),
        ("cast:\n  Anna: {loras: [{scale: 1}]}", 3, "has no `name`"),
        ("with: Ann\ncast: [Anna]", 2, "not in the cast"),
        ("without: Ann\ncast: [Anna]", 2, "not in the cast"),
        ("with: {Anna: 1}", 2, "must be a text"),
        ("cast: [Anna]\nwith: Anna\nwithout: Anna", 4, "both name Anna"),
        ("cast: [Anna]\nplace: left", 3, "must say who is where"),
        ("cast: [Anna]\nplace: {Anna: lefft}", 3, "no place in a picture"),
        ("cast: [Anna]\nplace: {Anna: [0, 0, 1]}", 3, "four fractions"),
        ("cast: [Anna]\nplace: {Ana: left}", 3, "not in the cast"),
        ("cast: {Bo: {as: a boy}}\nreferences: [Bo]", 3, "who has no look"),
    ],
)
def test_a_mistake_in_a_cast_is_told_with_its_line(text: str, line: int, what: str) -> None:
    error = refusal(f"prompt: Anna and Bo\n{text}\n")

    assert what in error.what
    assert error.line == line
    assert error.key


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("with: Ann\ncast: {Anna: a.png}", "Anna"),
        ("with: Annna\ncast: {Bo: a.png}", "anna"),
        ("place: {Ann: left}\ncast: {Anna: a.png}", "Anna"),
    ],
)
def test_a_name_of_the_cast_is_suggested_before_one_of_the_library(text: str, meant: str) -> None:
    assert f"Did you mean `{meant}`?" in refusal(f"prompt: x\n{text}\n").why


def test_a_prompt_that_grows_too_long_is_refused() -> None:
    words = string.ascii_letters * 19
    cast = "".join(f"  N{n}: {{as: {words}}}\n" for n in range(5))

    assert "at most 4,000" in refusal(f"prompt: N0 N1 N2 N3 N4\ncast:\n{cast}").what


def test_more_loras_than_a_job_may_wear_are_refused() -> None:
    cast = "".join(f"  N{n}: {{loras: l{n}}}\n" for n in range(9))

    error = refusal(f"prompt: {' '.join(f'N{n}' for n in range(9))}\ncast:\n{cast}")
    assert "wear 9 LoRAs; at most 8" in error.what


@pytest.mark.parametrize(
    "text",
    [
        EPISODE,
        "cast: [anna, {Ben: ben.png}]\nwith: anna\n",
        "cast: {Anna: {look: [a.png, {image: b.png}], loras: [x, {name: y, trigger: z}]}}\n"
        "place: {Anna: [0, 0, 0.5, 1]}\nwithout: [Anna]\n",
        "cast: {Anna: {look: a.png, face: [0.1, 0.1, 0.5, 0.5], model: plus-face}}\n"
        "place: {Anna: upper left}\nreferences: [{cast: Anna}]\n",
    ],
)
def test_editors_accept_what_is_read(text: str) -> None:
    text = f"prompt: Anna\n{text}"

    job(text)
    body = tree.plain(read_table(text.encode(), "job.yaml"))
    Draft202012Validator(job_schema()).validate(body)

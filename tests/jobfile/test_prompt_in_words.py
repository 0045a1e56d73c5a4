"""What a person is told that a picture shows: the prompt as typed, its row's words filled in."""

from __future__ import annotations

import pytest

from daemon.boards.read import read_board
from daemon.jobfile.prompt_words import joined, prompt_in_words
from daemon.settings import Settings

PROMPTS = [
    "pier, {light}, {lens}",
    "{light} over {{light}}, {lens}",
    "{light }{lens}",
    "{1,2} pier {light} {light|lens} {lens}",
]
ROWS = [
    "{light: [dawn, night], lens: [wide, tele]}",
    "[{light: dawn, lens: wide}, {light: '{lens}', lens: tele}]",
    "{light: [1, 2], lens: [true]}",
]


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("style", ["none", "ink"])
def test_with_the_style_it_is_what_the_model_reads(prompt: str, rows: str, style: str) -> None:
    text = f"shots:\n  010:\n    prompt: '{prompt}'\n    style: {style}\n    vary: {rows}\n"
    board = read_board(text.encode(), "b.yaml", name="b", base=Settings().job_defaults)
    for take in board.shots[0].takes:
        assert take.job.written is not None
        said = prompt_in_words(take.job.written)
        assert joined(said, style) == take.job.sampling.prompt


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({}, ""),
        ({"prompt": "a {b}"}, "a {b}"),
        ({"prompt": "a {b}", "vary": None}, "a {b}"),
        ({"prompt": "a {b} {c}", "vary": {"c": "d", "steps": 5}}, "a {b} d"),
        ({"prompt": None, "vary": {"c": "d"}}, ""),
        ({"prompt": 7, "vary": "no row"}, ""),
    ],
)
def test_of_a_record_that_says_less_it_is_what_there_is(
    written: dict[str, object], said: str
) -> None:
    assert prompt_in_words(written) == said

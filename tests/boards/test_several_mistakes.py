"""Mistakes in several shots are told at once: a save for each would take as many."""

from __future__ import annotations

import pytest

from daemon.boards.read import MOST_MISTAKES, read_board
from daemon.errors import JobError
from daemon.settings import Settings
from daemon.text.failure_letter import explain


def refusal(text: str) -> JobError:
    with pytest.raises(JobError) as caught:
        read_board(text.encode(), "board.yaml", name="ep", base=Settings().job_defaults)
    return caught.value


@pytest.mark.parametrize(
    ("shots", "lines"),
    [
        (["{prompt: a, stepz: 3}"], [2]),
        (["{prompt: a, stepz: 3}", "a", "{prompt: a, seed: x}", "{takes: 2}"], [2, 4, 5]),
        (["{prompt: a, seed: x}"] * 30, list(range(2, 2 + MOST_MISTAKES))),
    ],
)
def test_each_is_named_with_its_line(shots: list[str], lines: list[int]) -> None:
    text = "shots:\n" + "".join(f"  {at:03d}: {said}\n" for at, said in enumerate(shots))
    error = refusal(text)
    letter = explain(error, file="board.yaml", source=text.encode(), dropped=False)

    assert [error.line, *(other.line for other in error.others)] == lines
    assert all(f"line {line}:" in letter for line in lines)
    assert ("more mistake" in str(error)) == (len(lines) > 1)
    is_cut = len(shots) > MOST_MISTAKES
    assert ("At least 9 more mistakes" in str(error)) == ("may be more" in letter) == is_cut


def test_what_the_top_says_wrongly_is_told_once() -> None:
    assert refusal("takes: 5000\nshots: {010: a, 020: b}\n").others == ()
    assert refusal("with: Nobody\nshots: {010: a, 020: b}\n").others == ()

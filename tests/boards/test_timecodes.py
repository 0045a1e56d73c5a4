"""A length of three parts that makes a long shot is told as it was read."""

from __future__ import annotations

import pytest

from daemon.boards.read import read_board
from daemon.settings import Settings


@pytest.mark.parametrize(
    ("cells", "seconds", "said"),
    [
        (["00:02:12", "00:01:05"], ["132", "65"], ["`00:02:12` in line 2", "132 s"]),
        (["00:00:12", "0:02.5"], ["12", "2.5"], []),
        (["1:30", "2"], ["90", "2"], []),
    ],
)
def test_once(cells: list[str], seconds: list[str], said: list[str]) -> None:
    text = "shot,prompt,duration\n" + "".join(f"{at},a,{cell}\n" for at, cell in enumerate(cells))
    board = read_board(text.encode(), "a.csv", name="a", base=Settings().job_defaults)
    told = [warning for warning in board.warnings if "hours" in warning]

    assert [shot.told["seconds"] for shot in board.shots] == seconds
    assert len(told) == bool(said)
    assert all(part in told[0] for part in said)

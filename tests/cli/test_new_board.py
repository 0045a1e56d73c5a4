"""`hotfolder new board`: the lines of the file it writes, taken out of comments in every usual way."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from daemon.boards.read import read_board
from daemon.cli.new import BOARD
from daemon.errors import EmptyBoardError, JobError
from daemon.settings import Settings

TEXT = BOARD.format(name="ep03", typed="ep03")
HEAD, _, _ = TEXT.partition("\n\n")


def by_hand(line: str) -> str:
    """As the file says: the # is taken away."""
    return line.removeprefix("#")


def by_an_editor(line: str) -> str:
    """Toggle Line Comment, of editors that set a blank after the #."""
    return re.sub("^# ?", "", line)


def uncommented(take: Callable[[str], str], is_wanted: Callable[[str], bool]) -> bytes:
    lines = TEXT.removeprefix(HEAD).splitlines()
    kept = [take(line) if is_wanted(line) else line for line in lines]
    return (HEAD + "\n".join(kept) + "\n").encode()


@pytest.mark.parametrize("take", [by_hand, by_an_editor])
@pytest.mark.parametrize(
    "wanted", ["", "style|0[12]0:", "aspect|010:", "cast|Anna:|Ben:|0[12]0:", "takes: 3|020:"]
)
def test_lines_of_a_new_board_are_good_however_their_hash_is_taken_away(
    take: Callable[[str], str], wanted: str
) -> None:
    data = uncommented(take, lambda line: bool(re.match(rf"#\s*({wanted})", line)))
    found = read_board(data, "board.yaml", name="ep03", base=Settings().job_defaults)

    ids = ["010", "020", "060", "070"]
    assert [shot.id for shot in found.shots] == [
        each for each in ids if not wanted or re.match(wanted, f"{each}:")
    ]
    if not wanted:
        assert [len(shot.takes) for shot in found.shots] == [3, 3, 5, 3]


@pytest.mark.parametrize(
    ("below", "line", "key"),
    [
        ("010: a harbour at dawn\n020: a pier\n", 3, "010"),
        ("steps: 3\nharbour: dawn\n", 4, "harbour"),
        ("# nothing\nEin Schuss: im Hafen\n", 4, "Ein Schuss"),
    ],
)
def test_shots_that_are_not_indented_are_called_so(below: str, line: int, key: str) -> None:
    text = f"style: rough\nshots:\n{below}"
    with pytest.raises(JobError) as caught:
        read_board(text.encode(), "board.yaml", name="ep03", base=Settings().job_defaults)

    assert not isinstance(caught.value, EmptyBoardError)
    assert (caught.value.line, caught.value.key) == (line, key)
    assert "beside `shots`" in caught.value.what
    assert "Indent" in caught.value.remedy


def test_keys_of_a_board_below_its_empty_shots_are_no_shots() -> None:
    with pytest.raises(EmptyBoardError):
        read_board(b"shots:\nsteps: 3\n", "b.yaml", name="ep03", base=Settings().job_defaults)

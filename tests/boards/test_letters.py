"""The letter beside a board: said once, taken away when mended, and never in the way of a move."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from daemon.boards.folder import place_of
from daemon.boards.letters import letter_text, put_letter, remove_letter
from daemon.boards.second_files import tell_of_others
from daemon.errors import JobError, NotYetError
from daemon.root.letters import letter_of

TEXT = letter_text("board.yaml", JobError("It is wrong.", line=2), b"shots:\n  010: a\n")


@pytest.fixture
def board(tmp_path: Path) -> Path:
    file = tmp_path / "boards" / "ep" / "board.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("shots:\n  010: a\n")
    return file


def test_it_is_news_once_and_is_taken_away_once(board: Path) -> None:
    assert [put_letter(board, TEXT), put_letter(board, TEXT)] == [True, False]
    assert [remove_letter(board), remove_letter(board)] == [True, False]


@pytest.mark.parametrize("text", ["my own notes", TEXT.replace("before stay", "are gone")])
def test_what_a_person_wrote_there_is_not_taken_away(board: Path, text: str) -> None:
    letter_of(board).write_text(text)
    assert not remove_letter(board)
    assert letter_of(board).read_text() == text


@pytest.mark.parametrize("was_told", [False, True])
def test_of_a_board_that_was_moved_or_deleted_meanwhile_nothing_is_told(
    board: Path, was_told: bool
) -> None:
    """The daemon learns of the move later; no error of the disk is made of it."""
    if was_told:
        put_letter(board, TEXT)
    board.parent.rename(board.parent.with_name("ep2"))
    assert not put_letter(board, TEXT)
    assert not remove_letter(board)
    assert not board.parent.exists()


@pytest.mark.parametrize(
    ("error", "is_by_itself"),
    [
        (JobError("`stepz` is not a key."), False),
        (JobError("'a.png' is no picture.", line=3), False),
        (NotYetError("The reference 'a.png' is not there."), True),
    ],
)
def test_it_says_whether_the_board_must_be_saved(error: JobError, is_by_itself: bool) -> None:
    text = letter_text("board.yaml", error, None)
    assert ("by itself" in text) is is_by_itself
    assert "made before stay" in text


@pytest.mark.parametrize(
    "name", ["second.csv", "x" * 251 + ".csv", "画" * 83 + ".csv", os.fsdecode(b"\xff\n.csv")]
)
def test_a_second_board_of_any_name_is_told_of_once_for_as_long_as_it_lies_there(
    board: Path, name: str
) -> None:
    second = board.with_name(name)
    second.write_text("shot;prompt\n020;a boat\n")

    assert tell_of_others(place_of(board.parent)) == [name]
    assert tell_of_others(place_of(board.parent)) == []
    assert "board.yaml is read" in letter_of(second).read_text("utf-8")
    second.unlink()
    assert tell_of_others(place_of(board.parent)) == []
    assert not letter_of(second).exists()


def test_a_second_boards_letter_is_laid_over_nothing_of_a_persons(board: Path) -> None:
    second = board.with_name("second.csv")
    second.write_text("shot;prompt\n020;a boat\n")
    letter_of(second).write_text("my own notes\n")

    assert tell_of_others(place_of(board.parent)) == []
    assert letter_of(second).read_text() == "my own notes\n"
    letter_of(second).unlink()
    letter_of(second).mkdir()
    assert tell_of_others(place_of(board.parent)) == []


@pytest.mark.parametrize("kind", ["folder", "notes", "link"])
def test_what_is_not_ours_is_left_alone_and_the_mistake_told_once(board: Path, kind: str) -> None:
    letter = letter_of(board)
    if kind == "folder":
        letter.mkdir()
    elif kind == "link":
        letter.symlink_to("/etc/hostname")
    else:
        letter.write_text("call Ben\n")
    before = os.lstat(letter)

    assert put_letter(board, TEXT, is_new=True)
    assert not put_letter(board, TEXT, is_new=False)
    assert not remove_letter(board)
    assert os.lstat(letter).st_ino == before.st_ino

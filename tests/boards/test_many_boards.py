"""How much all boards together may ask for."""

from __future__ import annotations

import pytest

from daemon.boards import living as living_boards
from daemon.boards.asked import READ, Question
from daemon.boards.bookkeeping import Started
from daemon.boards.desk import Desk
from daemon.boards.living import LivingBoards
from daemon.fs.moment import Moment
from daemon.notify.events import BoardSaved, Event
from daemon.root.layout import Layout
from daemon.settings import Settings


class Looked:
    """The boards of a root, read by hand whenever one of them is to be read."""

    def __init__(self, root: Layout) -> None:
        self.desk = Desk(root, Settings(engine="dry-run"), Started())
        self.told: list[Event] = []
        self.boards = LivingBoards(root, self.told.append, settle=0.0, interval=1.0)
        self.now = 0.0

    def look(self) -> list[str]:
        """Until nothing is to be read any more; the folders of those that have letters."""
        for _ in range(9):
            self.now += 10.0
            at = Moment(self.now, self.now)
            assert self.boards.look(at)
            for folder, each in self.boards.boards.items():
                if each.place.file is not None and self.boards.may_be_read(each, at):
                    each.read = each.seen
                    answer = self.desk.read(Question(READ, folder, each.place.file.name))
                    self.boards.was_read(each, answer)
                    if not each.is_wrong:
                        self.boards.was_compared(each, None, at)
        return [folder for folder, each in self.boards.boards.items() if each.has_letter]


def save(root: Layout, name: str, text: str) -> None:
    file = root.boards / name / "board.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_a_board_too_many_has_a_letter_and_the_others_go_on(
    root: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(living_boards, "MOST_PICTURES", 5)
    for name in ("a", "b", "c"):
        save(root, name, "takes: 2\nshots:\n  010: a boat\n")
    looked = Looked(root)

    assert looked.look() == ["c"]
    letter = root.boards / "c" / "board.yaml.why.txt"
    assert "more than 5 pictures" in letter.read_text()
    assert "With this one they would be 6" in letter.read_text()
    (root.boards / "a" / "board.yaml").unlink()
    save(root, "c", "takes: 3\nshots:\n  010: a boat\n")
    assert looked.look() == []
    assert not letter.exists()


def test_of_too_many_folders_the_last_have_letters_and_are_not_watched(
    root: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(living_boards, "MOST_BOARDS", 2)
    for name in ("a", "b", "c"):
        save(root, name, "shots:\n  010: a boat\n")
    looked = Looked(root)

    assert looked.look() == []
    assert list(looked.boards.boards) == ["a", "b"]
    letter = root.boards / "c" / "board.yaml.why.txt"
    assert "more than 2 boards" in letter.read_text()
    (root.boards / "a" / "board.yaml").unlink()
    (root.boards / "a").rmdir()
    assert looked.look() == []
    assert not letter.exists()


def test_saved_is_told_of_a_board_that_was_and_of_no_other(root: Layout) -> None:
    for name in ("a", "b"):
        save(root, name, "shots:\n  010: a boat\n")
    looked = Looked(root)
    looked.look()
    root.cast.mkdir(exist_ok=True)
    (root.cast / "anna.png").touch()
    (root.boards / "_defaults.yaml").write_text("steps: 2\n")
    looked.look()
    assert not [each for each in looked.told if isinstance(each, BoardSaved)]
    save(root, "b", "shots:\n  010: a boat\n  020: a pier\n")
    looked.look()
    assert [each for each in looked.told if isinstance(each, BoardSaved)] == [BoardSaved("b")]


def test_what_is_saved_behind_a_look_is_looked_for_again(
    root: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        save(root, name, "shots:\n  010: a boat\n")
    looked = Looked(root)
    looked.look()
    monkeypatch.setattr(living_boards, "BUDGET", 0.0)  # a slow disk: a board a time
    boards, at = looked.boards, Moment(looked.now + 10, 0.0)
    boards.look(at)
    boards.look(at)
    seen = boards.boards["a"].seen
    save(root, "a", "shots:\n  010: a boat\n  020: a pier\n")
    boards.look_at_once()
    while boards.due(at.now) <= at.now:
        assert boards.owes_a_look(at.now)
        boards.look(at)
    assert boards.owes_a_look(at.now)
    at = Moment(boards.due(at.now), 0.0)
    boards.look(at)
    while boards.due(at.now) <= at.now:
        boards.look(at)
    assert boards.boards["a"].seen != seen
    assert boards.due(at.now) < at.now + 1.0  # not only at the next of its own looks
    assert not boards.owes_a_look(at.now)

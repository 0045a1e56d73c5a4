"""`hotfolder final` and `hotfolder new board`, as they are typed."""

from __future__ import annotations

import pytest
from support.daemon import hotfolder

from daemon.boards.read import read_board
from daemon.cli import final, main, new
from daemon.cli.new import BOARD
from daemon.cli.parser import make_parser
from daemon.errors import UnfinishedError, UsageError
from daemon.root.layout import Layout
from daemon.settings import Settings

PICTURES = (
    *("moon.png", "ep03/010.png", "ep03/060-1.png", "ep03/060-2.png", "ep03/060-v2-1.png"),
    *("ep03/0600.png", "ep03/set/set-01.png", "ep03/final/010.png", "ep03/final/set-01.png"),
)


@pytest.fixture
def outbox(root: Layout) -> Layout:
    for name in PICTURES:
        (root.outbox / name).parent.mkdir(parents=True, exist_ok=True)
        (root.outbox / name).write_bytes(name.encode())
    return root


def dropped(root: Layout, *words: str) -> list[str]:
    """What the words put into final/, by content."""
    final.final(make_parser().parse_args(["final", "--root", str(root.root), *words]))
    found = sorted(each.read_text() for each in (root.inbox / "final").iterdir())
    for each in (root.inbox / "final").iterdir():
        each.unlink()
    return found


@pytest.mark.parametrize(
    ("word", "pictures"),
    [
        ("moon", ["moon.png"]),
        ("ep03/060", ["ep03/060-1.png", "ep03/060-2.png", "ep03/060-v2-1.png"]),
        ("ep03/060-2", ["ep03/060-2.png"]),
        ("ep03/010.png", ["ep03/010.png"]),
        ("ep03/010", ["ep03/010.png"]),
        ("ep03/", ["ep03/060-1.png", "ep03/060-2.png", "ep03/060-v2-1.png", "ep03/0600.png"]),
    ],
)
def test_a_word_names_a_project_a_shot_or_a_picture(
    outbox: Layout, word: str, pictures: list[str]
) -> None:
    assert dropped(outbox, word) == pictures


def test_a_word_that_names_none_drops_nothing_and_guesses(outbox: Layout) -> None:
    for word, guess in (("ep3", "ep03"), ("ep03/061", "ep03/060"), ("../inbox", "out of")):
        with pytest.raises(UsageError) as caught:
            dropped(outbox, "moon", word)
        assert guess in str(caught.value)
    assert not list((outbox.inbox / "final").iterdir())


def test_a_new_board_asks_for_nothing_until_its_lines_are_taken_out_of_comments(
    root: Layout,
) -> None:
    done = hotfolder("new", "board", "ep03", "--root", str(root.root))
    file = root.root / "boards" / "ep03" / "board.yaml"
    base = Settings().job_defaults

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(file)
    with pytest.raises(UnfinishedError):
        read_board(file.read_bytes(), "board.yaml", name="ep03", base=base)
    again = make_parser().parse_args(["new", "board", "ep03", "--root", str(root.root)])
    with pytest.raises(UsageError, match="already"):
        new.new(again)
    for name in ("Final", "x.app"):
        with pytest.raises(UsageError, match=f"can't be called {name}"):
            new.new(make_parser().parse_args(["new", "board", name, "--root", str(root.root)]))
        assert not (root.boards / name).exists()


@pytest.mark.parametrize(
    ("files", "taken"),
    [
        (("board.txt",), "board.txt"),
        (("board.yaml", "board.txt", "board.txt.why.txt"), "board.txt"),
        (("EP03.fountain",), "EP03.fountain"),
        (("shots.csv",), "shots.csv"),
        (("lights.txt", "anna.png"), None),
    ],
)
def test_a_new_board_names_the_file_that_is_read_and_is_written_beside_lists(
    root: Layout, files: tuple[str, ...], taken: str | None
) -> None:
    folder = root.boards / "ep03"
    folder.mkdir(parents=True)
    for name in files:
        (folder / name).write_text("dawn\n")
    asked = make_parser().parse_args(["new", "board", "ep03", "--root", str(root.root)])

    if taken is None:
        assert new.new(asked) == 0
        return
    with pytest.raises(UsageError, match=f"already: boards/ep03/{taken}"):
        new.new(asked)


def test_an_untouched_board_is_told_to_be_filled_in_and_of_no_mistake(root: Layout, capsys) -> None:
    root.settings_file.write_text("engine: dry-run\n")
    new.new(make_parser().parse_args(["new", "board", "ep03", "--root", str(root.root)]))
    code = main(["check", "ep03", "--root", str(root.root)])
    told = capsys.readouterr().out

    assert code == 1
    assert "waits to be filled in" in told
    assert "mistake" not in told
    assert "take the # away" in told
    assert "docs/" not in BOARD

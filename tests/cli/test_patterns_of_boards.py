"""A pattern fits the names of boards as it fits those of files."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.daemon import wait_for
from support.living_boards import pictures, save

from daemon.cli import main
from daemon.cli.boards import Boards
from daemon.root.layout import Layout

BOARD = "size: 64x64\nsteps: 1\nshots:\n  010: a boat\n  020: a pier\n"
BOARDS = ("ep10", "ep11", "ep2")
Say = Callable[..., tuple[int, str]]


@pytest.fixture
def say(root: Layout, capsys: pytest.CaptureFixture[str]) -> Say:
    """Says a line to the command line of a root with three boards; returns its code and all it
    printed."""
    root.settings_file.write_text("engine: dry-run\n")
    for name in BOARDS:
        save(root, name, BOARD)

    def said(*words: str) -> tuple[int, str]:
        code = main([*words, "--root", str(root.root)])
        out, err = capsys.readouterr()
        return code, out + err

    return said


def stages(root: Layout, stage: str) -> list[str]:
    """The pictures of all boards that are at that stage."""
    found = []
    for board in Boards(root).all():
        takes = board.progress.takes if board.progress else []
        found += [f"{board.name}/{take.take.name}" for take in takes if take.stage.value == stage]
    return sorted(found)


@pytest.mark.parametrize(
    ("pattern", "meant"),
    [
        ("ep1?", ["ep10/010", "ep10/020", "ep11/010", "ep11/020"]),
        ("boards/ep1?", ["ep10/010", "ep10/020", "ep11/010", "ep11/020"]),
        ("ep1[!1]", ["ep10/010", "ep10/020"]),
        ("ep*/010", ["ep10/010", "ep11/010", "ep2/010"]),
        ("e?2/*2?", ["ep2/020"]),
        ("ep10/*", ["ep10/010", "ep10/020"]),
    ],
)
def test_it_means_each_board_that_it_fits_or_that_part_of_each(
    root: Layout, say: Say, pattern: str, meant: list[str]
) -> None:
    code, told = say("cancel", pattern)
    assert code == 0, told
    assert stages(root, "cancelled") == meant
    assert say("retry", pattern)[0] == 0
    assert stages(root, "cancelled") == []


def test_files_and_boards_that_it_fits_are_meant_together(root: Layout, say: Say) -> None:
    (root.inbox / "ep1a.yaml").write_text("prompt: a boat\n")
    (root.inbox / "other.yaml").write_text("prompt: a boat\n")
    code, told = say("cancel", "ep1?")
    assert code == 0, told
    assert "cancelled ep1a.yaml" in told
    assert (root.inbox / "other.yaml").exists()
    assert stages(root, "waiting") == ["ep2/010", "ep2/020"]


@pytest.mark.parametrize("verb", ["cancel", "first", "retry", "wait"])
def test_where_it_fits_nothing_that_is_said_with_what_there_is(say: Say, verb: str) -> None:
    code, told = say(verb, "ep9?")
    assert code == 2
    assert "No file and no board fits `ep9?`. There are the boards ep10, ep11, ep2." in told
    assert "There is no shot 9* on the board ep2." in say(verb, "ep2/9*")[1]


def test_a_board_that_nobody_could_read_is_left_out_of_others_and_that_is_said(
    root: Layout, say: Say
) -> None:
    save(root, "ep12", "shotz: [a boat]\n")
    code, told = say("cancel", "ep1?")
    assert code == 0
    assert "Nothing is known of the board ep12: " in told
    assert "It is left out." in told
    assert stages(root, "waiting") == ["ep2/010", "ep2/020"]
    assert say("cancel", "*12")[0] == 2


def test_a_name_with_signs_of_a_pattern_in_it_is_a_name_first(root: Layout, say: Say) -> None:
    save(root, "ep[1]", BOARD)
    assert say("cancel", "ep[1]/010")[0] == 0
    assert stages(root, "cancelled") == ["ep[1]/010"]


def test_verbs_that_take_boards_alone_know_it_too(root: Layout, say: Say) -> None:
    _, told = say("status", "ep1?")
    assert [told.count(f"{name}: 0 of 2 shots done") for name in BOARDS] == [1, 1, 0]
    assert say("pause", "ep1?")[0] == 0
    assert [board.place.is_paused for board in Boards(root).all()] == [True, True, False]
    assert say("resume", "ep1?")[0] == 0
    assert not any(board.place.is_paused for board in Boards(root).all())
    assert say("pause", "ep9?")[0] == 2


@pytest.mark.parametrize("verb", ["cancel", "first"])
@pytest.mark.parametrize("pattern", ["ep1?", "ep1?/010"])
def test_of_boards_that_it_fits_those_are_left_out_with_which_nothing_is_left_to_do(
    say: Say, verb: str, pattern: str
) -> None:
    assert say("cancel", "ep10")[0] == 0
    code, told = say(verb, pattern)
    assert code == 0, told
    assert "ep11" in told
    assert "Nothing of" not in told
    say("cancel", "ep11")
    code, told = say(verb, pattern)  # and where all are such, that is said
    assert code == 1
    assert [f"Nothing of {name}" in told for name in BOARDS] == [True, True, False]


@pytest.mark.parametrize("word", ["ep1[0]", "ep1[0]/"])
def test_a_folder_with_signs_of_a_pattern_in_its_name_is_meant_first(
    root: Layout, say: Say, word: str
) -> None:
    (root.inbox / "ep1[0]").mkdir()
    (root.inbox / "ep1[0]" / "a.yaml").write_text("prompt: a boat\n")
    code, told = say("cancel", word)
    assert code == 0, told
    assert "cancelled ep1[0]/a.yaml" in told
    assert stages(root, "cancelled") == []


def test_final_means_a_folder_of_such_a_name_first(root: Layout, say: Say, daemon) -> None:
    (root.outbox / "ep1[0]").mkdir()
    (root.outbox / "ep1[0]" / "x.png").write_bytes(b"x")
    daemon()
    wait_for(lambda: len(pictures(root, "ep10")) == 2, root)
    assert say("final", "ep1[0]") == (0, "inbox/final/x.png\n")

"""A board or a shot that is called like the number of a job can be named alone, and is never guessed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from support.living_boards import save

from daemon.cli import main
from daemon.cli.boards import Boards
from daemon.cli.chosen import choose
from daemon.errors import UsageError
from daemon.root.layout import Layout
from daemon.root.lock import RootLock

BOARD = "size: 64x64\nsteps: 1\nshots:\n  010: a boat\n  '#7': a pier\n"
Say = Callable[..., tuple[int, str]]


@pytest.fixture
def say(root: Layout, capsys: pytest.CaptureFixture[str]) -> Say:
    """Says a line to the command line of a root with the board #10; returns its code and all it
    printed."""
    root.settings_file.write_text("engine: dry-run\n")
    save(root, "#10", BOARD)

    def said(*words: str) -> tuple[int, str]:
        code = main([*words, "--root", str(root.root)])
        out, err = capsys.readouterr()
        return code, out + err

    return said


def claimed(root: Layout, number: int) -> None:
    """A job of that number, which a daemon that was killed has claimed."""
    claim = root.spool / f"{number:06d}"
    claim.mkdir()
    (claim / "job.yaml").write_text("prompt: a boat\n")
    ticket = {"number": number, "file": "a.yaml", "project": "", "suffix": ".yaml", "again": False}
    ticket |= {"queued_wall": time.time(), "claimed_wall": time.time()}
    (claim / "ticket.json").write_text(json.dumps(ticket))


def cancelled(root: Layout) -> list[str]:
    """The pictures of the board that are not to be made."""
    board = Boards(root).named("#10")
    assert board is not None
    assert board.progress is not None
    return [take.take.name for take in board.progress.takes if take.stage.value == "cancelled"]


@pytest.mark.parametrize(
    ("word", "pictures"),
    [
        ("#10", ["010", "_#7"]),
        ("boards/#10", ["010", "_#7"]),
        ("#10/010", ["010"]),
        ("boards/#10/#7", ["_#7"]),
        ("#7", ["_#7"]),
    ],
)
def test_where_no_job_has_the_number_the_board_or_the_shot_is_meant(
    root: Layout, say: Say, word: str, pictures: list[str]
) -> None:
    code, told = say("cancel", word)
    assert code == 0, told
    assert cancelled(root) == pictures
    assert " retry 'boards/#10" in told


@pytest.mark.parametrize(("word", "number"), [("#10", 10), ("#7", 7)])
@pytest.mark.parametrize("verb", ["cancel", "first", "retry", "wait"])
def test_where_a_job_has_it_both_are_told_and_nothing_is_done(
    root: Layout, say: Say, verb: str, word: str, number: int
) -> None:
    claimed(root, number)
    code, told = say(verb, word)
    assert code == 2
    assert f"`{word}` means several; nothing was done:" in told
    assert f"{word} a.yaml  claimed" in told
    own = "'boards/#10'" if word == "#10" else "'boards/#10/#7'"
    assert f"Say which: {own}, or {number} for the job." in told
    assert cancelled(root) == []


def test_each_can_be_said_alone_beside_the_other(root: Layout, say: Say) -> None:
    claimed(root, 10)
    assert say("cancel", "boards/#10/010")[0] == 0
    assert cancelled(root) == ["010"]
    assert (root.spool / "000010").exists()
    code, told = say("cancel", "10")
    assert code == 0
    assert "cancelled #10 a.yaml" in told
    assert cancelled(root) == ["010"]


def test_verbs_that_know_boards_alone_take_it_as_it_is_called(root: Layout, say: Say) -> None:
    claimed(root, 10)
    _, told = say("status", "#10")
    assert "0 of 2 shots done" in told
    assert "a pier" in told
    code, told = say("pause", "#10")
    assert code == 0
    assert " resume 'boards/#10'" in told
    assert say("resume", "boards/#10")[0] == 0


@pytest.mark.parametrize("verb", ["cancel", "first", "retry", "wait"])
def test_a_shot_of_several_boards_and_a_job_are_all_told(root: Layout, say: Say, verb: str) -> None:
    save(root, "ep", BOARD)
    claimed(root, 7)
    code, told = say(verb, "#7")
    assert code == 2
    assert "`#7` means several; nothing was done:" in told
    assert "#7 a.yaml  claimed" in told
    assert "boards/#10/#7  of the board #10" in told
    assert "ep/#7  of the board ep" in told
    assert "Say which: BOARD/SHOT, or 7 for the job." in told


def test_who_names_a_job_waits_for_no_board_to_be_read(
    root: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(root, "#10", BOARD)
    claimed(root, 42)
    claimed(root, 10)
    lock = RootLock(root.lock_file)
    lock.take()
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("it waits for a board"))
    try:
        meant = choose(root, ["#42"], lambda job: not job.is_over)
        assert [job.number for job in meant.jobs] == [42]
        assert meant.pictures == []
        with pytest.raises(UsageError, match="boards/#10  of the board #10"):
            choose(root, ["#10"], lambda job: not job.is_over)
    finally:
        lock.release()

"""The verbs know boards: what is said of a board, a shot or a picture is done to exactly those."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support.daemon import wait_for
from support.living_boards import keys_made, pictures, save

from daemon.boards.progress import Stage
from daemon.cli import main
from daemon.cli.boards import Boards
from daemon.errors import ExitCode, UsageError
from daemon.root.layout import Layout
from daemon.spool import journal

HEAD = "takes: 2\nsize: 64x64\nsteps: 1\n"
BOARD = HEAD + (
    "shots:\n"
    "  010: a harbour at dawn\n"
    "  020: a pier\n"
    "  030: {prompt: a gull, like: 020}\n"
    "  sea: {prompt: 'a boat, {light}', vary: {light: [dawn, night]}}\n"
)
TAKES = (
    *("010-1", "010-2", "020-1", "020-2", "030-1", "030-2"),
    *("sea-dawn-1", "sea-dawn-2", "sea-night-1", "sea-night-2"),
)

Say = Callable[..., tuple[int, str]]


@pytest.fixture
def quick(root: Layout) -> Layout:
    root.settings_file.write_text(
        "engine: dry-run\nsettle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\n"
    )
    return root


@pytest.fixture
def say(quick: Layout, capsys: pytest.CaptureFixture[str]) -> Say:
    """Says a line to the command line; returns its code and all it printed."""

    def said(*words: str) -> tuple[int, str]:
        code = main([*words, "--root", str(quick.root)])
        out, err = capsys.readouterr()
        return code, out + err

    return said


def stages(layout: Layout, name: str = "ep") -> dict[str, str]:
    """What every picture of a board is at now, by its name."""
    board = Boards(layout, patiently=True).named(name)
    assert board is not None
    assert board.progress is not None
    return {take.take.name: take.stage.value for take in board.progress.takes}


def waits(layout: Layout) -> list[str]:
    """Job files in the inbox."""
    return sorted(
        each.relative_to(layout.inbox).as_posix() for each in layout.inbox.rglob("*.json")
    )


def all_are(layout: Layout, **wanted: str) -> bool:
    """Whether the pictures of these shots are all of that stage."""
    now = stages(layout)
    return all(
        stage == wanted[shot]
        for shot in wanted
        for name, stage in now.items()
        if name.startswith(f"{shot.removeprefix('_')}-")
    )


def all_are_done(layout: Layout, name: str = "ep") -> bool:
    """Whether every picture of a board is made and told: one lies in the outbox a moment before its
    job has ended."""
    return set(stages(layout, name).values()) == {Stage.DONE.value}


def test_a_word_names_a_board_a_shot_or_a_picture_and_status_has_a_row_for_each(
    quick: Layout, daemon, say: Say
) -> None:
    quick.paused_file.touch()
    save(quick, "ep", BOARD)
    save(quick, "café", HEAD + "name: zwei\nshots: {only: a tree}\n")
    daemon()
    wait_for(lambda: len(waits(quick)) == 10, quick)

    def meant(word: str) -> list[str]:
        chosen = Boards(quick).find(word) or Boards(quick).find_bare(word)
        return [chosen.name_of(take) for take in chosen.takes] if chosen else []

    for word, names in {
        "ep": TAKES, "EP/": TAKES, "boards/ep": TAKES, "boards/ep/board.yaml": TAKES,
        str(quick.boards / "ep" / "board.yaml"): TAKES,
        "ep/010": TAKES[:2], "ep/020-2": TAKES[3:4], "ep/020-2.png": TAKES[3:4],
        "ep/sea": TAKES[6:], "ep/SEA": TAKES[6:], "ep/sea-night": TAKES[8:],
        "ep/sea-night-2": TAKES[9:], "ep/sea-3": TAKES[8:9], "ep/0[12]0": TAKES[:4],
        "ep/*-1": TAKES[0::2], "sea": TAKES[6:], "sea-dawn-1": TAKES[6:7],
        "ep/0": (), "ep/030-3": (), "ep/040": (), "epi": (), "#10": (), "": (), "ep/010/1": (),
    }.items():  # fmt: skip
        assert meant(word) == [f"ep/{name}" for name in names], word
    for word in ("zwei", "café", "cafe\u0301", "zwei/only"):
        assert meant(word) == ["zwei/only-1", "zwei/only-2"], word
    code, text = say("status", "ep")
    assert code == ExitCode.SETUP  # everything is paused
    assert "ep: 0 of 4 shots done  (boards/ep/board.yaml)" in text
    assert "pictures: 0 of 10 done, 8 waiting, 2 held" in text
    assert "held until 020 is made" in text
    told = json.loads(say("status", "ep/030", "--json")[1])
    assert [take["state"] for row in told["rows"] for take in row["takes"]] == ["held"] * 2
    assert (told["shots"], told["pictures"], told["waiting"]) == (4, 10, 8)
    boards = json.loads(say("status", "--json")[1])["boards"]
    assert [(each["board"], each["waiting"]) for each in boards] == [("zwei", 2), ("ep", 8)]
    assert "board    ep: 0 of 10 done" in say("status")[1]
    for word, guess in {"epp": "`ep`", "ep/03O": "`ep/030`", "ep/see": "`ep/sea`"}.items():
        for verb in ("status", "cancel", "retry", "first"):
            code, text = say(verb, word)
            assert (code, guess in text) == (ExitCode.USAGE, True), text
        assert say("pause", word)[0] == ExitCode.USAGE
    assert say("pause", "ep/010")[0] == ExitCode.USAGE
    assert len(waits(quick)) == 10


def test_what_is_cancelled_is_not_made_until_it_is_retried(quick: Layout, daemon, say: Say) -> None:
    quick.paused_file.touch()
    save(quick, "ep", BOARD)
    daemon()
    wait_for(lambda: len(waits(quick)) == 8, quick)
    (quick.inbox / "ep" / "mine.yaml").write_text("prompt: mine\nsize: 64x64\nsteps: 1\n")

    assert say("cancel", "ep/010-2", "ep/030")[0] == 0  # one that waits, two that have no job
    wait_for(lambda: (quick.failed / "ep" / "010-2.json.why.txt").exists(), quick)
    assert say("cancel", "ep/030")[0] == ExitCode.FAILED
    quick.paused_file.unlink()
    wait_for(lambda: len(pictures(quick, "ep")) == 8 and all_are(quick, sea="done"), quick)
    assert pictures(quick, "ep") == sorted(
        f"{name}.png" for name in (*TAKES[:1], *TAKES[2:4], *TAKES[6:], "mine")
    )
    assert all_are(quick, _030="cancelled")
    assert say("status", "ep/030")[0] == 0
    assert say("retry", "ep/030-2")[0] == 0
    wait_for(lambda: stages(quick)["030-2"] == "done", quick)
    (quick.outbox / "ep" / "020-1.png").unlink()
    assert stages(quick)["020-1"] == "deleted"
    code, text = say("retry", "ep/020-2")
    assert (code, "020-2 is there" in text) == (ExitCode.FAILED, True)
    code, text = say("retry", "ep")
    assert (code, "3 pictures" in text) == (0, True)
    wait_for(lambda: all_are_done(quick), quick)
    assert pictures(quick, "ep") == sorted(f"{name}.png" for name in (*TAKES, "mine"))
    assert say("retry", "ep") == (0, "nothing of ep failed or cancelled or was deleted\n")
    assert sorted(set(keys_made(quick).values())) == [1, 2]  # 020-1 was made twice
    wait_for(lambda: not list((quick.state / "orders").iterdir()), quick)


def test_what_goes_first_is_made_first_with_what_it_follows(
    quick: Layout, daemon, say: Say
) -> None:
    quick.paused_file.touch()
    save(quick, "ep", HEAD + "shots:\n" + "".join(f"  {n}: a pier\n" for n in range(100, 110))
         + "  last: {prompt: a gull, like: mid}\n  mid: {prompt: a boat, like: 109}\n")  # fmt: skip
    child = daemon()
    wait_for(lambda: len(waits(quick)) == 20, quick)
    (quick.inbox / "ep" / "a.yaml").write_text("prompt: mine\nsize: 64x64\nsteps: 1\n")

    code, text = say("first", "ep/last", "inbox/ep/a.yaml")
    assert (code, "after ep/109-1, ep/mid-1" in text) == (0, True), text
    urgent = {"urgent/ep/109-1.json", "urgent/ep/a.yaml"}
    wait_for(lambda: set(child.status["queue"]["files"][:2]) == urgent, quick)
    quick.paused_file.unlink()
    wait_for(lambda: len(pictures(quick, "ep")) == 25, quick)
    wait_for(lambda: len(list(journal.read(quick))) == 25, quick)
    made = {entry.name: entry for entry in journal.read(quick)}
    assert {made["a"].job, made["109-1"].job} == {1, 2}
    for name in ("a", "109-1", "mid-1", "last-1", "last-2"):
        assert made[name].folder == "urgent/ep"
    assert {made[name].folder for name in ("100-1", "109-2", "mid-2")} == {"ep"}
    code, text = say("first", "ep/109", "#1")
    assert (code, text.count("\n")) == (ExitCode.FAILED, 2)


def test_a_paused_board_waits_and_says_so(quick: Layout, daemon, say: Say) -> None:
    save(quick, "ep", BOARD)
    save(quick, "other", HEAD + "shots: {only: a tree}\n")
    assert say("pause", "ep")[0] == 0
    assert (quick.boards / "ep" / ".paused").exists()
    daemon()
    wait_for(lambda: len(pictures(quick, "other")) == 2, quick)
    code, text = say("status", "ep")
    assert (code, " resume ep" in text) == (ExitCode.SETUP, True)
    assert f"paused until `hotfolder --root {quick.root} resume ep`" in say("status")[1]
    assert say("resume", "ep")[0] == 0
    wait_for(lambda: all_are_done(quick) and all_are_done(quick, "other"), quick)
    assert len(pictures(quick, "ep")) == 10
    assert say("status", "ep", "other")[0] == 0


def test_a_name_that_a_shot_and_a_file_bear_is_never_guessed(
    quick: Layout, daemon, say: Say
) -> None:
    quick.paused_file.touch()
    save(quick, "ep", BOARD)
    daemon()
    wait_for(lambda: len(waits(quick)) == 8, quick)
    (quick.inbox / "ep" / "020.yaml").write_text("prompt: mine\n")

    code, text = say("cancel", "ep/020")
    assert (code, "of the board ep" in text, "020.yaml" in text) == (ExitCode.USAGE, True, True)
    assert say("cancel", "ep/020.yaml")[0] == 0
    assert not (quick.inbox / "ep" / "020.yaml").exists()
    (quick.inbox / "ep" / "mine.yaml").write_text("prompt: mine\n")
    code, text = say("cancel", "ep")
    assert (code, "1 other file in inbox/ep stays as it is" in text) == (0, True), text
    wait_for(lambda: not waits(quick) and not list(quick.spool.iterdir()), quick)
    assert (quick.inbox / "ep" / "mine.yaml").exists()
    code, text = say("cancel", "inbox/ep")
    assert code == 0, text
    assert not (quick.inbox / "ep" / "mine.yaml").exists()


def test_without_a_daemon_the_same_is_done_by_the_next_one(quick: Layout, daemon, say: Say) -> None:
    save(quick, "ep", BOARD)
    code, text = say("status", "ep")  # nobody has ever read it
    assert (code, "pictures: 0 of 10 done, 8 waiting, 2 held" in text) == (4, True), text
    assert say("cancel", "ep/010")[0] == say("cancel", "ep/030-1")[0] == 0
    assert say("first", "ep/sea")[0] == 0
    assert daemon("--until-empty", ready=False).wait() == 0
    made = [*TAKES[2:4], "030-2", *TAKES[6:]]
    assert pictures(quick, "ep") == sorted(f"{name}.png" for name in made)
    assert [entry.name for entry in journal.read(quick)][:4] == list(TAKES[6:])
    assert "pictures: 7 of 10 done, 3 cancelled" in say("status", "ep")[1]
    (quick.outbox / "ep" / "020-2.png").unlink()
    assert "6 of 10 done, 3 cancelled, 1 deleted" in say("status", "ep")[1]
    assert say("retry", "ep/010", "ep/020")[0] == 0
    assert "7 of 10 done" not in say("status", "ep")[1]
    assert daemon("--until-empty", ready=False).wait() == 0
    assert "9 of 10 done, 1 cancelled" in say("status", "ep")[1]

    save(quick, "ep", BOARD.replace("a pier", "a red pier"))  # with nobody there to read it
    assert "4 waiting" in say("status", "ep")[1].replace("2 waiting, 2 held", "4 waiting")
    save(quick, "ep", BOARD.replace("a pier", "{a pier"))
    code, text = say("status", "ep")
    assert (code, "mistake: " in text) == (4, True), text


def test_a_picture_that_failed_is_told_with_its_letter_and_goes_again(
    quick: Layout, daemon, say: Say
) -> None:
    engine = Path(__file__).parents[1] / "misbehaving_engines" / "raises_while_rendering.py"
    save(quick, "ep", "takes: 2\nsize: 256x256\nsteps: 1\nshots: {010: a pier}\n")
    daemon("--until-empty", engine=f"{engine}:Engine", ready=False).wait()
    assert set(stages(quick).values()) == {Stage.FAILED.value}
    text = say("status", "ep/010")[1]
    assert "failed/ep/010-1.json.why.txt" in text
    assert say("retry", "ep", "--all")[0] == 0
    assert set(stages(quick).values()) == {Stage.WAITING.value}


def test_a_picture_that_no_board_asks_for_any_more_is_not_put_back(
    quick: Layout, daemon, say: Say
) -> None:
    save(quick, "ep", BOARD)
    daemon()
    wait_for(lambda: len(pictures(quick, "ep")) == 10, quick)
    save(quick, "ep", BOARD.replace("  020: a pier\n", "").replace("like: 020", "like: 010"))
    wait_for(lambda: len(pictures(quick, "ep")) == 12 and all_are_done(quick), quick)
    final = json.loads(say("status", "ep/030", "--json")[1])["rows"][0]["takes"]
    assert say("final", "ep/030")[1].split() == [f"inbox/final/{t['name']}.png" for t in final]
    code, text = say("retry", "020-1")
    assert (code, "no longer asks for" in text) == (ExitCode.FAILED, True), text
    with pytest.raises(UsageError):
        Boards(quick).named_by("ep/020")

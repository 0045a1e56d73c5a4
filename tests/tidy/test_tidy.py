"""`hotfolder tidy`, with the real Trash of this platform in a folder of the test's own."""

from __future__ import annotations

import io
import json
import os
import pty
import shutil
from pathlib import Path

import pytest
from support.living_boards import save
from support.rendered import BOARD, run
from support.tidying import files, tidy

from daemon.root.layout import Layout
from daemon.root.lock import RootLock

PICKED = ("020 50%#__-1.json", "020 50%#__-1.png")
"""What is rejected of the rendered board: its shot has take 2 picked."""


def test_it_says_what_takes_how_much_and_moves_nothing(finished: Layout, trash, capsys) -> None:
    before = files(finished)
    (finished.references / ("0" * 64)).write_bytes(b"x" * 1234)
    assert tidy(finished, "--json") == 0
    heaps = {heap["what"]: heap for heap in json.loads(capsys.readouterr().out)["heaps"]}
    folder = [path for path in (finished.outbox / "ep03").iterdir() if path.is_file()]

    assert heaps["outbox/ep03"]["files"] == len(folder)
    assert heaps["outbox/ep03"]["size"] == sum(path.stat().st_size for path in folder)
    assert heaps["of these, rejected takes"]["files"] == 2
    assert heaps["of these, references that nothing names"]["size"] == 1234
    assert {"outbox/stills", "references", "logs", "done"} <= set(heaps)
    assert tidy(finished) == 0
    assert "rejected takes: 2 files  (--rejected)" in capsys.readouterr().out
    assert files(finished) == before | {f".hotfolder/references/{'0' * 64}"}


def test_nobody_to_ask_and_nothing_said_beforehand_moves_nothing(
    finished: Layout, trash, capsys, monkeypatch
) -> None:
    before = files(finished)
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    for words in (["--rejected"], ["--done", "--logs", "--json"], ["stills", "--archive"]):
        assert tidy(finished, *words) == 2
        assert "`--yes` says it beforehand" in capsys.readouterr().err
    assert files(finished) == before
    assert trash.names == []


@pytest.mark.parametrize(("said", "moved"), [("n\n", []), ("\n", []), ("yes\n", [*PICKED])])
def test_a_person_at_a_terminal_is_asked(
    finished: Layout, trash, capsys, monkeypatch, said: str, moved: list[str]
) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, said.encode())
    with os.fdopen(theirs, "r") as terminal:
        monkeypatch.setattr("sys.stdin", terminal)
        assert tidy(finished, "ep03", "--rejected") == 0
    os.close(ours)

    assert trash.names == moved
    assert "rejected takes: 2 files" in capsys.readouterr().err


def test_takes_are_rejected_where_another_is_picked_and_is_there(finished: Layout, trash) -> None:
    folder = finished.outbox / "ep03"
    for ending in (".json", ".png"):  # a person had it made again, and wants it
        copy = folder / f"020 50%#__-2-2{ending}"
        copy.write_bytes((folder / f"020 50%#__-2{ending}").read_bytes())
    assert tidy(finished, "--rejected", "--yes") == 0

    assert trash.names == [*PICKED]
    assert {path.name for path in folder.glob("*.png")} == {
        *("010-1.png", "010-2.png", "020 50%#__-2.png", "020 50%#__-2-2.png"),
        *("040-1.png", "040-2.png"),
    }


@pytest.mark.parametrize("case", ["gone", "unpicked", "named", "followed", "unreadable", "shared"])
def test_no_take_is_rejected_that_may_be_needed(finished: Layout, trash, case: str) -> None:
    folder = finished.outbox / "ep03"
    if case == "gone":  # the chosen one is not there
        (folder / "020 50%#__-2.png").unlink()
    if case == "unpicked":
        save(finished, "ep03", BOARD.replace(", pick: 2", ""))
    if case == "named":
        text = "prompt: x\nimage: ep03/020 50%#__-1.png\n"
        (finished.inbox / "x.yaml").write_text(text)
    if case == "followed":  # picked now, and followed by what is not made yet
        text = BOARD.replace("pick: 2", "pick: 1")
        save(finished, "ep03", text + "  050: {prompt: gulls, like: '020 50%#\"?'}\n")
    if case == "shared":  # which of two boards of one name is meant nobody knows
        save(finished, "copy", BOARD + "name: EP03\n")
    if case == "unreadable":
        save(finished, "ep03", BOARD + "  050: {stepps: 3}\n")
    assert tidy(finished, "--rejected", "--yes") == 0

    assert "020 50%#__-1.png" not in trash.names


def test_references_stay_as_long_as_anything_names_them(
    finished: Layout, trash, tmp_path: Path
) -> None:
    used = {path.name for path in finished.references.iterdir()}
    words = {place: f"{number:064x}" for number, place in enumerate(
        ("inbox/a/b.yaml", "done/x.yaml", "failed/x.yaml", "boards/ep03/notes.txt",
         ".hotfolder/spool/000900/plan.json", "cast/anna.yaml", "outbox/stills/other.json",
         "away/record.json"), 1,
    )}  # fmt: skip
    for place, sha256 in words.items():
        (finished.root / place).parent.mkdir(parents=True, exist_ok=True)
        (finished.root / place).write_text(f"image_sha256: {sha256}")
    (finished.outbox / "elsewhere").symlink_to(finished.root / "away")
    (finished.outbox / "elsewhere" / "round").symlink_to(finished.outbox)
    for sha256 in (*words.values(), "f" * 64):
        (finished.references / sha256).write_bytes(b"a picture")
    picture = next((finished.outbox / "ep03").glob("020*-2.png"))
    picture.with_suffix(".json").unlink()  # its record is in the picture alone, now
    picture.rename(finished.inbox / "again" / "mine.png")
    assert tidy(finished, "--references", "--yes") == 0

    assert trash.names == ["f" * 64]
    assert {path.name for path in finished.references.iterdir()} == {*used, *words.values()}


@pytest.mark.parametrize("option", ["--references", "--caches"])
def test_what_a_running_daemon_may_use_waits_until_it_has_stopped(
    finished: Layout, trash, capsys, option: str
) -> None:
    shutil.rmtree(finished.caches)
    finished.caches.mkdir()
    (finished.references / ("f" * 64)).write_bytes(b"a picture")
    (finished.caches / "what").write_bytes(b"something")
    lock = RootLock(finished.lock_file)
    lock.take()
    assert tidy(finished, option, "--yes") == 3
    assert f"{option} can wait until it has stopped" in capsys.readouterr().err
    assert trash.names == []
    lock.release()
    assert tidy(finished, option, "--yes") == 0
    assert len(trash.names) == 1


def test_the_rest_goes_into_the_trash_and_a_daemon_starts_all_the_same(
    finished: Layout, trash, capsys
) -> None:
    (finished.logs / "hotfolder.2026-01-01.log").write_text("old")
    (finished.caches / "prompts").mkdir()
    (finished.outbox / ".page" / "thumbs").mkdir(parents=True)
    (finished.failed / "x.yaml").write_text("prompt: x")
    assert tidy(finished, "--logs", "--caches", "--done", "--failed", "--json", "--yes") == 0
    moved = json.loads(capsys.readouterr().out)["moved"]

    assert {"hotfolder.2026-01-01.log", "prompts", "thumbs", "x.yaml"} <= set(trash.names)
    assert len(moved) == len(trash.names)
    assert finished.log_file.exists()
    assert not [path for path in finished.done.rglob("*") if path.is_file()]
    assert run(finished) == ""


def test_what_the_trash_does_not_take_stays_and_is_said(finished: Layout, trash, capsys) -> None:
    trash.folder.write_text("no folder")
    assert tidy(finished, "--rejected", "--yes") == 5
    said = capsys.readouterr()

    assert "0 files put into the Trash" in said.out
    assert "2 files stay where they are" in said.err
    assert all((finished.outbox / "ep03" / name).exists() for name in PICKED)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--archive"], "Name what is to be archived"),
        (["ep03"], "A name goes with"),
        (["ep03", "--caches"], "A name goes with"),
        (["ep03", "--archive", "--rejected"], "not both"),
        (["--rejected", "-o", "x.zip"], "say --archive too"),
        (["ep33", "--archive"], "Did you mean `ep03`?"),
        (["ep03", "--archive", "-o", "{inbox}"], "Name another place"),
    ],
)
def test_words_that_make_no_sense_move_nothing(
    finished: Layout, trash, capsys, words: list[str], told: str
) -> None:
    before = files(finished)
    typed = [word.format(inbox=finished.inbox) for word in words]

    assert tidy(finished, *typed, "--yes") == 2
    assert told in capsys.readouterr().err
    assert files(finished) == before

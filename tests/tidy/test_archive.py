"""`hotfolder tidy NAME --archive`: all of it in a zip before anything is moved."""

from __future__ import annotations

import zipfile
from pathlib import Path

from PIL import Image
from support.living_boards import save
from support.rendered import BOARD, run
from support.tidying import files, tidy

from daemon.root.layout import Layout


def test_an_archive_holds_all_of_a_project_before_anything_is_moved(
    finished: Layout, trash, capsys
) -> None:
    (finished.outbox / "stills" / "my notes.txt").write_text("mine")
    (finished.outbox / "stills" / "half.json").write_text("{}")  # its picture is about to come
    there = {
        path.relative_to(finished.outbox / "stills").as_posix(): path.read_bytes()
        for path in (finished.outbox / "stills").rglob("*")
        if path.is_file() and path.name != "half.json"
    }
    assert tidy(finished, "stills", "--archive", "--yes") == 0
    file = finished.root / "archive" / "stills.zip"
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        packed = {name: archive.read(name) for name in archive.namelist()}

    assert str(file) in capsys.readouterr().out
    assert packed == {f"stills/pictures/{name}": data for name, data in there.items()}
    assert len(trash.names) == len(there) == 13
    left = [path.name for path in (finished.outbox / "stills").rglob("*")]
    assert left == ["half.json"]
    (finished.outbox / "stills" / "half.json").unlink()
    assert tidy(finished, "stills", "--archive", "--yes") == 2


def test_an_archived_board_is_not_made_again_and_its_next_archive_has_another_name(
    finished: Layout, trash, capsys
) -> None:
    assert tidy(finished, "ep03", "--archive", "--yes") == 0
    assert not (finished.outbox / "ep03").exists()
    assert run(finished) == ""
    assert not list(finished.outbox.glob("ep03/*.png"))
    Image.new("RGB", (8, 8)).save(_in(finished.outbox / "ep03") / "more.png")
    assert tidy(finished, "ep03", "--archive", "--yes") == 0
    assert {path.name for path in trash.folder.glob("files/more*")} == {"more.png"}
    archives = [path.name for path in (finished.root / "archive").iterdir()]
    assert sorted(archives) == ["ep03-2.zip", "ep03.zip"]
    with zipfile.ZipFile(finished.root / "archive" / "ep03.zip") as archive:
        assert "ep03/boards/ep03/board.yaml" in archive.namelist()


def _in(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def test_a_project_whose_jobs_still_wait_is_not_archived(finished: Layout, trash, capsys) -> None:
    (finished.inbox / "stills" / "deep").mkdir(parents=True)
    (finished.inbox / "stills" / "deep" / "d.yaml").write_text("prompt: d\n")
    before = files(finished)

    assert tidy(finished, "stills", "--archive", "--yes") == 2
    assert "stills/deep/d.yaml waits" in capsys.readouterr().err
    assert files(finished) == before


def test_a_picture_that_a_shot_is_to_follow_yet_is_archived_and_stays(
    finished: Layout, trash, capsys
) -> None:
    save(finished, "ep03", BOARD + "  050: {prompt: gulls, from: 040}\n")
    assert tidy(finished, "ep03", "--archive", "--yes") == 0

    left = sorted(path.name for path in (finished.outbox / "ep03").iterdir())
    assert left == ["040-1.json", "040-1.png"]
    assert "040-1 stays: a shot that is not made yet follows it" in capsys.readouterr().err

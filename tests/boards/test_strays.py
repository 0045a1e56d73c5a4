"""Nothing that lies in `boards/` is ignored in silence: it is a board, beside one, or named."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from support.daemon import hotfolder

from daemon.boards.folder import is_board
from daemon.boards.strays import Strays, strays
from daemon.fs.moment import Moment
from daemon.root.layout import Layout

BOARD = "shots:\n  010: a boat\n"

STRAYS = {
    "ep01.yaml": "boards/ep01/board.yaml",
    "ep02.fountain": "boards/ep02/board.fountain",
    "a/board.docx": "Export it as plain text",
    "b/board.rtf": "Make Plain Text",
    "c/board.yaml.txt": "Rename it to board.yaml",
    "d/_board.yaml": "Rename it",
    "e/board": "no ending",
    "f/board.md": "markup",
}

NONE = (
    *("ok/board.yaml", "ok/notes.md", "ok/anna.png", "ok/lights.txt", "sheet/shots.xlsx"),
    *("_defaults.yaml", "anna.png", "pictures/anna.png", "soon/_defaults.yaml", ".DS_Store"),
    *("g/Thumbs.db", "h/board.yaml.why.txt", ".hidden/board.docx"),
)


def lay(root: Layout, *names: str) -> None:
    for name in names:
        file = root.boards / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(BOARD)


def test_what_is_no_board_is_named_with_its_cure(root: Layout) -> None:
    lay(root, *STRAYS, *NONE, "deep/er/board.yaml")

    found = {path: f"{each.reason}. {each.remedy}" for path, each in strays(root).items()}

    assert set(found) == {f"boards/{name}" for name in (*STRAYS, "deep/er")}
    for name, words in STRAYS.items():
        assert words in found[f"boards/{name}"], found


def test_each_is_told_once_after_it_has_lain_and_again_when_it_is_back(root: Layout) -> None:
    told: list[str] = []
    seen = Strays(root, told.append)
    lay(root, "ep01.yaml")
    for now in (0.0, 5.0, 11.0, 30.0):
        seen.look(Moment(now, now))
    assert len(told) == 1
    (root.boards / "ep01.yaml").unlink()
    seen.look(Moment(40.0, 40.0))
    lay(root, "ep01.yaml")
    for now in (41.0, 60.0):
        seen.look(Moment(now, now))
    assert len(told) == 2


@pytest.mark.parametrize("name", ["board.yaml.txt", "board.YML.TXT", "board.rtf.txt"])
def test_a_text_that_hides_another_ending_is_no_board(name: str) -> None:
    assert not is_board(name)


def test_status_names_them_and_says_of_no_folder_that_it_is_being_read(root: Layout) -> None:
    lay(root, *STRAYS)
    (root.boards / "empty").mkdir()
    words = ("status", "--json", "--root", str(root.root))

    told = json.loads(hotfolder(*words).stdout)

    assert {each["file"] for each in told["ignored"]} == {f"boards/{name}" for name in STRAYS}
    assert told["ignored_number"] == len(STRAYS)
    assert {each["reason"] for each in told["boards"]} == {"no board lies in its folder"}


@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
def test_what_is_no_file_is_told_to_be_none(root: Layout, tmp_path: Path, kind: str) -> None:
    from daemon.fs.read import read_regular

    file = tmp_path / "board.yaml"
    put = {"pipe": os.mkfifo, "folder": Path.mkdir, "link": lambda at: at.symlink_to("/etc/passwd")}
    put[kind](file)

    with pytest.raises(OSError, match=f"it is a {kind}"):
        read_regular(file)

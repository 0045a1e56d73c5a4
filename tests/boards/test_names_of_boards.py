"""Whatever a board's folder is called, the board is made or told to be renamed, and the others go on."""

from __future__ import annotations

import os
import sys

import pytest
from support.daemon import pictures

BOARD = b"steps: 1\nsize: 256x256\nshots:\n  010: a boat\n"
GOOD = (b"caf\xc3\xa9", "日本".encode(), b"a b", b"x.y", b"CON", b"100%")
BAD = (b"caf\xe9", b"\xff\xfe", b"a\x80b")
"""Not written in UTF-8."""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other disks take no such names")
def test_a_board_of_any_name_is_made_or_told_to_be_renamed(root, daemon, wait) -> None:
    for name in (*GOOD, *BAD):
        folder = os.fsencode(root.boards) + b"/" + name
        os.makedirs(folder)  # noqa: PTH103 (names that are no text)
        with open(folder + b"/board.yaml", "wb") as file:
            file.write(BOARD)
    child = daemon()
    wait(lambda: child.log().count("name is not written in UTF-8. ") == len(BAD))
    wait(lambda: len(pictures(root)) == len(GOOD))
    letters = [each.read_text() for each in root.boards.glob("*/board.yaml.why.txt")]
    assert len(letters) == len(BAD)
    assert all("Rename it" in letter for letter in letters)
    child.stop()


TAKEN = ("Final", "LATER", "now.png", "Index.html")
"""As folders of the inbox or files of the outbox are called, for disks that mind no capitals."""


def test_a_board_that_some_disk_would_take_for_a_folder_of_ours_waits_until_it_is_renamed(
    root, daemon, wait
) -> None:
    for name in (*TAKEN, "Finale"):
        (root.boards / name).mkdir(parents=True)
        (root.boards / name / "board.yaml").write_bytes(BOARD)
    daemon()
    letters = [root.boards / name / "board.yaml.why.txt" for name in TAKEN]
    wait(lambda: all(each.exists() for each in letters))
    wait(lambda: pictures(root) == ["Finale/010.png"])
    for name, letter in zip(TAKEN, letters, strict=True):
        assert f"A board can't be called {name}." in letter.read_text()
    (root.boards / "Final").rename(root.boards / "ep01")
    wait(lambda: "ep01/010.png" in pictures(root))

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

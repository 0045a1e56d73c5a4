"""`hotfolder final` of a board: what it asks for now, whatever else is called like its shots."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support.daemon import wait_for
from support.living_boards import pictures, save

from daemon.cli import main
from daemon.root.layout import Layout

BOARD = "size: 64x64\nsteps: 1\nshots:\n  010: {0}\n  020: a pier\n"
Say = Callable[..., tuple[int, str]]


@pytest.fixture
def say(root: Layout, capsys: pytest.CaptureFixture[str]) -> Say:
    def said(*words: str) -> tuple[int, str]:
        code = main([*words, "--root", str(root.root)])
        out, err = capsys.readouterr()
        return code, out + err

    return said


@pytest.fixture
def changed(root: Layout, daemon) -> Layout:
    """A board of which a shot's words were changed, and a picture was made again."""
    root.settings_file.write_text(
        "engine: dry-run\nsettle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\n"
    )
    save(root, "ep", BOARD.replace("{0}", "a harbour"))
    daemon()
    wait_for(lambda: len(pictures(root, "ep")) == 2, root)
    save(root, "ep", BOARD.replace("{0}", "a red harbour"))
    wait_for(lambda: len(pictures(root, "ep")) == 3, root)
    (root.inbox / "again").mkdir(exist_ok=True)
    shutil.copy(root.outbox / "ep" / "010-v2.png", root.inbox / "again" / "010-v2.png")
    wait_for(lambda: len(pictures(root, "ep")) == 4, root)
    root.paused_file.touch()  # what is dropped stays
    return root


def test_a_shot_is_what_its_board_asks_for_now_and_a_file_is_that_file(
    changed: Layout, say: Say
) -> None:
    said = {
        "ep/010": ["010-v2"],
        f"{changed.boards}/ep/010": ["010-v2"],
        "ep": ["010-v2", "020"],
        "ep/010-v2": ["010-v2"],
        "ep/010.png": ["010"],
        "ep/010-v2-2": ["010-v2-2"],
        "e*/010": ["010-v2"],
    }
    for word, names in said.items():
        code, told = say("final", word)
        places = [Path(line) for line in told.split()]
        dropped = [place.name for place in places if place.parts[:2] == ("inbox", "final")]
        assert (code, sorted(dropped)) == (0, [f"{name}.png" for name in names]), (word, told)
        for place in places:
            (changed.root / place).unlink(missing_ok=True)


def test_where_only_pictures_of_older_words_are_there_it_says_so(changed: Layout, say: Say) -> None:
    (changed.outbox / "ep" / "010-v2.png").unlink()
    for word in ("ep/010", "e*/010"):
        code, told = say("final", word)
        assert (code, "asks for now" in told) == (2, True), told

"""A board that takes the place of another one is told of; the next version of it is not."""

from __future__ import annotations

import pytest
from support.daemon import wait_for

from daemon.boards.arrival import adopt
from daemon.boards.replaced import replacing
from daemon.cli import main
from daemon.cli.new import BOARD
from daemon.root.layout import Layout

HARBOUR = """\
INT. HARBOUR - DAWN

Fishing boats drift through the mist at dawn.

Anna stands on the harbour wall, wind in her hair.

Ben waves from the red boat.
"""
FOREST = """\
EXT. FOREST - NIGHT

Snow falls on the pines without a sound.

A fox crosses the frozen stream.
"""
NEW = BOARD.format(name="ep05", typed="ep05")
AS_YAML = """\
shots:
  010: fishing boats drift through the mist at dawn
  020: Anna stands on the harbour wall, wind in her hair
  030: Ben waves from the red boat
"""


@pytest.mark.parametrize(
    ("before", "now", "is_told"),
    [
        (HARBOUR, FOREST, True),
        (HARBOUR, HARBOUR, False),
        (HARBOUR, AS_YAML, False),
        (HARBOUR, HARBOUR + FOREST, False),
        (HARBOUR, HARBOUR.replace("Ben waves from the red boat", "The pier is empty"), False),
        (HARBOUR, "", False),
        ("", FOREST, False),
        (None, FOREST, False),
        (NEW, FOREST, False),  # untouched: nobody loses anything
        (NEW.replace("#  010", "  010"), FOREST, True),
        (HARBOUR, "\ufeff" + HARBOUR, False),
    ],
)
def test_by_their_words(root: Layout, before: str | None, now: str, is_told: bool) -> None:
    home = root.boards / "ep05"
    home.mkdir(parents=True)
    if before is not None:
        (home / "board.fountain").write_text(before)

    for code in ("utf-8", "utf-16"):  # with its mark, as spreadsheets write it
        assert bool(replacing(home, now.encode(code))) == is_told, code


def test_in_the_log_and_by_submit_and_no_empty_folder_is_left(
    root: Layout, tmp_path, daemon, capsys
) -> None:
    root.settings_file.write_text(
        "engine: dry-run\nsettle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\n"
    )
    (root.boards / "ep05").mkdir(parents=True)
    (root.boards / "ep05" / "board.fountain").write_text(HARBOUR)
    (root.inbox / "ep05").mkdir(parents=True)  # as while jobs of the board wait there
    (root.inbox / "ep05" / "notes.pdf").write_text("x")
    child = daemon()
    file = tmp_path / "ep05.fountain"
    file.write_text(FOREST)

    assert main(["submit", str(file), "--root", str(root.root)]) == 0
    assert "hardly a line in common" in capsys.readouterr().err
    wait_for(lambda: "hardly a line in common" in child.log(), root)
    wait_for(lambda: (root.boards / "ep05" / "board.fountain").read_text() == FOREST, root)
    wait_for(lambda: not (root.inbox / "ep05-2").exists(), root)


@pytest.mark.parametrize("place", ["urgent", "later", "again", "final", "more", "urgent/again"])
def test_special_folders_stay_where_a_board_was_dropped_into_one(
    root: Layout, daemon, place: str
) -> None:
    root.settings_file.write_text(
        "engine: dry-run\nsettle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\n"
    )
    (root.inbox / place).mkdir(parents=True, exist_ok=True)
    (root.inbox / place / "ep05.fountain").write_text(FOREST)

    assert daemon("--until-empty").process.wait() == 0
    assert any((root.boards / "ep05").glob("board.*"))
    assert (root.inbox / place).is_dir()


def test_a_folder_is_not_taken_from_under_the_person_who_fills_it(root: Layout) -> None:
    (root.inbox / "drop").mkdir(parents=True)
    file = root.inbox / "drop" / "ep05.fountain"
    file.write_text(FOREST)
    adopt(root, root.inbox, file)
    assert (root.inbox / "drop").is_dir()

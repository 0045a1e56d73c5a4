"""Boards that share a name, and boards whose folder is away."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.daemon import engine, wait_for
from support.living_boards import pictures, save

from daemon.boards.folder import places
from daemon.root.layout import Layout

HEAD = "size: 64x64\nsteps: 1\n"


@pytest.fixture
def quick(root: Layout) -> Layout:
    root.settings_file.write_text("settle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\n")
    return root


def test_of_two_boards_of_one_name_the_second_waits_with_one_letter_until_it_has_another(
    quick: Layout, daemon
) -> None:
    child = daemon()
    save(quick, "a", HEAD + "name: ep\nshots:\n  010: a pier\n")
    wait_for(lambda: pictures(quick, "ep") == ["010.png"], quick)
    file = save(quick, "b", HEAD + "name: EP\nshots:\n  020: a boat\n")
    letter = file.with_name("board.yaml.why.txt")
    wait_for(letter.exists, quick)
    save(quick, "c", HEAD + "shots:\n  030: a gull\n")
    wait_for(lambda: pictures(quick, "c") == ["030.png"], quick)

    assert "a/" in letter.read_text()
    assert child.log().count("another board called EP") == 1
    assert pictures(quick, "ep") == ["010.png"]
    shutil.rmtree(quick.boards / "a")
    wait_for(lambda: (quick.outbox / "EP" / "020.png").exists(), quick)
    wait_for(lambda: not letter.exists(), quick)


def test_an_empty_place_where_boards_were_mounted_cancels_nothing(
    quick: Layout, daemon, hold
) -> None:
    child = daemon(engine=engine("held"), **hold.at(4))
    save(quick, "ep", "size: 192x192\nsteps: 8\nshots:\n  010: a pier\n  020: a boat\n")
    wait_for(lambda: child.status.get("current"), quick)
    quick.boards.rename(quick.root / "unmounted")
    quick.boards.mkdir()
    hold.off()
    wait_for(lambda: pictures(quick, "ep") == ["010.png", "020.png"], quick)
    assert list(quick.failed.rglob("*.why.txt")) == []


def test_the_last_board_taken_away_is_told_from_a_disk_that_is(
    root: Layout, tmp_path: Path
) -> None:
    root.boards.mkdir(exist_ok=True)
    assert places(root) is None
    (root.boards / "ep").mkdir()
    (root.boards / "ep" / "board.yaml").write_text("shots: {010: p}\n")
    assert [each.folder.name for each in places(root) or ()] == ["ep"]
    shutil.rmtree(root.boards / "ep")
    assert places(root) == []

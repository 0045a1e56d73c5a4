"""Boards are looked at in the moment they are saved, by file events; looking every few seconds is for
where none come."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.daemon import Daemon, wait_for
from support.living_boards import pictures, save
from support.stream import heard, words

from daemon.fs.moment import Moment
from daemon.inbox.observer import Hint
from daemon.root.layout import Layout
from daemon.supervisor.board_watch import APART, RETRY, BoardHint, BoardWatch

BOARD = "size: 64x64\nsteps: 1\nshots:\n  010: a harbour\n"
NEVER = "engine: dry-run\nsettle: 0.1\nscan_interval: 3600\n"


def test_a_save_is_heard_of_and_told_once(root: Layout, daemon: Callable[..., Daemon]) -> None:
    root.settings_file.write_text(NEVER)
    old = save(root, "old", BOARD)
    daemon()
    wait_for(lambda: pictures(root, "old"), root)
    assert "board_saved" not in words(root)  # it was there before

    save(root, "ep", BOARD)
    wait_for(lambda: pictures(root, "ep"), root)
    save(root, "ep", f"{BOARD}  020: a pier\n")
    wait_for(lambda: len(pictures(root, "ep")) == 2, root)
    with old.open("a") as file:  # in place, as a plain editor saves
        file.write("  020: a pier\n")
    wait_for(lambda: len(pictures(root, "old")) == 2, root)
    told = [event["board"] for event in heard(root) if event["event"] == "board_saved"]
    assert told == ["ep", "ep", "old"]


def test_a_page_is_begun_when_the_first_board_is_being_saved(
    root: Layout, daemon: Callable[..., Daemon]
) -> None:
    root.settings_file.write_text(NEVER)
    root.paused_file.touch()  # so that no job is a cause
    root.boards.mkdir()
    daemon(HOTFOLDER_PAGE="on")
    wait_for(lambda: "paused" in words(root), root)
    assert not (root.outbox / "index.html").exists()
    save(root, "ep", BOARD)
    wait_for((root.outbox / "index.html").exists, root)


class Wakes:
    """How often somebody was woken, and whether the loop was told of something."""

    def __init__(self, folder: Path) -> None:
        self.count = 0
        self.told: list[BoardHint] = []
        self.watch = BoardWatch(folder, self._wake, self.told.append)

    def _wake(self) -> None:
        self.count += 1

    def look(self, now: float) -> int:
        """How often it has been woken up to then."""
        self.watch.look(Moment(now, time.time()))
        return self.count


@pytest.fixture
def wakes(tmp_path: Path):
    made = Wakes(tmp_path / "boards")
    yield made
    made.watch.stop()


def test_however_many_files_a_save_is_it_asks_for_few_looks(wakes: Wakes, tmp_path: Path) -> None:
    folder = tmp_path / "boards" / "ep"
    folder.mkdir(parents=True)
    assert wakes.look(100.0) == 1  # for what came before
    for number in range(300):
        (folder / f"{number}.png").touch()
    wait_for(lambda: wakes.told)
    assert wakes.look(100.1) == 2
    (folder / "one more.png").touch()
    wait_for(lambda: wakes.watch.due < float("inf"))
    assert wakes.look(100.2) == 2, "two looks follow each other at once"
    assert wakes.watch.due == pytest.approx(100.1 + APART)
    assert wakes.look(101.0) == 3, "the last file was forgotten"


def test_each_event_is_looked_after_twice(wakes: Wakes) -> None:
    """Files that come with a new folder may be there before it is watched."""
    wakes.watch._hear(Hint(None))
    assert wakes.look(100.0) == 1
    assert wakes.look(100.1) == 1
    assert wakes.watch.due == pytest.approx(100.0 + APART)
    assert wakes.look(101.0) == 2
    assert wakes.look(102.0) == 2
    assert wakes.watch.due == float("inf")


def test_a_folder_that_is_made_later_is_watched_then(wakes: Wakes, tmp_path: Path) -> None:
    assert wakes.look(100.0) == 0
    (tmp_path / "boards").mkdir()
    assert wakes.look(100.1) == 1
    (tmp_path / "boards" / "board.yaml").touch()
    wait_for(lambda: wakes.told)


def test_a_folder_that_was_exchanged_is_watched_anew(wakes: Wakes, tmp_path: Path) -> None:
    folder = tmp_path / "boards"
    folder.mkdir()
    assert wakes.look(100.0) == 1
    folder.rename(tmp_path / "away")
    folder.mkdir()
    begun = wakes.look(100.0 + 2 * RETRY)
    wakes.told.clear()
    wakes.look(100.0 + 2 * RETRY + APART)
    (folder / "board.yaml").touch()
    wait_for(lambda: wakes.watch.due < float("inf"))
    assert wakes.look(100.0 + 2 * RETRY + 2 * APART) > begun

"""Folders that are still being filled: nothing of them is begun before they are still."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from daemon.fs.moment import Moment
from daemon.inbox.growth import CAP
from daemon.inbox.inspection import FileState
from daemon.inbox.queue import WaitingQueue
from daemon.inbox.scanner import Inbox
from daemon.jobfile import read_job
from daemon.settings import Settings

QUIET = 5.0
SETTINGS = replace(Settings(), settle=0.0)
JOB = read_job(b"prompt: a boat", file="a.yaml", base=Settings().job_defaults)


class Copy:
    """A queue over a real inbox, and a clock that a test sets; files are stamped with it."""

    def __init__(self, inbox: Path) -> None:
        self.inbox = inbox
        inbox.mkdir()
        self.began = Moment.read()
        self.seconds = 0.0
        self.deliberate: set[str] = set()
        self.queue = WaitingQueue(
            Inbox(inbox, quiet=QUIET), SETTINGS, lambda _: JOB,
            is_deliberate=lambda path, _: path.name in self.deliberate,
        )  # fmt: skip

    def begin(self) -> None:
        """Second 0 is now: whatever lies there was put there before it, however long that took."""
        self.began = Moment.read()

    @property
    def at(self) -> Moment:
        return Moment(self.began.now + self.seconds, self.began.wall + self.seconds)

    def at_second(self, seconds: float, *names: str) -> list[str]:
        """`names` arrive then; what may be begun a moment later. Their times can't be forged
        (ctime), so the clock of a file is the real one: all are written at second 0 or later."""
        self.seconds = seconds
        for name in names:
            file = self.inbox / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("prompt: a boat\n")
            for each in (file, *file.parents[: len(Path(name).parts) - 1]):
                os.utime(each, (self.at.wall, self.at.wall))
        late = Moment.read().wall - self.at.wall
        if names and late > 0:  # the machine stood still: the second is when they have arrived
            self.began = Moment(self.began.now + late, self.began.wall + late)
        self.queue.scan(self.at, full=True)
        self.queue.look_again(self.at)
        self.queue.peek_some(self.at, clock=lambda: 0.0, budget=9.0)
        ready = [
            w for w in self.queue.inbox.files.values() if w.inspection.state is FileState.READY
        ]
        return sorted(w.path.relative_to(self.inbox).as_posix() for w in ready)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path / "inbox")


def test_a_folder_copied_slowly_is_begun_when_nothing_more_comes(copy: Copy) -> None:
    assert copy.at_second(0, "ep01/010.yaml") == []
    assert copy.at_second(3, "ep01/_defaults.yaml", "ep01/020.yaml") == []
    assert copy.at_second(7.5) == []
    assert copy.at_second(8.5) == ["ep01/010.yaml", "ep01/020.yaml"]


def test_its_sub_folders_and_pictures_count_too(copy: Copy) -> None:
    copy.at_second(0, "ep01/a/b/010.yaml")
    assert copy.at_second(4, "ep01/cast/anna.png") == []
    assert copy.at_second(8, "ep01/a/_defaults.yaml") == []
    assert copy.at_second(12.5) == []
    assert copy.at_second(13.5) == ["ep01/a/b/010.yaml"]


def test_a_minute_is_the_most_however_it_goes_on_growing(copy: Copy) -> None:
    for second in range(0, int(CAP), 4):
        assert copy.at_second(second, f"ep01/{second:03d}.yaml") == []
    assert len(copy.at_second(CAP + 0.5)) == 15


def test_other_folders_the_inbox_itself_and_again_wait_for_nothing(copy: Copy) -> None:
    copy.at_second(0, "ep01/010.yaml")
    assert copy.at_second(1, "top.yaml", "again/x.png") == ["again/x.png", "top.yaml"]


def test_a_folder_that_has_been_here_for_a_minute_is_a_place_of_work(copy: Copy) -> None:
    copy.at_second(0, "ep01/010.yaml")
    copy.at_second(QUIET + 1)
    assert "ep01/020.yaml" not in copy.at_second(30, "ep01/020.yaml")
    assert "ep01/030.yaml" in copy.at_second(CAP + 1, "ep01/030.yaml")


def test_a_folder_long_at_rest_is_begun_at_first_sight(copy: Copy) -> None:
    (copy.inbox / "ep01").mkdir()
    (copy.inbox / "ep01" / "010.yaml").write_text("prompt: a boat\n")
    os.utime(copy.inbox / "ep01" / "010.yaml", (1, 1))  # which a copy can forge; its ctime not
    copy.begin()

    assert copy.at_second(QUIET + 1) == ["ep01/010.yaml"]


def test_what_our_own_verbs_drop_waits_for_no_folder(copy: Copy) -> None:
    copy.deliberate.add("mine.yaml")
    assert copy.at_second(0, "ep01/mine.yaml", "ep01/010.yaml") == ["ep01/mine.yaml"]


def test_a_folder_that_was_taken_away_is_new_when_it_comes_again(copy: Copy) -> None:
    copy.at_second(0, "ep01/010.yaml")
    assert copy.at_second(CAP + 1) == ["ep01/010.yaml"]
    (copy.inbox / "ep01" / "010.yaml").unlink()
    (copy.inbox / "ep01").rmdir()
    assert copy.at_second(CAP + 2) == []
    assert copy.at_second(CAP + 3, "ep01/010.yaml") == []
    assert copy.at_second(CAP + 3 + QUIET + 1) == ["ep01/010.yaml"]


def test_status_says_what_such_a_job_waits_for(copy: Copy) -> None:
    copy.at_second(0, "ep01/010.yaml")

    ((path, reason),) = copy.queue.troubles()

    assert path.name == "010.yaml"
    assert "still being filled" in reason
    assert not copy.queue.is_stuck
    assert copy.queue.deadline() <= copy.at.now + QUIET + 0.1


# --- folders that come by one rename ------------------------------------------------------------------


def moved_in(copy: Copy, name: str, *files: str) -> Path:
    """A folder is filled elsewhere this moment and renamed to `name` in the inbox, which is told."""
    away = copy.inbox.parent / f"away-{name}"
    for file in files:
        (away / file).parent.mkdir(parents=True, exist_ok=True)
        (away / file).write_text("prompt: a boat\n")
    away.mkdir(exist_ok=True)
    time.sleep(0.02)  # the kernel's clock for files has a coarse hand
    folder = away.rename(copy.inbox / name)
    copy.begin()
    copy.queue.inbox.moved_in(folder, copy.at)
    return folder


@pytest.mark.parametrize("first", ["the event", "the scan"])
def test_a_folder_that_came_by_one_rename_is_begun_at_once(copy: Copy, first: str) -> None:
    if first == "the scan":
        copy.queue.inbox.moved_in(copy.inbox / "gone", copy.at)
    moved_in(copy, "ep01", "010.yaml", "_defaults.yaml", "scene/020.yaml", "anna.png")

    assert copy.at_second(0.1) == ["ep01/010.yaml", "ep01/scene/020.yaml"]


def test_what_is_put_into_it_later_is_growth_again(copy: Copy) -> None:
    folder = moved_in(copy, "ep01", "010.yaml")
    assert copy.at_second(0.1) == ["ep01/010.yaml"]
    time.sleep(0.02)
    assert copy.at_second(1, "ep01/scene/020.yaml") == ["ep01/010.yaml"]
    assert copy.at_second(4, "ep01/scene/_defaults.yaml") == ["ep01/010.yaml"]
    assert copy.at_second(9.5) == ["ep01/010.yaml", "ep01/scene/020.yaml"]
    assert folder.is_dir()


def test_a_folder_into_which_something_was_put_before_we_heard_of_it_is_waited_for(
    copy: Copy,
) -> None:
    folder = (copy.inbox.parent / "away").resolve()
    folder.mkdir()
    time.sleep(0.02)
    folder = folder.rename(copy.inbox / "ep01")
    (folder / "010.yaml").write_text("prompt: a boat\n")
    copy.begin()
    copy.queue.inbox.moved_in(folder, copy.at)

    assert copy.at_second(0.1) == []
    assert copy.at_second(6) == ["ep01/010.yaml"]


def test_a_folder_that_is_only_called_otherwise_is_what_it_was(copy: Copy) -> None:
    assert copy.at_second(0, "untitled/010.yaml") == []
    folder = (copy.inbox / "untitled").rename(copy.inbox / "ep01")
    copy.queue.inbox.moved_in(folder, copy.at)

    assert copy.at_second(1) == []
    assert copy.at_second(QUIET + 1.5) == ["ep01/010.yaml"]


@pytest.mark.parametrize("name", ["ep01/inner", "again", "missing", "file.yaml"])
def test_what_is_no_folder_of_its_own_at_the_top_changes_nothing(copy: Copy, name: str) -> None:
    copy.at_second(0, "ep01/inner/010.yaml", "file.yaml")
    copy.queue.inbox.moved_in(copy.inbox / name, copy.at)

    assert copy.at_second(1) == ["file.yaml"]

"""The observer under folders that come and go: it never raises, and it knows when it is deaf."""

from __future__ import annotations

import contextlib
import random
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.daemon import wait_for

from daemon.inbox.observer import Hint, Watch


@contextlib.contextmanager
def watching(folder: Path) -> Iterator[list[Hint]]:
    """The hints that come; what a library's thread ends with is not this test's warning."""
    hints: list[Hint] = []
    watch = Watch([folder], hints.append)
    watch.start()
    try:
        yield hints
    finally:
        watch.stop()
        watch.stop()
        assert watch.deaf() == "not started"


def tree(folder: Path) -> Path:
    for name in ("010.yaml", "a/020.yaml", "a/b/030.yaml", "cast/anna.png"):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("prompt: a boat\n")
    return folder


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("seed", range(3))
def test_folders_copied_renamed_moved_out_and_in_again_end_nothing(
    tmp_path: Path, seed: int
) -> None:
    throw, inbox, away = random.Random(seed), tmp_path / "inbox", tmp_path / "away"
    inbox.mkdir()
    away.mkdir()
    source = tree(tmp_path / "source")
    with watching(inbox):
        for _ in range(60):
            name = throw.choice(("ep01", "ep02"))
            here, there = inbox / name, away / name
            with contextlib.suppress(OSError):
                match throw.randrange(6):
                    case 0:
                        shutil.copytree(source, here)
                    case 1:
                        (here / "a").rename(here / throw.choice(("c", "d", "a")))
                    case 2:
                        here.rename(there)
                    case 3:
                        there.rename(here)
                    case 4:
                        shutil.rmtree(throw.choice((here, there)))
                    case _:
                        here.rename(inbox / f"{name}-{throw.randrange(3)}")


def test_what_the_library_raises_at_its_end_is_not_passed_on(tmp_path: Path) -> None:
    """Its own table of watches emptied under it, as after folders that moved."""
    watch = Watch([tmp_path], lambda _: None)
    watch.start()
    observer = watch._observer
    assert observer is not None
    observer._handlers.clear()
    observer._emitter_for_watch.clear()

    watch.stop()

    assert watch.deaf() == "not started"


def test_what_can_not_be_watched_is_an_error_of_the_disk_and_takes_nothing(tmp_path: Path) -> None:
    """Tried every minute for months, it would take all that the system has."""

    def held() -> tuple[int, int]:
        fds = Path("/proc/self/fd")
        return threading.active_count(), len(list(fds.iterdir())) if fds.is_dir() else 0

    before = held()
    for _ in range(3):
        watch = Watch([tmp_path / "gone"], lambda _: None)
        with pytest.raises(FileNotFoundError):
            watch.start()
        watch.stop()
    assert held() == before


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_where_the_books_of_the_library_end_its_reader_that_is_told(tmp_path: Path) -> None:
    """Two folders of one name, of which the first was moved out, are deleted in an unlucky order."""
    boards, away, touched = tmp_path / "boards", tmp_path / "away", set[Path]()
    (boards / "ep").mkdir(parents=True)
    hints: list[Hint] = []
    watch = Watch([boards], hints.append)
    watch.start()
    try:
        (boards / "ep").rename(away)
        (boards / "ep").mkdir()
        wait_for(lambda: hints)
        (boards / "ep").rmdir()
        away.rmdir()

        def is_heard_or_told() -> bool:
            file = boards / f"{len(touched)}.yaml"
            file.touch()
            touched.add(file)
            return watch.deaf() is not None or any(hint.path in touched for hint in hints)

        wait_for(is_heard_or_told)
    finally:
        watch.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
def test_what_becomes_of_files_is_told_in_order_by_the_thread_that_reads_it(tmp_path: Path) -> None:
    inbox, away, told = tmp_path / "inbox", tmp_path / "away", list[tuple[str, Hint]]()
    (inbox / "a").mkdir(parents=True)
    away.mkdir()
    watch = Watch([inbox], lambda hint: told.append((threading.current_thread().name, hint)))
    watch.start()
    try:
        file, other = inbox / "a" / "1.yaml", inbox / "2.yaml"
        file.write_text("prompt: a boat\n")
        file.rename(other)
        other.rename(away / "2.yaml")
        (away / "2.yaml").rename(other)
        other.unlink()
        (inbox / "3.yaml").hardlink_to(tree(tmp_path / "source") / "010.yaml")
        wait_for(lambda: any(hint.path == inbox / "3.yaml" for _, hint in told))
        reader = watch._observer._inotify_fd.name  # type: ignore[union-attr]
    finally:
        watch.stop()

    assert {name for name, _ in told} == {reader}
    made, closed = Hint(file), Hint(file, complete=True)
    came, gone = Hint(other, complete=True), Hint(other)
    assert [hint for _, hint in told] == [
        *(made, closed, Hint(file), came, gone, came, gone),
        Hint(inbox / "3.yaml"),
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
def test_the_library_has_its_reader_where_it_is_looked_for(tmp_path: Path) -> None:
    watch = Watch([tmp_path], lambda _: None)
    watch.start()
    try:
        assert watch.deaf() is None
        watch._observer._inotify_fd.stop()  # type: ignore[union-attr]
        wait_for(watch.deaf)
    finally:
        watch.stop()

"""One daemon per root, and a verb that does its work for a moment keeps none from starting."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from daemon.errors import LockHeldError
from daemon.root.lock import RootLock, is_held


def test_a_second_daemon_is_refused_by_the_number_of_the_first(tmp_path: Path) -> None:
    first, second = (RootLock(tmp_path / ".hotfolder" / "lock") for _ in range(2))
    first.take()

    with pytest.raises(LockHeldError, match=r"process \d+\)"):
        second.take()
    first.release()
    second.take()

    assert is_held(tmp_path / ".hotfolder" / "lock")


def test_a_daemon_waits_for_a_verb_that_holds_the_lock_briefly(tmp_path: Path) -> None:
    file = tmp_path / ".hotfolder" / "lock"
    verb, daemon = RootLock(file, briefly=True), RootLock(file)
    verb.take()
    taken = threading.Event()

    def start() -> None:
        daemon.take()
        taken.set()

    starting = threading.Thread(target=start)
    starting.start()
    time.sleep(1.5)  # longer than any look at the lock
    assert not taken.is_set()
    verb.release()
    starting.join()

    assert taken.is_set()
    assert file.read_text().strip().isdecimal()

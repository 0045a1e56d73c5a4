"""The root of a render: gone at its end, and what a killed one has left goes with the next."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from daemon.errors import UsageError
from daemon.farm.work_root import PREFIX, YOUNG, work_root, work_settings
from daemon.root.layout import Layout
from daemon.root.lock import RootLock, is_held
from daemon.settings import parse_settings


def left_over(below: Path, name: str, *, age: float) -> RootLock:
    """What a render that was killed so many seconds ago has left; its lock is held until let go."""
    lock = RootLock(Layout(below / f"{PREFIX}{name}").lock_file)
    lock.take()
    then = time.time() - age
    os.utime(Layout(below / f"{PREFIX}{name}").lock_file, (then, then))
    return lock


def test_it_is_held_while_it_is_there_and_dead_ones_go(tmp_path: Path) -> None:
    left_over(tmp_path, "dead", age=2 * YOUNG).release()
    left_over(tmp_path, "young", age=YOUNG / 2).release()
    running = left_over(tmp_path, "running", age=2 * YOUNG)
    (tmp_path / "somebody's").mkdir()
    with work_root(tmp_path, Layout(tmp_path / "home")) as (layout, lock):
        assert lock.is_taken
        assert is_held(layout.lock_file)
        assert layout.inbox.is_dir()
        kept = {f"{PREFIX}young", f"{PREFIX}running", "somebody's"}
        assert set(os.listdir(tmp_path)) == kept | {layout.root.name}
    running.release()
    assert set(os.listdir(tmp_path)) == kept


def test_in_a_root_it_lies_out_of_sight_and_knows_its_characters(root: Layout) -> None:
    (root.cast / "anna.png").write_bytes(b"x")
    seen = sorted(os.listdir(root.root))
    with work_root(root.root, root) as (layout, _):
        assert layout.root.parent == root.state
        assert (layout.cast / "anna.png").exists()
        assert sorted(os.listdir(root.root)) == seen
    assert (root.cast / "anna.png").exists()


def test_where_none_can_be_made_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="--root"), work_root(tmp_path / "file", Layout(tmp_path)):
        raise AssertionError("it was made")


def test_settings_mean_the_folders_of_whose_they_are_and_tell_nobody(tmp_path: Path) -> None:
    written = b"models: [m, /n]\nlibrary: [l]\nnotify: true\nmetrics: m.prom\nlater: 22:00-07:00\n"
    written += b"cluster: tcp://127.0.0.1:8786\ndevices: none\nengine: dry-run\n"

    found = work_settings(parse_settings(written), tmp_path, tmp_path)

    assert found.models == (str(tmp_path / "m"), "/n")
    assert found.library == (str(tmp_path / "l"), str(tmp_path))
    assert (found.cluster, found.devices, found.later, found.metrics) == ("", (), "", "")
    assert not found.notify
    assert found.engine == "dry-run"

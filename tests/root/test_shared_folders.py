"""Two roots that lead to one inbox or outbox: one daemon serves it, the other is told."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from support.daemon import hotfolder_process

from daemon.errors import LockHeldError
from daemon.root import shared_folders
from daemon.root.create import prepare
from daemon.root.layout import Layout
from daemon.root.lock import RootLock
from daemon.root.shared_folders import MARK


def made(place: Path, **links: Path) -> Layout:
    """A root with these of its folders elsewhere."""
    layout = Layout(place.resolve())
    prepare(layout)
    for name, where in links.items():
        shutil.rmtree(place / name)
        where.mkdir(exist_ok=True)
        (place / name).symlink_to(where)
    return layout


@pytest.mark.parametrize("name", ["inbox", "outbox"])
@pytest.mark.parametrize("is_a_roots", [True, False])
def test_one_daemon_serves_a_folder_that_two_roots_lead_to(
    tmp_path: Path, name: str, is_a_roots: bool
) -> None:
    place = tmp_path / "first" / name if is_a_roots else tmp_path / "nas"
    links = {} if is_a_roots else {name: place}
    first, second = made(tmp_path / "first", **links), made(tmp_path / "second", **{name: place})
    for one, other in ((first, second), (second, first)):
        lock = RootLock(one.lock_file)
        lock.take()
        assert shared_folders.claim(one) == []
        assert shared_folders.claim(one) == []  # a start after a kill, over its own mark
        with pytest.raises(LockHeldError, match=f"daemon of {one.root} already"):
            shared_folders.claim(other)
        lock.release()  # killed: its mark stays, and hinders nobody
    assert shared_folders.claim(first) == []
    shared_folders.let_go(first)
    shared_folders.let_go(second)

    assert not (place / MARK).exists()


def test_a_mark_of_another_machine_is_told_and_one_that_makes_no_sense_is_none(tmp_path: Path):
    root = made(tmp_path / "root", outbox=tmp_path / "nas")
    mark = tmp_path / "nas" / MARK
    shared_folders.claim(root)
    own = json.loads(mark.read_bytes())
    assert own["host"] == os.uname().nodename

    for theirs, told in (
        ({**own, "host": "elsewhere"}, 0),  # this machine, by the name it had in another network
        ({**own, "host": "elsewhere", "id": "another"}, 1),
        ({**own, "host": "elsewhere", "root": "/another"}, 1),
        ({**own, "root": 3}, 0),
        ([], 0),
    ):
        mark.write_text(json.dumps(theirs))
        assert len(shared_folders.claim(root)) == told, theirs
        assert json.loads(mark.read_bytes()) == own


def test_a_second_daemon_at_one_outbox_leaves_and_says_whose_it_is(root, daemon, tmp_path) -> None:
    daemon()
    other = made(tmp_path / "other", outbox=root.outbox)

    ended = hotfolder_process("run", "--engine", "dry-run", "--root", str(other.root))

    assert ended.returncode == 3
    assert f"served by the Hotfolder daemon of {root.root}" in ended.stderr


def test_a_mark_counts_only_while_its_root_leads_there(tmp_path: Path) -> None:
    """Its link may have been led elsewhere since, and its machine may have another name by now."""
    first = made(tmp_path / "first", outbox=tmp_path / "nas")
    second = made(tmp_path / "second", outbox=tmp_path / "nas")
    mark = tmp_path / "nas" / MARK
    lock = RootLock(first.lock_file)
    lock.take()
    shared_folders.claim(first)
    mark.write_text(json.dumps({**json.loads(mark.read_bytes()), "host": "elsewhere"}))
    with pytest.raises(LockHeldError):
        shared_folders.claim(second)

    first.outbox.unlink()
    first.outbox.mkdir()

    shared_folders.claim(second)
    assert json.loads(mark.read_bytes())["root"] == str(second.root)
    lock.release()


def test_a_root_finds_its_own_mark_however_its_name_is_spelled(tmp_path: Path) -> None:
    root = made(tmp_path / "root", outbox=tmp_path / "nas")
    (tmp_path / "Root").symlink_to(root.root)
    lock = RootLock(root.lock_file)
    lock.take()
    shared_folders.claim(root)
    mark = tmp_path / "nas" / MARK
    mark.write_text(json.dumps({**json.loads(mark.read_bytes()), "root": str(tmp_path / "Root")}))

    shared_folders.claim(root)

    assert json.loads(mark.read_bytes())["root"] == str(root.root)
    lock.release()

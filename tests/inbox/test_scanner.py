"""A hint at a file is taken where a scan would find it, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.fs.moment import Moment
from daemon.inbox.scanner import Inbox


@pytest.mark.parametrize(
    ("place", "is_taken"),
    [
        ("inbox/1.yaml", True),
        ("inbox/ep/a/1.yaml", True),
        ("inbox/again/1.png", True),
        ("inbox/ep/1.png", False),
        ("inbox/again/1.json", False),
        ("inbox/.hidden/1.yaml", False),
        ("inbox/ep/node_modules/1.yaml", False),
        ("inbox/ep.app/1.yaml", False),
        ("inbox/~1.yaml", False),
        ("inbox-2/1.yaml", False),
        ("control/1.yaml", False),
    ],
)
def test_a_hint_finds_what_a_scan_finds(tmp_path: Path, place: str, is_taken: bool) -> None:
    file = tmp_path / place
    file.parent.mkdir(parents=True)
    file.write_text("prompt: a boat\n")
    (tmp_path / "inbox").mkdir(exist_ok=True)
    hinted, scanned = Inbox(tmp_path / "inbox"), Inbox(tmp_path / "inbox")

    assert (hinted.hint(file, Moment.read(), complete=True) is not None) is is_taken
    assert hinted.hint(tmp_path / "inbox", Moment.read(), complete=True) is None
    scanned.scan(Moment.read(), full=True)
    assert hinted.files.keys() == scanned.files.keys() == ({file} if is_taken else set())


@pytest.mark.parametrize("folder", ["", "ep", "again/ep", "urgent/ep/a"])
def test_where_a_candidate_lies_is_told_below_the_inbox(tmp_path: Path, folder: str) -> None:
    assert Inbox(tmp_path).folder_of(tmp_path / folder / "1.yaml") == folder

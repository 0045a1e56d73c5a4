"""Where a picture goes that was made again, and its record with it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from daemon.protocol.outcome import Outcome
from daemon.root.layout import Layout
from daemon.spool import finish, journal
from daemon.spool.homecoming import home_of
from daemon.spool.journal import JournalEntry
from daemon.spool.spool import Spool
from daemon.spool.ticket import Claim, Dropped


def entry(job: int, file: str, *images: str, folder: str = "") -> JournalEntry:
    return JournalEntry(
        job=job,
        file=file,
        project="",
        again=False,
        outcome=Outcome.DONE,
        finished_unix=0.0,
        name=file,
        id=None,
        reason="",
        images=images,
        parent=None,
        folder=folder,
    )


@pytest.fixture
def spool(root: Layout) -> Spool:
    for folder in root.state_folders():
        folder.mkdir(parents=True, exist_ok=True)
    journal.append(root, entry(1, "set.yaml", "ep01/set/set-01.png", "ep01/set/set-02.png"))
    found = Spool(root)
    found.open()
    return found


def claimed(root: Layout, spool: Spool, name: str, folder: str = "final/ep01") -> Claim:
    file = root.inbox / folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"a picture")
    record = {"schema": 1, "job": {}, "result": {"image": name}}
    file.with_suffix(".json").write_text(json.dumps(record))
    return spool.claim(Dropped(file, "ep01", True, 0.0, time.time(), folder), wall=time.time())


def ended(root: Layout, claim: Claim, home: Path | None) -> str:
    line = entry(claim.number, claim.ticket.file, folder=claim.ticket.folder or "")
    return finish.finish(root, claim, finish.Intent(line, None), home=home).kept


def test_a_picture_moved_out_of_the_outbox_and_its_record_go_back(
    root: Layout, spool: Spool
) -> None:
    claim = claimed(root, spool, "set-02.png")

    kept = ended(root, claim, home_of(root, claim.ticket, 1))

    assert kept == "outbox/ep01/set/set-02.png"
    assert sorted(each.name for each in (root.outbox / "ep01" / "set").iterdir()) == [
        "set-02.json",
        "set-02.png",
    ]
    assert not list((root.inbox / "final" / "ep01").iterdir())


@pytest.mark.parametrize("name", ["set-02.png", "other.png"])
def test_a_copy_and_a_picture_of_another_name_are_kept_in_done(
    root: Layout, spool: Spool, name: str
) -> None:
    (root.outbox / "ep01" / "set").mkdir(parents=True)
    (root.outbox / "ep01" / "set" / "set-02.png").write_bytes(b"still there")
    claim = claimed(root, spool, name)

    kept = ended(root, claim, home_of(root, claim.ticket, 1))

    assert kept == f"done/ep01/final/{name}"
    assert (root.done / "ep01" / "final" / name.replace(".png", ".json")).exists()


def test_an_end_that_a_crash_cut_short_brings_the_picture_back_too(
    root: Layout, spool: Spool
) -> None:
    claim = claimed(root, spool, "set-01.png")
    home = home_of(root, claim.ticket, 1)
    assert home is not None
    line = entry(claim.number, "set-01.png")
    finish._intend(root, claim, finish.Intent(line, None), home)

    again = Spool(root)
    again.open()
    again.recover()
    begun = finish.intended(claim)

    if begun is not None:
        finish.complete(root, claim, begun)
    assert home.read_bytes() == b"a picture"
    assert home.with_suffix(".json").exists()


def test_a_record_of_something_else_is_left_where_it_lies(root: Layout, spool: Spool) -> None:
    claim = claimed(root, spool, "set-01.png")
    other = root.inbox / "final" / "ep01" / "set-01.json"
    other.write_text('{"result": {"image": "else.png"}}')

    ended(root, claim, None)

    assert other.exists()

"""What a comparison asks for is looked at again before it is done: meanwhile things have happened."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from daemon.boards.asked import Answer, NewJob, WaitingJob
from daemon.boards.deeds import ClaimedTake, Deeds, Hands
from daemon.boards.drops import stamp_of
from daemon.boards.key import TakeId
from daemon.protocol.outcome import Outcome
from daemon.root.layout import Layout
from daemon.spool import journal
from daemon.spool.journal import JournalEntry

ONE = TakeId("ep", "010", "0" * 12, "1" * 24)
OTHER = replace(ONE, key="2" * 24)
ENDED = JournalEntry(7, "010.json", "ep", False, Outcome.DONE, 1.0, "010", str(ONE), "", (), None)


def body(one: TakeId) -> str:
    return json.dumps({"schema": 1, "job": {"prompt": "a boat", "id": str(one)}})


class Daemon:
    """What the daemon's hands are told."""

    def __init__(self) -> None:
        self.claimed: dict[TakeId, ClaimedTake] | None = {}
        self.told: list[object] = []
        tell = self.told.append
        self.hands = Hands(lambda: self.claimed, tell, tell, tell, tell, tell)


def asked(root: Layout) -> Answer:
    """The picture is to be dropped, by what the journal says now."""
    file = root.journal_file
    inode, place = (file.stat().st_ino, file.stat().st_size) if file.exists() else (-1, 0)
    return Answer(drops=(NewJob(str(ONE), "010", body(ONE)),), inode=inode, place=place)


def dropped(root: Layout) -> list[str]:
    return sorted(path.name for path in (root.inbox / "ep").glob("*.json"))


def waits(root: Layout, one: TakeId, name: str = "010.json", turn: str = "") -> Path:
    file = root.inbox / turn / "ep" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(body(one))
    return file


def claimed_meanwhile(root: Layout, daemon: Daemon) -> None:
    daemon.claimed = {ONE: ClaimedTake(7, "010")}


def ended_meanwhile(root: Layout, daemon: Daemon) -> None:
    journal.append(root, ENDED)


def given_back_meanwhile(root: Layout, daemon: Daemon) -> None:
    waits(root, ONE)


def gone_first_meanwhile(root: Layout, daemon: Daemon) -> None:
    waits(root, ONE, turn="urgent")


@pytest.mark.parametrize(
    "happened", [claimed_meanwhile, ended_meanwhile, given_back_meanwhile, gone_first_meanwhile]
)
def test_what_is_under_way_by_now_is_not_dropped_again(
    root: Layout, happened: Callable[[Layout, Daemon], None]
) -> None:
    journal.append(root, replace(ENDED, job=1, id=str(OTHER)))
    daemon = Daemon()
    deeds, answer = Deeds(root, daemon.hands), asked(root)
    happened(root, daemon)
    before = dropped(root)

    deeds.take("ep", answer)
    deeds.go_on(60)

    assert dropped(root) == before
    assert not deeds.are_left


def test_what_is_missing_still_is_dropped_beside_what_has_its_name(root: Layout) -> None:
    daemon = Daemon()
    deeds = Deeds(root, daemon.hands)
    waits(root, OTHER)
    deeds.take("ep", asked(root))
    deeds.go_on(60)

    assert dropped(root) == ["010-2.json", "010.json"]
    assert (root.inbox / "ep" / "010-2.json").read_text() == body(ONE)


@pytest.mark.parametrize("lost", ["journal", "claims"])
def test_where_it_can_not_be_told_what_has_ended_nothing_is_dropped_and_it_is_asked_anew(
    root: Layout, lost: str
) -> None:
    journal.append(root, replace(ENDED, id=str(OTHER)))
    daemon = Daemon()
    deeds, answer = Deeds(root, daemon.hands), asked(root)
    if lost == "claims":
        daemon.claimed = None
    else:
        root.journal_file.rename(root.journal_file.with_name("kept"))
        journal.append(root, ENDED)

    deeds.take("ep", answer)
    deeds.go_on(60)

    assert dropped(root) == []
    assert deeds.have_given_up()


def test_a_waiting_file_that_was_edited_meanwhile_is_not_taken_back(root: Layout) -> None:
    daemon = Daemon()
    deeds = Deeds(root, daemon.hands)
    kept, gone = waits(root, ONE), waits(root, OTHER, "020.json")
    jobs = [
        WaitingJob("", path.relative_to(root.inbox).as_posix(), stamp_of(path))
        for path in (kept, gone)
    ]
    kept.write_text(body(ONE) + "\n")

    deeds.take("ep", Answer(withdraw=tuple(jobs)))
    deeds.go_on(60)

    assert dropped(root) == ["010.json"]
    assert daemon.told == [gone]
    assert deeds.have_given_up()

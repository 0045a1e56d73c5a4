"""How far a board is at this moment: its account, corrected by what lies in the files.

A picture's state is where its files are, so no daemon is asked: what waits lies in the inbox, what
is claimed in the spool, what has ended since stands in the journal. Standard library only.
"""

from __future__ import annotations

import contextlib
import enum
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NamedTuple

from daemon.boards.account import Account, WantedShot, WantedTake
from daemon.boards.ends import Made, later, made_of
from daemon.boards.journal_lines import JournalLines
from daemon.boards.orders import Orders, read_orders
from daemon.boards.reconcile import Known
from daemon.errors import SpoiledError
from daemon.root.inbox_places import LATER, URGENT
from daemon.root.layout import Layout
from daemon.spool.claim_files import read_ticket
from daemon.worker.pace import Pace, Pass

TURNS = (URGENT, LATER)


class Stage(enum.StrEnum):
    """Of a picture, by what a person may have to do about it. LACKING: it names something that is
    not there, or can't be used; DELETED: it was made, and is no longer where it was put; HELD: it
    waits for the picture of another shot."""

    RUNNING = "running"
    FAILED = "failed"
    LACKING = "lacking"
    WAITING = "waiting"
    HELD = "held"
    CANCELLED = "cancelled"
    DELETED = "deleted"
    DONE = "done"


OPEN = (Stage.RUNNING, Stage.WAITING, Stage.HELD)
"""Stages of pictures that are still to come."""


class TakeNow(NamedTuple):
    """A picture now: `job` is its last or present one; `turn` the folder of the inbox in which it
    waits, if that is urgent/ or later/; `is_claimed` while its job is in the spool."""

    take: WantedTake
    stage: Stage
    job: int = 0
    turn: str = ""
    is_claimed: bool = False
    made: Made | None = None


class ShotNow(NamedTuple):
    """A shot now, with its takes."""

    shot: WantedShot
    takes: tuple[TakeNow, ...]

    @property
    def stage(self) -> Stage:
        """That of its takes which comes first in `Stage`."""
        stages = {each.stage for each in self.takes}
        return stages.pop() if len(stages) == 1 else next(s for s in Stage if s in stages)


@dataclass(frozen=True, slots=True)
class Progress:
    """A board now."""

    account: Account
    shots: tuple[ShotNow, ...]

    @property
    def takes(self) -> Iterator[TakeNow]:
        for shot in self.shots:
            yield from shot.takes

    def count(self) -> Counter[Stage]:
        """How many pictures there are of each stage."""
        return Counter(each.stage for each in self.takes)

    def seconds_left(self, pace: Pace) -> float | None:
        """For all that is still to come, if nothing else is made; None before anything was
        measured. What is being made counts in full."""
        left: Counter[tuple[Pass, ...]] = Counter(
            each.take.passes for each in self.takes if each.stage in OPEN
        )
        each = [pace.estimate(passes, number) for passes, number in left.items()]
        known = [seconds for seconds in each if seconds is not None]
        return sum(known) if len(known) == len(each) else None


def progress_of(layout: Layout, account: Account, rendering: Mapping[int, str]) -> Progress:
    """How far a board is. `rendering` are the states of claimed jobs, by number, as the daemon has
    told them; without one nothing renders."""
    seen = _Files(layout, account, rendering)
    shots = []
    for shot in account.shots:
        is_held = bool(shot.needs) and not seen.is_done(shot.needs)
        takes = tuple(seen.take(take, is_held=is_held) for take in shot.takes)
        shots.append(ShotNow(shot, takes))
    return Progress(account, tuple(shots))


class _Files:
    """What the files of a root say of the pictures of one board."""

    def __init__(self, layout: Layout, account: Account, rendering: Mapping[int, str]) -> None:
        self._layout = layout
        self._rendering = rendering
        project = account.project
        self._waiting: dict[
            str, str
        ] = {}  # first: what is claimed meanwhile is found twice, not never
        for turn in ("", *TURNS):
            folder = layout.inbox / turn / project
            self._waiting |= dict.fromkeys(_listed(folder), turn)
        self._claimed = dict(_claimed(layout, project))
        self._made = _made_now(layout, account)
        self._orders = _orders_of(layout, account)
        self._images: dict[str, frozenset[str]] = {}

    def is_done(self, one: str) -> bool:
        made = self._made.get(one)
        return made is not None and made.state is Known.DONE and not self._is_again(one, made)

    def take(self, take: WantedTake, *, is_held: bool) -> TakeNow:
        """A picture now, if those of its shot are held until then."""
        file, made = f"{take.name}.json", self._made.get(take.id)
        if (job := self._claimed.get(file)) is not None:
            is_at_it = self._rendering.get(job) in _AT_IT
            stage = Stage.RUNNING if is_at_it else Stage.WAITING
            return TakeNow(take, stage, job, is_claimed=True, made=made)
        if (turn := self._waiting.get(file)) is not None:
            return TakeNow(take, Stage.WAITING, turn=turn, made=made)
        number = made.job if made else 0
        if self._orders.cancelled.get(take.id) == number:
            return TakeNow(take, Stage.CANCELLED, number, made=made)
        if made is None or made.state is Known.WITHDRAWN or self._is_again(take.id, made):
            stage = Stage.HELD if is_held else Stage.WAITING
            return TakeNow(take, Stage.LACKING if take.lacks else stage, made=made)
        if made.state is Known.DONE and not self._is_there(made.image):
            return TakeNow(take, Stage.DELETED, number, made=made)
        return TakeNow(take, _ENDS[made.state], number, made=made)

    def _is_again(self, one: str, made: Made) -> bool:
        return self._orders.again.get(one) == made.job

    def _is_there(self, image: str) -> bool:
        place = PurePosixPath(image)
        folder = str(place.parent)
        if folder not in self._images:
            self._images[folder] = frozenset(_listed(self._layout.outbox / folder))
        return place.name in self._images[folder]


_AT_IT = ("rendering", "publishing", "ending")
"""States of a claimed job that is being made."""

_ENDS = {
    Known.DONE: Stage.DONE,
    Known.FAILED: Stage.FAILED,
    Known.CANCELLED: Stage.CANCELLED,
}


def ended_jobs(layout: Layout, account: Account) -> dict[str, int]:
    """The number of the last job of each picture of which one has ended."""
    return {one: made.job for one, made in _made_now(layout, account).items()}


def board_in_ids_of(account: Account) -> str:
    """What the board is called in the ids of its pictures."""
    return next((take.id.partition("/")[0] for _, take in account.takes), account.board)


def _orders_of(layout: Layout, account: Account) -> Orders:
    return read_orders(layout, board_in_ids_of(account))


def _listed(folder: os.PathLike[str]) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _claimed(layout: Layout, project: str) -> Iterator[tuple[str, int]]:
    """(file, number) of each claimed job of a project."""
    for name in _listed(layout.spool):
        if name.isascii() and name.isdigit():
            with contextlib.suppress(OSError, SpoiledError):
                ticket = read_ticket(layout.spool / name)
                if ticket is not None and ticket.project == project:
                    yield ticket.file, ticket.number


def _made_now(layout: Layout, account: Account) -> dict[str, Made]:
    """How the last job of each picture ended: as the account has it, and what has ended since."""
    wanted = {take.id for _, take in account.takes}
    found = {take.id: take.ended for _, take in account.takes if take.ended}
    for entry in JournalLines(layout, account.inode, account.place).entries():
        if entry.id in wanted and (made := made_of(entry)) is not None:
            found[entry.id] = later(found.get(entry.id), made)
    return found

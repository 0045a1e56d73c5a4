"""Keeps every board alive: what a saved board lacks is dropped into the inbox as ordinary jobs.

Compares the files of `boards/` with journal, spool and inbox, and remembers nothing that these do
not say. Works a little at a time. Renders, claims and publishes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from daemon.boards.board import Board
from daemon.boards.drops import Drops
from daemon.boards.key import TakeId, board_in_ids
from daemon.boards.living import AGAIN, Living, LivingBoards, as_job_error
from daemon.boards.made import MadeBefore
from daemon.boards.reconcile import Known, reconcile
from daemon.boards.versions import Versions
from daemon.boards.wanted import Picture, job_of
from daemon.errors import JobError, SetupError, StillLookingError
from daemon.fs.moment import Moment
from daemon.plan.prepare import Preparer
from daemon.root.layout import Layout

BUDGET = 0.05
"""Seconds of dropping in one go."""

SOON = 0.05
FOLLOWED = 0.3
"""Seconds between looks while a picture is made that another waits for."""


@dataclass(frozen=True, slots=True)
class ClaimedTake:
    """A claimed job of a board: its number, and the name that its picture was dropped under."""

    number: int
    name: str


Claimed = Mapping[TakeId, ClaimedTake]


@dataclass(frozen=True, slots=True)
class Hands:
    """What a keeper asks of the daemon: the claimed jobs of boards by id (None while one of them
    can't be told), to `cancel` one, to forget a waiting file that was `withdrawn`, and to look at
    one that has `arrived`."""

    claimed: Callable[[], Claimed | None]
    cancel: Callable[[int], None]
    withdrawn: Callable[[Path], None]
    arrived: Callable[[Path], None]


class Keeper:
    """Keeps `living` alive; looks every `interval` seconds, or sooner while something is left."""

    def __init__(
        self,
        layout: Layout,
        preparer: Preparer,
        living: LivingBoards,
        hands: Hands,
        *,
        interval: float,
    ) -> None:
        self._layout = layout
        self._preparer = preparer
        self._living = living
        self._hands = hands
        self._interval = interval
        self._made = MadeBefore(layout)
        self._drops = Drops(layout)
        self.due = 0.0
        """When to look again (monotonic)."""

    @property
    def is_done(self) -> bool:
        """Whether nothing is left of any board that could be made."""
        return not any(
            living.is_unread or living.todo.drop or living.todo.under_way
            for living in self._living.boards.values()
            if not living.error
        )

    def stop(self) -> None:
        self._living.stop()

    def look(self, at: Moment) -> None:
        """Do what is due. Raises OSError."""
        if at.now < self.due:
            return
        began = time.monotonic()
        self.due = at.now + self._interval
        if self._living.look(at):
            self._compare(at)
        self.due = at.now + self._pause(time.monotonic() - began)

    def _pause(self, cost: float) -> float:
        """Until the next look, after one that took `cost`, both in seconds."""
        boards = [each for each in self._living.boards.values() if not each.error]
        if any(each.is_unread or each.todo.drop for each in boards):
            return SOON
        followed = any(each.todo.held and each.todo.under_way for each in boards)
        return max(min(self._interval, FOLLOWED) if followed else self._interval, 5 * cost)

    def _compare(self, at: Moment) -> None:
        """Drop what is missing, stop what nobody wants, for as long as `BUDGET` allows."""
        claimed = self._hands.claimed()
        if claimed is None:
            return
        self._made.read_on()
        end = time.monotonic() + BUDGET
        for living in self._living.boards.values():
            if living.board is not None and living.pictures is not None:
                self._one(living, living.board, living.pictures, claimed, end, at)
        names = self._living.names()
        if names is not None:
            self._orphans(claimed, names)

    def _one(
        self,
        living: Living,
        board: Board,
        pictures: dict[TakeId, Picture],
        claimed: Claimed,
        end: float,
        at: Moment,
    ) -> None:
        name = board_in_ids(board.name)
        waiting = dict(self._drops.waiting(living.project))
        ours = {one: made for one, made in self._made.jobs.items() if one.board == name}
        known = {str(one): made.state for one, made in ours.items()}
        known |= {str(one): Known.WAITING for one in waiting if one.board == name}
        known |= {str(one): Known.CLAIMED for one in claimed if one.board == name}
        wanted = [each.wanted for each in pictures.values()]
        living.todo = todo = reconcile(wanted, known, paused=living.place.is_paused)
        for one, path in waiting.items():
            if str(one) in todo.withdraw:
                self._withdraw(path)
        for one, job in claimed.items():
            if str(one) in todo.cancel:
                self._hands.cancel(job.number)
        names = {one: made.name for one, made in ours.items()}
        names |= {one: path.stem for one, path in waiting.items()}
        names |= {one: job.name for one, job in claimed.items() if one.board == name}
        versions = Versions(names)
        missing = set(todo.drop)
        for one, picture in pictures.items():
            shown, version = versions.name(one, picture.shot.id, picture.take.name)
            is_due = at.now >= living.faults.get(one, 0.0)
            if str(one) in missing and is_due and time.monotonic() < end:
                self._drop(living, board, picture, shown, version, at)

    def _drop(
        self, living: Living, board: Board, picture: Picture, name: str, version: int, at: Moment
    ) -> None:
        folder = living.place.folder
        try:
            followed = self._followed(picture)
            job, about = job_of(
                picture, board.name, name, version, folder, self._preparer, followed=followed
            )
        except StillLookingError:
            return
        except (JobError, SetupError) as error:
            living.faults[picture.id] = at.now + AGAIN
            self._living.tell(living, as_job_error(error))
            return
        living.faults.pop(picture.id, None)
        path = self._drops.drop(picture.id, living.project, name, job, about)
        self._hands.arrived(path)

    def _followed(self, picture: Picture) -> tuple[str, str] | None:
        """(name, sha256) of the picture it follows, kept. Raises JobError where it is gone."""
        if picture.follows is None:
            return None
        image = self._made.jobs[picture.follows].image
        sha256 = self._preparer.keep(self._layout.outbox / image)
        return Path(image).name, sha256

    def _withdraw(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._hands.withdrawn(path)

    def _orphans(self, claimed: Claimed, names: set[str]) -> None:
        """Stop the jobs of boards that are no longer there, none of `names`."""
        for one, job in claimed.items():
            if one.board not in names:
                self._hands.cancel(job.number)
        gone = {one.board for one in (*self._made.jobs, *claimed)} - names
        for board in gone:
            for one, path in list(self._drops.waiting(board)):
                if one.board == board:
                    self._withdraw(path)

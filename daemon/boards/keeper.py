"""Keeps every board alive: what a saved board lacks is dropped into the inbox as ordinary jobs.

Compares the files of `boards/` with journal, spool and inbox, and remembers nothing that these do
not say. Works a little at a time. Renders, claims and publishes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from daemon.boards.board import Board
from daemon.boards.bookkeeping import Bookkeeper, Started
from daemon.boards.drops import Drops
from daemon.boards.ends import Made
from daemon.boards.key import TakeId, board_in_ids
from daemon.boards.living import AGAIN, Living, LivingBoards, as_job_error
from daemon.boards.made import MadeBefore
from daemon.boards.order_book import OrderBook
from daemon.boards.orders import Orders
from daemon.boards.reconcile import Known, reconcile
from daemon.boards.shown import ShownBoards
from daemon.boards.versions import Versions
from daemon.boards.wanted import Picture, job_of
from daemon.errors import JobError, SetupError, StillLookingError
from daemon.fs.moment import Moment
from daemon.plan.prepare import Preparer
from daemon.root.layout import Layout
from daemon.root.turn import is_first, let_go_first

BUDGET = 0.05
"""Seconds of dropping in one go."""

SOON = 0.05
FOLLOWED = 0.3
"""Seconds between looks while a board is being saved, or a picture made that another waits for."""


@dataclass(frozen=True, slots=True)
class ClaimedTake:
    """A claimed job of a board: its number, and the name that its picture was dropped under."""

    number: int
    name: str


Claimed = Mapping[TakeId, ClaimedTake]


@dataclass(frozen=True, slots=True)
class Hands:
    """What a keeper asks of the daemon: the claimed jobs of boards by id (None while one of them
    can't be told), to `withdraw` one that no board wants, or to `cancel` one, or a waiting file
    (`refuse`), that a person does not want; to forget a waiting file that has `left`, and to look
    at one that has `arrived`."""

    claimed: Callable[[], Claimed | None]
    withdraw: Callable[[int], None]
    cancel: Callable[[int], None]
    refuse: Callable[[Path], None]
    left: Callable[[Path], None]
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
        started: Started,
    ) -> None:
        self._layout = layout
        self._preparer = preparer
        self._living = living
        self._hands = hands
        self._interval = interval
        self._made = MadeBefore(layout)
        self._drops = Drops(layout)
        self._projects: dict[str, str] = {}
        self._shown = ShownBoards(layout)
        self._books = Bookkeeper(layout, preparer.models, self._made, started)
        self._orders = OrderBook(layout)
        self._is_obeying = self._expects = False
        self.due = 0.0
        """When to look again (monotonic)."""

    @property
    def is_done(self) -> bool:
        """Whether nothing is left of any board that could be made."""
        return not self._expects and self._living.are_done

    def stop(self) -> None:
        self._living.stop()

    def expect(self) -> None:
        """A board has come or changed: look at once, and be done with nothing before."""
        self._expects, self.due = True, 0.0

    def order(self, verb: str, pictures: Sequence[str]) -> None:
        """Remember what a person asks of pictures, which are named by their ids; it is done from
        the next look on. Raises OSError."""
        self._made.read_on()
        self._orders.add(verb, pictures, self._made.jobs)
        self.due = 0.0

    def look(self, at: Moment) -> None:
        """Do what is due. Raises OSError."""
        if at.now < self.due:
            return
        began = time.monotonic()
        self._expects = False
        self.due = at.now + self._interval
        if self._living.look(at):
            self._compare(at)
        self.due = at.now + self._pause(time.monotonic() - began)

    def _pause(self, cost: float) -> float:
        """Until the next look, after one that took `cost`, both in seconds."""
        boards = [each for each in self._living.boards.values() if not each.error]
        if self._is_obeying or any(each.is_unread or each.todo.drop for each in boards):
            return SOON
        soon = any(each.is_changing or (each.todo.held and each.todo.under_way) for each in boards)
        return max(min(self._interval, FOLLOWED) if soon else self._interval, 5 * cost)

    def _compare(self, at: Moment) -> None:
        """Drop what is missing, stop what nobody wants, for as long as `BUDGET` allows."""
        claimed = self._hands.claimed()
        if claimed is None:
            return
        self._made.read_on()
        end = time.monotonic() + BUDGET
        self._is_obeying = False
        for living in self._living.boards.values():
            if living.board is not None and living.pictures is not None:
                self._shown.tell(living.project, living.board, living.place.folder, living.pictures)
                self._one(living, living.board, living.pictures, claimed, end, at)
        self._shown.only({each.project for each in self._living.boards.values()})
        self._books.forget_others(self._living.boards)
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
        self._projects[name] = living.project
        waiting = dict(self._drops.waiting(living.project))
        ours = {one: made for one, made in self._made.jobs.items() if one.board == name}
        held = {one: job for one, job in claimed.items() if one.board == name}
        orders = self._orders.of(name, ours, pictures)
        wanted = [each.wanted for each in pictures.values()]
        known = _known(name, ours, waiting, held, orders)
        living.todo = todo = reconcile(wanted, known, paused=living.place.is_paused)
        withdrawn, stopped = frozenset(todo.withdraw), frozenset(todo.cancel)
        for one, path in waiting.items():
            if str(one) in withdrawn:
                self._withdraw(path)
        for one, job in held.items():
            if str(one) in stopped:
                self._hands.withdraw(job.number)
        self._obey(orders, waiting, held, end)
        names = {one: made.name for one, made in ours.items()}
        names |= {one: path.stem for one, path in waiting.items()}
        names |= {one: job.name for one, job in held.items()}
        versions = Versions(names)
        shown = {
            one: versions.name(one, each.shot.id, each.take.name) for one, each in pictures.items()
        }
        missing = set(todo.drop)
        due = [one for one in pictures if str(one) in missing]
        for one in sorted(due, key=lambda one: str(one) not in orders.first):
            if time.monotonic() < end and at.now >= living.faults.get(one, 0.0):
                self._drop(living, board, pictures[one], *shown[one], orders, at)
        names = {one: name for one, (name, _) in shown.items()}
        self._books.keep(living.place, living.read, board, pictures, names)

    def _obey(
        self, orders: Orders, waiting: Mapping[TakeId, Path], held: Claimed, end: float
    ) -> None:
        """Cancel what a person has cancelled, and let go first what is to, until `end`."""
        for one, job in held.items():
            if str(one) in orders.cancelled:
                self._hands.cancel(job.number)
        for one, path in waiting.items():
            is_cancelled, goes_first = str(one) in orders.cancelled, str(one) in orders.first
            if not (is_cancelled or goes_first) or not path.exists():
                continue
            if time.monotonic() >= end:
                self._is_obeying = True
                return
            if is_cancelled:
                self._hands.refuse(path)
            elif not is_first(self._layout, path):
                self._hands.arrived(let_go_first(self._layout, path))
                self._hands.left(path)

    def _drop(
        self,
        living: Living,
        board: Board,
        picture: Picture,
        name: str,
        version: int,
        orders: Orders,
        at: Moment,
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
        block = {**job, "id": str(picture.id), "name": name, "board": about}
        parent, first = orders.again.get(str(picture.id)), str(picture.id) in orders.first
        if parent is not None:
            self._drops.clear(self._made.jobs[picture.id].image)
        path = self._drops.drop(living.project, name, block, parent=parent, first=first)
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
        self._hands.left(path)

    def _orphans(self, claimed: Claimed, names: set[str]) -> None:
        """Stop the jobs of boards that are no longer there, none of `names`."""
        for one, job in claimed.items():
            if one.board not in names:
                self._hands.withdraw(job.number)
        gone = {one.board for one in (*self._made.jobs, *claimed)} | self._projects.keys()
        for board in gone - names:
            for one, path in list(self._drops.waiting(self._projects.pop(board, board))):
                if one.board == board:
                    self._withdraw(path)


def _known(
    board: str,
    made: Mapping[TakeId, Made],
    waiting: Mapping[TakeId, Path],
    claimed: Claimed,
    orders: Orders,
) -> dict[str, Known]:
    """What there is of the pictures of a board, by what a person has asked of them."""
    known = {
        str(one): each.state for one, each in made.items() if orders.again.get(str(one)) != each.job
    }
    for one in orders.cancelled:
        if known.get(one, Known.WITHDRAWN) is Known.WITHDRAWN:
            known[one] = Known.CANCELLED
    known |= {str(one): Known.WAITING for one in waiting if one.board == board}
    return known | {str(one): Known.CLAIMED for one in claimed}

"""What there is of a board's pictures, compared with what it wants: what is to be done about each.

Reads nothing, but for where a waiting file lies; does nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from daemon.boards.asked import MOST_ACTS, Spent, WaitingJob
from daemon.boards.drops import Stamp
from daemon.boards.ends import Made, id_parts
from daemon.boards.key import TakeId
from daemon.boards.orders import CANCEL, FIRST, RETRY, Orders
from daemon.boards.reconcile import Difference, Known, reconcile
from daemon.boards.wanted import Picture
from daemon.root.layout import Layout
from daemon.root.turn import is_first

Waiting = Mapping[TakeId, tuple[Path, Stamp]]


@dataclass(frozen=True, slots=True)
class Compared:
    """`todo`, in ids; what of it are `waiting` files to be taken back, and by a person's `orders`
    (those that hold; others are `spent`) to `refuse` or to `hurry`, and ids of claimed jobs to
    `cancel`. `names` are the names that pictures have got."""

    todo: Difference
    waiting: Waiting
    orders: Orders
    withdraw: tuple[WaitingJob, ...]
    refuse: tuple[WaitingJob, ...]
    hurry: tuple[WaitingJob, ...]
    cancel: tuple[str, ...]
    spent: tuple[Spent, ...]
    names: Mapping[TakeId, str]

    @property
    def is_long(self) -> bool:
        """Whether there is more of it than one answer tells."""
        return max(map(len, (self.withdraw, self.refuse, self.hurry))) > MOST_ACTS


def compare(
    layout: Layout,
    pictures: Mapping[TakeId, Picture],
    made: Mapping[TakeId, Made],
    waiting: Waiting,
    claimed: Mapping[TakeId, str],
    orders: Orders,
    *,
    paused: bool,
) -> Compared:
    """Of the `pictures` that one board wants, against what was `made` of it, what is `waiting` and
    what is `claimed` (by name), and what a person has ordered."""
    lacking = frozenset(each.id.shot for each in pictures.values() if each.lack)
    held = _still(orders, pictures, made, lacking) if not orders.is_empty else orders
    known = _known(made, waiting, claimed, held)
    spared = [str(one) for one in (*waiting, *claimed) if one.shot in lacking]
    wanted = [each.wanted for each in pictures.values()]
    todo = reconcile(wanted, known, paused=paused, spared=spared)
    withdrawn = frozenset(todo.withdraw)
    asked = {one: place for one, place in waiting.items() if str(one) not in withdrawn}
    refused = {one: place for one, place in asked.items() if str(one) in held.cancelled}
    hurried = {
        one: place
        for one, place in asked.items()
        if str(one) in held.first and one not in refused and not is_first(layout, place[0])
    }
    gone = {one: place for one, place in waiting.items() if str(one) in withdrawn}
    return Compared(
        todo=todo,
        waiting=waiting,
        orders=held,
        withdraw=_files(layout, gone),
        refuse=_files(layout, refused),
        hurry=_files(layout, hurried),
        cancel=tuple(str(one) for one in claimed if str(one) in held.cancelled),
        spent=tuple(_spent(orders, held)),
        names={one: each.name for one, each in made.items()}
        | {one: path.stem for one, (path, _) in waiting.items()}
        | dict(claimed),
    )


def _still(
    orders: Orders,
    pictures: Iterable[TakeId],
    made: Mapping[TakeId, Made],
    lacking: Collection[str],
) -> Orders:
    """Those that hold; of shots that are `lacking` something all, since it can't be told now."""
    ended = {str(one): each.job for one, each in made.items()}
    given = {*orders.cancelled, *orders.first, *orders.again} if lacking else ()
    spared = {one for one in given if (parts := id_parts(one)) and parts[1] in lacking}
    return orders.still(ended, {*map(str, pictures), *spared})


def _known(
    made: Mapping[TakeId, Made], waiting: Waiting, claimed: Iterable[TakeId], orders: Orders
) -> dict[str, Known]:
    """What there is of the pictures of a board, by what a person has asked of them."""
    known = {
        str(one): each.state for one, each in made.items() if orders.again.get(str(one)) != each.job
    }
    for one in orders.cancelled:
        if known.get(one, Known.WITHDRAWN) is Known.WITHDRAWN:
            known[one] = Known.CANCELLED
    known |= {str(one): Known.WAITING for one in waiting}
    return known | {str(one): Known.CLAIMED for one in claimed}


def _files(layout: Layout, found: Waiting) -> tuple[WaitingJob, ...]:
    return tuple(
        WaitingJob(str(one), path.relative_to(layout.inbox).as_posix(), looks)
        for one, (path, looks) in found.items()
    )


def _spent(orders: Orders, held: Orders) -> Iterable[Spent]:
    for verb, before, now in (
        (CANCEL, orders.cancelled, held.cancelled),
        (FIRST, orders.first, held.first),
        (RETRY, orders.again, held.again),
    ):
        for one, job in before.items():
            if one not in now:
                yield Spent(verb, one, job)

"""Orders about pictures of boards, given to a running daemon, or written down for the next one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from daemon.boards.account import Account
from daemon.boards.orders import read_orders, write_orders
from daemon.boards.progress import Stage, TakeNow, board_in_ids_of, ended_jobs
from daemon.cli.board_words import Chosen
from daemon.errors import NoDaemonError, SetupError
from daemon.root import commands
from daemon.root.commands import Order
from daemon.root.layout import Layout
from daemon.root.lock import RootLock, is_held
from daemon.text.counted import counted

PATIENCE = 10.0
"""Seconds a running daemon gets to answer."""

AT_ONCE = 500
"""Pictures of one order; a thousand shots are several."""


def give(layout: Layout, what: str, chosen: Chosen, takes: Sequence[TakeNow]) -> None:
    """Ask `what`, a verb of `orders`, of these pictures of a board. Raises NoDaemonError,
    SetupError, OSError."""
    assert chosen.board.progress is not None
    if is_held(layout.lock_file):
        ids = [each.take.id for each in takes]
        jobs = ended_jobs(layout, chosen.board.progress.account)
        for start in range(0, len(ids), AT_ONCE):
            some = tuple(ids[start : start + AT_ONCE])
            _ask(layout, Order(what, some, tuple(jobs.get(one, 0) for one in some)))
        return
    with held_briefly(layout):
        write_down(layout, what, chosen.board.progress.account, takes)


def write_down(layout: Layout, what: str, account: Account, takes: Sequence[TakeNow]) -> None:
    """For the next daemon; the caller holds the root's lock. Raises OSError."""
    board, ids = board_in_ids_of(account), [each.take.id for each in takes]
    orders = read_orders(layout, board).with_order(what, ids, ended_jobs(layout, account))
    write_orders(layout, board, orders)


@contextmanager
def held_briefly(layout: Layout) -> Iterator[None]:
    """No daemon runs meanwhile. Raises LockHeldError, OSError."""
    lock = RootLock(layout.lock_file, briefly=True)
    lock.take()
    try:
        yield
    finally:
        lock.release()


def _ask(layout: Layout, order: Order) -> None:
    answer = commands.answer_of(commands.ask(layout, order), patience=PATIENCE)
    if answer is None:
        raise NoDaemonError("The daemon does not answer; see `hotfolder status`.")
    if not answer.ok:
        raise SetupError(answer.why or "The daemon refused.")


def lacking(chosen: Chosen, done: str) -> str:
    """What to say of pictures that lack something, so that they can't be `done` anything to: what
    they will be is not known before that is there. "" where there are none."""
    takes = [take for take in chosen.takes if take.stage is Stage.LACKING]
    if not takes:
        return ""
    many = len(takes) > 1
    return (
        f"{pictures(len(takes))} of {chosen.label} {'lack' if many else 'lacks'} something: "
        f"{takes[0].take.lacks} {'They' if many else 'It'} can {done} once that is there."
    )


def pictures(number: int) -> str:
    """`3 pictures`, `1 picture`."""
    return counted(number, "picture")

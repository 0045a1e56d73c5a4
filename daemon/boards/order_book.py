"""The orders of a running daemon's boards: written when one comes, or holds no longer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from daemon.boards.asked import Spent
from daemon.boards.key import TakeId, id_read
from daemon.boards.orders import CANCEL, FIRST, RETRY, read_orders, write_orders
from daemon.root.layout import Layout

_FIELDS = {CANCEL: "cancelled", FIRST: "first", RETRY: "again"}


class OrderBook:
    """Of one root, by what boards are called in the ids of their pictures; the one writer while a
    daemon runs."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def add(self, verb: str, pictures: Sequence[str], ended: Sequence[int]) -> None:
        """An order about pictures, named by their ids, each with the number of its last job that
        has ended, 0 if none has. Raises OSError."""
        by_board: dict[str, list[tuple[TakeId, int]]] = {}
        for text, job in zip(pictures, ended, strict=True):
            if (one := id_read(text)) is not None:
                by_board.setdefault(one.board, []).append((one, job))
        for board, asked in by_board.items():
            jobs = {str(one): job for one, job in asked}
            orders = read_orders(self._layout, board)
            write_orders(self._layout, board, orders.with_order(verb, jobs, jobs))

    def strike(self, board: str, spent: Iterable[Spent]) -> None:
        """Take out what holds no longer, unless it was given anew since. Raises OSError."""
        orders = read_orders(self._layout, board)
        left = {field: dict(getattr(orders, field)) for field in _FIELDS.values()}
        for each in spent:
            if left[_FIELDS[each.verb]].get(each.id) == each.job:
                del left[_FIELDS[each.verb]][each.id]
        write_orders(self._layout, board, replace(orders, **left))

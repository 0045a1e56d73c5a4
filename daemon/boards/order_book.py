"""The orders of a running daemon's boards: read once, written when one comes or has been met."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from daemon.boards.ends import Made
from daemon.boards.key import TakeId, id_read
from daemon.boards.orders import Orders, read_orders, write_orders
from daemon.root.layout import Layout


class OrderBook:
    """Of one root, by what boards are called in the ids of their pictures."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._known: dict[str, Orders] = {}

    def add(self, verb: str, pictures: Sequence[str], made: Mapping[TakeId, Made]) -> None:
        """An order about pictures, named by their ids. Raises OSError."""
        by_board: dict[str, list[TakeId]] = {}
        for text in pictures:
            if (one := id_read(text)) is not None:
                by_board.setdefault(one.board, []).append(one)
        for board, ids in by_board.items():
            ended = {str(one): made[one].job for one in ids if one in made}
            self._keep(board, self._of(board).with_order(verb, map(str, ids), ended))

    def of(self, board: str, made: Mapping[TakeId, Made], wanted: Collection[TakeId]) -> Orders:
        """Those of a board that hold, of pictures that are `wanted` and made so far. Raises
        OSError."""
        orders = self._of(board)
        if orders.is_empty:
            return orders
        ended = {str(one): each.job for one, each in made.items()}
        held = orders.still(ended, frozenset(map(str, wanted)))
        if held != orders:
            self._keep(board, held)
        return held

    def _of(self, board: str) -> Orders:
        if board not in self._known:
            self._known[board] = read_orders(self._layout, board)
        return self._known[board]

    def _keep(self, board: str, orders: Orders) -> None:
        write_orders(self._layout, board, orders)
        self._known[board] = orders

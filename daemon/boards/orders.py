"""What a person has asked of pictures of a board that no file of the inbox can say.

That one is not to be made, though it has no job yet; that one goes first; that one is to be made
again, although the journal says how it ended. Kept in `.hotfolder/boards/`, one file a board, by
the ids of the pictures; written by the daemon alone, or, while none runs, by whoever holds the
root's lock. Standard library only.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from daemon.errors import SpoiledError
from daemon.fs import atomic
from daemon.root import state_files
from daemon.root.create import make_folder
from daemon.root.layout import Layout

CANCEL, RETRY, FIRST = "cancel", "retry", "first"
VERBS = (CANCEL, RETRY, FIRST)

FOLDER = "orders"


@dataclass(frozen=True, slots=True)
class Orders:
    """By id: pictures that are not to be made (`cancelled`), those that go `first`, and those that
    are made `again` however they ended. Each with the number of the picture's last job, 0 if none
    has ended: an order holds until the next one has."""

    cancelled: Mapping[str, int] = field(default_factory=dict)
    first: Mapping[str, int] = field(default_factory=dict)
    again: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.cancelled or self.first or self.again)

    def with_order(self, verb: str, ids: Iterable[str], ended: Mapping[str, int]) -> Orders:
        """With one more, of pictures whose last jobs were `ended`."""
        new = {one: ended.get(one, 0) for one in ids}
        if verb == FIRST:
            return replace(self, first={**self.first, **new})
        if verb == CANCEL:
            others = replace(self, first=_without(self.first, new), again=_without(self.again, new))
            return replace(others, cancelled={**self.cancelled, **new})
        again = {one: job for one, job in new.items() if job}
        cancelled = _without(self.cancelled, new)
        return replace(self, cancelled=cancelled, again={**self.again, **again})

    def still(self, ended: Mapping[str, int], wanted: Collection[str]) -> Orders:
        """Those that hold: of pictures that are `wanted` and of which no job has ended since."""

        def held(orders: Mapping[str, int]) -> dict[str, int]:
            return {o: j for o, j in orders.items() if o in wanted and ended.get(o, 0) == j}

        return Orders(held(self.cancelled), held(self.first), held(self.again))


NONE = Orders()


def _without(orders: Mapping[str, int], ids: Collection[str]) -> dict[str, int]:
    return {one: job for one, job in orders.items() if one not in ids}


def read_orders(layout: Layout, board: str) -> Orders:
    """Those of the board that is called so in ids. A file that is spoiled holds none."""
    try:
        body = state_files.read_json(_file(layout, board))
        return Orders(*(_checked(body, key) for key in _KEYS))
    except (OSError, SpoiledError, TypeError, KeyError, ValueError):
        return NONE


_KEYS = ("cancelled", "first", "again")


def _checked(body: object, key: str) -> dict[str, int]:
    found = body[key] if isinstance(body, dict) else None
    if not isinstance(found, dict) or not all(type(job) is int for job in found.values()):
        raise TypeError(f"{key} is none of ours")
    return found


def write_orders(layout: Layout, board: str, orders: Orders) -> None:
    """Durably. Raises OSError."""
    file = _file(layout, board)
    if orders.is_empty:
        with contextlib.suppress(FileNotFoundError):
            file.unlink()
        return
    make_folder(layout, file.parent)
    body = {"board": board, **{key: dict(getattr(orders, key)) for key in _KEYS}}
    atomic.replace(file, json.dumps(body, indent=1).encode("ascii"), mode=0o600)


def _file(layout: Layout, board: str) -> Path:
    name = hashlib.sha256(os.fsencode(board)).hexdigest()[:32]
    return layout.state / FOLDER / f"{name}.json"

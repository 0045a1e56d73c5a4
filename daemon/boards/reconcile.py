"""What is to be done for a board: which pictures it wants, against what is known of each.

Pure: a comparison that remembers nothing, so that after a crash it says the same.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


class Known(enum.Enum):
    """What there is of a picture. WITHDRAWN: its job was ended because the board no longer asked
    for it, which does not count as an answer when it asks again."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"


_UNDER_WAY = (Known.WAITING, Known.CLAIMED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture a board asks for, by its `id`; `follows` is the `id` of the one it needs first. One
    that `is_lacking` can't be made now."""

    id: str
    follows: str | None = None
    is_lacking: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """Ids, in the board's order: jobs to `drop`, waiting ones to `withdraw`, claimed ones to
    `cancel`; wanted pictures that wait for another or lack something (`held`), that are
    `under_way`, `done`, or not to be made because they `failed` or were cancelled by a person."""

    drop: tuple[str, ...] = ()
    withdraw: tuple[str, ...] = ()
    cancel: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    under_way: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


def reconcile(
    wanted: Sequence[Wanted],
    known: Mapping[str, Known],
    *,
    paused: bool = False,
    spared: Collection[str] = (),
) -> Difference:
    """What is missing is dropped once, what nobody wants any more is stopped, and nothing else is
    touched: a picture that was made is not made again, one that failed is not tried again. A paused
    board drops nothing and takes back what waits. Of `spared` ids it can't be told now whether they
    are wanted: they go on."""
    asked = {one.id: one for one in wanted}
    kept = asked.keys() | set(spared)
    waiting = [name for name, state in known.items() if state is Known.WAITING]
    claimed = [name for name, state in known.items() if state is Known.CLAIMED]
    missing = [
        one for one in asked.values() if known.get(one.id, Known.WITHDRAWN) is Known.WITHDRAWN
    ]
    free = [one.id for one in missing if not paused and _is_free(one, known)]
    dropped = set(free)
    return Difference(
        drop=tuple(free),
        withdraw=tuple(name for name in waiting if paused or name not in kept),
        cancel=tuple(name for name in claimed if name not in kept),
        held=tuple(one.id for one in missing if one.id not in dropped),
        under_way=tuple(name for name in asked if known.get(name) in _UNDER_WAY),
        done=tuple(name for name in asked if known.get(name) is Known.DONE),
        failed=tuple(name for name in asked if known.get(name) in (Known.FAILED, Known.CANCELLED)),
    )


def _is_free(one: Wanted, known: Mapping[str, Known]) -> bool:
    if one.is_lacking:
        return False
    return one.follows is None or known.get(one.follows) is Known.DONE

"""What the supervisor and its bridge to other machines say to each other, one JSON object a line.

The bridge is one process, whatever the number of machines. A place is where a worker may live on
one of them, by a name; a worker there has a serial number like any other, and what it is told and
says are the messages of `messages`, as they are. Bytes of pictures never cross.
"""

from __future__ import annotations

import typing
from dataclasses import dataclass

from daemon.protocol.codec import from_line, to_line

# --- down -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SlotOpen:
    """Have a worker of this engine at `place`; its `Load` comes next."""

    serial: int
    place: str
    engine: str


@dataclass(frozen=True, slots=True)
class SlotTell:
    """A command for that worker, as a line of the wire."""

    serial: int
    line: str


@dataclass(frozen=True, slots=True)
class SlotKill:
    """End it now; its end is told."""

    serial: int


@dataclass(frozen=True, slots=True)
class SlotClose:
    """Let it go; nothing more is told of it. `warm`: its model stays loaded for who comes next."""

    serial: int
    warm: bool = False


# --- up -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SlotTold:
    """An event of that worker, as a line of the wire."""

    serial: int
    line: str


@dataclass(frozen=True, slots=True)
class SlotPrinted:
    """A line that a library printed there."""

    serial: int
    line: str


@dataclass(frozen=True, slots=True)
class SlotGone:
    """That worker has ended; `lost`: it can't be reached, or was never begun, which says nothing of
    its pictures. `lacks` are weights, by their path on the daemon's machine, that are not there."""

    serial: int
    code: int
    words: str
    lost: bool = False
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class PlaceJoined:
    """A place can be used. `remark` says what of its versions is not as here; `matches`: nothing
    that could change pixels."""

    place: str
    remark: str = ""
    matches: bool = True


@dataclass(frozen=True, slots=True)
class PlaceLeft:
    """It can't be, for `reason`."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class ClusterTrouble:
    """Why no machine can be reached at all; empty once they can."""

    text: str


@dataclass(frozen=True, slots=True)
class BridgeAlive:
    """Nothing is new; said every `BEAT` seconds."""


BEAT = 1.0

Down = SlotOpen | SlotTell | SlotKill | SlotClose
Up = SlotTold | SlotPrinted | SlotGone | PlaceJoined | PlaceLeft | ClusterTrouble | BridgeAlive
Membership = PlaceJoined | PlaceLeft | ClusterTrouble

_KINDS: dict[str, type] = {
    kind.__name__: kind for kind in (*typing.get_args(Down), *typing.get_args(Up))
}


def encode(message: Down | Up) -> bytes:
    """One line, ending in a newline, ASCII only."""
    return to_line(message)


def decode(line: bytes) -> Down | Up:
    """The message in `line`; raises WireError if it is none of ours."""
    return typing.cast("Down | Up", from_line(line, _KINDS))

"""What the process that reads boards is asked, and what it answers, as one JSON object each.

Plain values, each answer bounded: what does not fit in one is told when it is asked again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from daemon.protocol.codec import build

READ, COMPARE, SWEEP = "read", "compare", "sweep"
"""The verbs: read a board; compare what it wants with what there is; forget boards that are no
more, and find what waits for them."""

MOST_DROPS, MOST_BYTES = 64, 2_000_000
"""Jobs in one answer, and the bytes of all of them, after which no more are made."""

MOST_ACTS = 500
"""Waiting files of one kind in one answer."""


@dataclass(frozen=True, slots=True)
class ClaimedAs:
    """A claimed job of a board: the `id` it bears, and the name its picture was dropped under."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Question:
    """READ: the board in boards/`folder`/`file`. COMPARE: that which was read when its files looked
    as `looks` says, with the `claimed` jobs there are, for as many jobs as there is `room`; what it
    lacked is looked for `again`. SWEEP:
    all there is are `folders`, which are called `names` in ids; `left` are the projects, by such a
    name, of boards that were there a moment ago."""

    verb: str
    folder: str = ""
    file: str = ""
    looks: str = ""
    is_paused: bool = False
    claimed: tuple[ClaimedAs, ...] = ()
    room: int = 0
    again: bool = False
    folders: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    left: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> bytes:
        return json.dumps(asdict(self)).encode("ascii")

    @classmethod
    def from_json(cls, data: bytes) -> Question:
        return build(cls, json.loads(data))


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a board can't be read or a picture of it made: the `letter` beside it, and `said` of it
    in a line. `is_gone`: its file is not there, since it is being saved; `is_final`: there is no
    use in asking again before it is saved."""

    letter: str = ""
    said: str = ""
    is_gone: bool = False
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class WaitingJob:
    """A job of a board in the inbox: the `id` it bears, where it lies there, and how it looked."""

    id: str
    path: str
    stamp: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to be dropped as `name`: `body` is its file. `parent` is the job it is made again
    after, `clear` the picture of that (below the outbox); it `goes_first` if a person said so."""

    id: str
    name: str
    body: str
    parent: int | None = None
    clear: str = ""
    goes_first: bool = False


@dataclass(frozen=True, slots=True)
class Spent:
    """An order (a verb of `orders`) about a picture that no longer holds, given when `job` was its
    last."""

    verb: str
    id: str
    job: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found of the board called so, whose pictures go to outbox/`project`.

    `is_unread`: it must be read first; `is_looking`: ask again in a moment; `wrong`: it is no good;
    `fault`: some of its pictures can't be made now. `loras` are the files it wears. `missing`
    counts the pictures that are to be dropped besides those in `drops`, and can be made; `waiting`
    those in the inbox.
    `withdraw` and `stop` (ids of claimed jobs) are what nobody wants any more; `refuse`, `cancel`
    what a person has cancelled, `hurry` what is to go first; `more` of these are left for the next
    answer. Of the journal all up to `place` of the file `inode` is counted in. `trouble` is what
    the disk refused (errno, words, file)."""

    board: str = ""
    project: str = ""
    pictures: int = 0
    warnings: tuple[str, ...] = ()
    wrong: Wrong | None = None
    fault: Wrong | None = None
    is_unread: bool = False
    is_looking: bool = False
    loras: tuple[str, ...] = ()
    missing: int = 0
    held: int = 0
    under_way: int = 0
    waiting: int = 0
    drops: tuple[NewJob, ...] = ()
    withdraw: tuple[WaitingJob, ...] = ()
    refuse: tuple[WaitingJob, ...] = ()
    hurry: tuple[WaitingJob, ...] = ()
    stop: tuple[str, ...] = ()
    cancel: tuple[str, ...] = ()
    spent: tuple[Spent, ...] = ()
    more: bool = False
    inode: int = -1
    place: int = 0
    trouble: tuple[int | str, ...] = ()

    def to_json(self) -> bytes:
        return json.dumps(asdict(self)).encode("ascii")

    @classmethod
    def from_json(cls, data: bytes) -> Answer:
        return build(cls, json.loads(data))

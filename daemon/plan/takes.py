"""What one more take of a picture is called: as the picture, with the next number that is free.

A board's picture says in its record which take of how many it is, so that its name can be told from
that of its shot. Pure: which names are taken comes in as a question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple, TypeGuard

from daemon.errors import JobError
from daemon.fs.naming import first_free
from daemon.jobfile.job import Job
from daemon.plan.output_names import output_name, shot_name

TAKE, TAKES, KEY = "take", "takes", "key"
"""Of what a record says of its board: which take of its row, how many the board asked for then,
and the key by which the board knows the picture for its own."""

MOST: Final = 1_000_000


def another_take(job: Job, stem: str) -> Job:
    """The job of one more take of the picture that `job` makes, which lay there as `stem`: none
    that the board has asked for, and still without a number."""
    name, said = job.name or stem, job.board
    if not _is_of_board(said):
        return replace(job, name=name or None)
    board = {key: value for key, value in said.items() if key != KEY}
    last = max(_number(board.get(TAKE)), _number(board.get(TAKES)), 1)
    return replace(
        job, name=without_take(name, board) or None, board={**board, TAKE: None, TAKES: last}
    )


def without_take(name: str, board: Mapping[str, object]) -> str:
    """`name`, that of a picture of which its record says so much of its `board`, without the take's
    number: 060-2 is 060, and so is 060."""
    head, take = output_name(shot_name(str(board.get("shot")))), _number(board.get(TAKE))
    version, row = _number(board.get("version")), board.get("row")
    whole = f"{head}-v{version}" if version > 1 else head
    whole = output_name(f"{whole}-{row}") if row else whole
    if name == whole or not name.startswith(head):
        return name
    if isinstance(row, str) and name.startswith(f"{whole}-"):  # older records say no row
        return whole if name[len(whole) + 1 :].isdecimal() else name
    is_numbered = take and name[len(head) :].endswith(f"-{take}")
    return name.removesuffix(f"-{take}") if is_numbered else name


class Take(NamedTuple):
    """A board's picture as it is called now: where it goes in the outbox, and what its record says
    of its name and of its board."""

    output: str
    name: str
    board: Mapping[str, object]


def take_of(job: Job, name: str, project: str, taken: Callable[[str], bool]) -> Take | None:
    """What the one picture of a board's `job`, called `name`, is called where names may be taken;
    None for one that is named as all others are. Raises JobError."""
    board = job.board
    if not _is_of_board(board) or job.pictures != 1:
        return None
    prefix = f"{project}/" if project else ""
    is_more = board.get(TAKE) is None
    if not is_more and (job.id is None or not taken(prefix + name)):
        return None  # made again as it was, or free
    base = name if is_more else without_take(name, board)
    last = max(_number(board.get(TAKE)), _number(board.get(TAKES)), 1)
    step = first_free(lambda step: not taken(f"{prefix}{base}-{last + step}"))
    if step is None:
        raise JobError(f"There are too many takes of {base}.", remedy="Move some out of outbox/.")
    called = f"{base}-{last + step}"
    return Take(prefix + called, called, {**board, TAKE: last + step} if is_more else board)


def _is_of_board(board: Mapping[str, object] | None) -> TypeGuard[Mapping[str, object]]:
    return board is not None and isinstance(board.get("shot"), str)


def _number(value: object) -> int:
    return value if type(value) is int and 0 < value < MOST else 0

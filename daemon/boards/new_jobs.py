"""The jobs that make what a board lacks, as files to be dropped: as many as one answer holds.

Plans a picture only when its job is to be dropped. Drops nothing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from daemon.boards.asked import MOST_BYTES, MOST_DROPS, NewJob
from daemon.boards.board import Board
from daemon.boards.drops import body_of
from daemon.boards.ends import Made
from daemon.boards.key import TakeId
from daemon.boards.lacking import Lack
from daemon.boards.letters import as_job_error
from daemon.boards.made import MadeBefore
from daemon.boards.orders import Orders
from daemon.boards.wanted import Picture, job_of
from daemon.errors import JobError, SetupError, StillLookingError
from daemon.plan.prepare import Preparer
from daemon.root.layout import Layout

AT_ONCE = 0.3
"""Seconds of making jobs for one answer."""

AGAIN = 5.0
"""Seconds until a picture of which no job can be made is asked for again."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Of this picture no job could be made; it is asked for again from `until` on (monotonic)."""

    lack: Lack
    until: float


@dataclass(frozen=True, slots=True)
class MadeJobs:
    """`is_cut`: there are more, for another answer."""

    jobs: tuple[NewJob, ...]
    is_cut: bool


class JobMaker:
    """Makes the jobs of one root's boards, by what was `made` before."""

    def __init__(self, layout: Layout, preparer: Preparer, made: MadeBefore) -> None:
        self._layout = layout
        self._preparer = preparer
        self._made = made

    def jobs(
        self,
        board: Board,
        folder: Path,
        due: Mapping[TakeId, Picture],
        names: Mapping[TakeId, tuple[str, int]],
        orders: Orders,
        faults: dict[TakeId, Fault],
        room: int,
    ) -> MadeJobs:
        """Of the pictures that are `due`, what a person wants first before all others, and for that
        there is always room for some; those in `faults`, which gains those that can't be made, not
        before the time that is given there."""
        end, size = time.monotonic() + AT_ONCE, 0
        found: list[NewJob] = []
        first = [one for one in due if str(one) in orders.first]
        others = [one for one in due if str(one) not in orders.first]
        wanted = [*first, *others[: max(0, room - len(first))]]
        for one in wanted:
            now = time.monotonic()
            if now >= end or len(found) >= MOST_DROPS or size >= MOST_BYTES:
                return MadeJobs(tuple(found), is_cut=True)
            if one in faults and now < faults[one].until:
                continue
            try:
                job = self._job(board, folder, due[one], *names[one], orders)
            except StillLookingError:  # pictures are looked at one after the other
                return MadeJobs(tuple(found), is_cut=True)
            except (JobError, SetupError) as error:
                lack = Lack(due[one].shot.id, as_job_error(error))
                faults[one] = Fault(lack, now + AGAIN)
                continue
            faults.pop(one, None)
            found.append(job)
            size += len(job.body)
        return MadeJobs(tuple(found), is_cut=False)

    def _job(
        self, board: Board, folder: Path, picture: Picture, name: str, version: int, orders: Orders
    ) -> NewJob:
        """Raises what `job_of` raises."""
        made = self._made.of(picture.id.board)
        block, about = job_of(
            picture, board.name, name, version, folder, self._preparer,
            followed=self._followed(picture, made),
        )  # fmt: skip
        one = str(picture.id)
        parent = orders.again.get(one)
        return NewJob(
            id=one,
            name=name,
            body=body_of({**block, "id": one, "name": name, "board": about}),
            parent=parent,
            clear=made[picture.id].image if parent is not None else "",
            goes_first=one in orders.first,
        )

    def _followed(self, picture: Picture, made: Mapping[TakeId, Made]) -> tuple[str, str] | None:
        """(name, sha256) of the picture it follows, kept. Raises JobError where it is gone."""
        if picture.follows is None:
            return None
        image = made[picture.follows].image
        sha256 = self._preparer.keep(self._layout.outbox / image)
        return Path(image).name, sha256

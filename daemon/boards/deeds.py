"""What a comparison asks of the daemon, done a little at a time, each thing looked at again first.

A comparison is made in another process, and is some moments old when it is heard: meanwhile a file
may have been claimed, edited or taken away. Compares nothing itself.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from daemon.boards.asked import Answer, NewJob, WaitingJob
from daemon.boards.drops import Drops, stamp_of
from daemon.boards.key import TakeId
from daemon.boards.made import EndedSince
from daemon.root.layout import Layout
from daemon.root.turn import is_first, let_go_first


@dataclass(frozen=True, slots=True)
class ClaimedTake:
    """A claimed job of a board: its number, and the name that its picture was dropped under."""

    number: int
    name: str


Claimed = Mapping[TakeId, ClaimedTake]


@dataclass(frozen=True, slots=True)
class Hands:
    """What a keeper asks of the daemon: the claimed jobs of boards by id (None while one of them
    can't be told), to `withdraw` one that no board wants, or to `cancel` one, or a waiting file
    (`refuse`), that a person does not want; to forget a waiting file that has `left`, and to look
    at one that has `arrived`."""

    claimed: Callable[[], Claimed | None]
    withdraw: Callable[[int], None]
    cancel: Callable[[int], None]
    refuse: Callable[[Path], None]
    left: Callable[[Path], None]
    arrived: Callable[[Path], None]


class Deeds:
    """What is to be done of one answer; `BUDGET` at a time. Raises OSError where the disk refuses,
    and goes on with the same thing."""

    def __init__(self, layout: Layout, hands: Hands) -> None:
        self._layout = layout
        self._hands = hands
        self._drops = Drops(layout)
        self._swept: set[str] = set()
        self._left: deque[Callable[[], None]] = deque()
        self._ended: EndedSince | None = None
        self._gave_up = False

    @property
    def are_left(self) -> bool:
        return bool(self._left)

    def take(self, project: str, answer: Answer) -> None:
        """Do what an answer about the board of this project says, or one about all of them ("").
        What was left of the one before is done, or given up: nothing is lost by that."""
        self._left.clear()
        self._ended = EndedSince(self._layout, answer.inode, answer.place)
        self._stop(answer)
        self._left += [partial(self._withdraw, job) for job in answer.withdraw]
        self._left += [partial(self._refuse, job) for job in answer.refuse]
        self._left += [partial(self._hurry, job) for job in answer.hurry]
        if project and project not in self._swept:
            self._left.append(partial(self._sweep, project))
        self._left += [partial(self._drop, project, job) for job in answer.drops]

    def have_given_up(self) -> bool:
        """Whether something was left undone since this was asked last, because it was no longer as
        it was: it is to be compared again."""
        gave_up, self._gave_up = self._gave_up, False
        return gave_up

    def go_on(self, budget: float) -> None:
        """Do what is left, for about so many seconds. Raises OSError."""
        end = time.monotonic() + budget
        while self._left and time.monotonic() < end:
            self._left[0]()
            if self._left:  # what it did may have made all of it void
                self._left.popleft()

    # --- inside -------------------------------------------------------------------------------

    def _stop(self, answer: Answer) -> None:
        """Claimed jobs, as far as they still are."""
        if not answer.stop and not answer.cancel:
            return
        claimed = self._hands.claimed()
        self._gave_up |= claimed is None
        numbers = {str(one): each.number for one, each in (claimed or {}).items()}
        for one in answer.stop:
            if one in numbers:
                self._hands.withdraw(numbers[one])
        for one in answer.cancel:
            if one in numbers:
                self._hands.cancel(numbers[one])

    def _sweep(self, project: str) -> None:
        self._drops.sweep(project)
        self._swept.add(project)

    def _withdraw(self, job: WaitingJob) -> None:
        path = self._layout.inbox / job.path
        if self._is_as_seen(path, job):
            path.unlink(missing_ok=True)
            self._hands.left(path)

    def _refuse(self, job: WaitingJob) -> None:
        path = self._layout.inbox / job.path
        if self._is_as_seen(path, job):
            self._hands.refuse(path)

    def _hurry(self, job: WaitingJob) -> None:
        path = self._layout.inbox / job.path
        if self._is_as_seen(path, job) and not is_first(self._layout, path):
            self._hands.arrived(let_go_first(self._layout, path))
            self._hands.left(path)

    def _drop(self, project: str, job: NewJob) -> None:
        """Unless it is there by now: it is claimed, it has ended since, or it waits again."""
        claimed = self._hands.claimed()
        ended = self._ended.ids() if self._ended is not None else None
        if claimed is None or ended is None:
            self._left.clear()
            self._gave_up = True
            return
        is_claimed = any(str(one) == job.id for one in claimed)
        if is_claimed or job.id in ended or self._drops.holds(project, job.name, job.id):
            return
        if job.parent is not None:
            self._drops.clear(job.clear)
        path = self._drops.drop(
            project, job.name, job.body, parent=job.parent, first=job.goes_first
        )
        self._hands.arrived(path)

    def _is_as_seen(self, path: Path, job: WaitingJob) -> bool:
        """Whether it is still the file that was looked at."""
        try:
            if stamp_of(path) == job.stamp:
                return True
        except FileNotFoundError:
            return False
        self._gave_up = True
        return False

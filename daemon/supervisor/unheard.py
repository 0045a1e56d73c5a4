"""What follows where a fault of our own kept an event of a worker from being heard, which is said
once and never again: no picture is lost over it, and nothing waits for ever.

Knows no event's meaning but whether it was the end of a picture, or of a worker.
"""

from __future__ import annotations

from dataclasses import dataclass

from daemon.errors import fault, our_fault
from daemon.fs.moment import Moment
from daemon.jobs.claimed_job import End
from daemon.jobs.jobs import Jobs
from daemon.protocol.messages import (
    Cancelled,
    Ready,
    Rendered,
    RenderFailed,
    Started,
    Step,
    Unloadable,
)
from daemon.protocol.outcome import Outcome
from daemon.protocol.places import Membership
from daemon.worker.lifecycle import WorkerSlot
from daemon.worker.pool import WorkerPool
from daemon.worker.process import Gone, Told
from daemon.worker.slot_state import SlotState

OfWorkers = Told | Gone | Membership


@dataclass(frozen=True, slots=True)
class About:
    """The `slot` whose worker tells something, and of a dead one the jobs that it had `begun`."""

    slot: WorkerSlot | None
    begun: frozenset[int]


class Unheard:
    """Of one pool and its jobs; `progress` has the pictures that were begun."""

    def __init__(
        self, pool: WorkerPool, jobs: Jobs, progress: dict[tuple[int, int], Step | Started]
    ) -> None:
        self._pool = pool
        self._jobs = jobs
        self._progress = progress

    def about(self, item: object) -> About:
        """What an item is about, as long as it is unheard."""
        slot = self._pool.slot_of(item.serial) if isinstance(item, Told | Gone) else None
        held = slot.hand.held if slot is not None and isinstance(item, Gone) else ()
        return About(slot, frozenset(each.job for each in held if each.started))

    def settle(self, item: OfWorkers, about: About, error: Exception, at: Moment) -> None:
        """Go on after `error`, met while `item` was heard."""
        slot = about.slot
        match item:
            case Told(event=Rendered() | RenderFailed() | Cancelled() as event):
                if slot is not None:
                    slot.returned(event.job, event.index, at)
                self._fail(event.job, error)
            case Told(event=Ready() | Unloadable()) | Gone() if slot is not None:
                self._let_go(slot, error, at, is_dead=isinstance(item, Gone))
        self._take_back()
        self._blame(about.begun, error)

    def _fail(self, number: int, error: Exception) -> None:
        self._jobs.cancel(number, End(Outcome.FAILED, our_fault(error)))
        self._pool.cancel(number)

    def _let_go(self, slot: WorkerSlot, error: Exception, at: Moment, *, is_dead: bool) -> None:
        """Another worker takes over, in a while: what it says first would be unheard as well."""
        is_known = is_dead and not slot.is_alive
        if slot.is_alive:
            slot.release()
        if not is_known and slot.state in (SlotState.ABSENT, SlotState.BACKOFF):
            slot.block(f"Hotfolder has a fault of its own: {fault(error)}", at)

    def _take_back(self) -> None:
        """The pictures that jobs believe to be in hand and no worker has are to be made again."""
        held = {(each.job, each.index) for slot in self._pool.slots for each in slot.hand.held}
        for number, job in self._jobs.active.items():
            for index in {one for one in job.in_hand if (number, one) not in held}:
                self._progress.pop((number, index), None)
                self._jobs.take_back(job, index, lost=True)

    def _blame(self, begun: frozenset[int], error: Exception) -> None:
        """Whoever had a dead worker to itself would kill the next one; of several each is made
        alone from now on, which tells."""
        active = self._jobs.active
        for number in begun & active.keys():
            if len(begun) == 1:
                self._fail(number, error)
            else:
                active[number].tries.alone = True

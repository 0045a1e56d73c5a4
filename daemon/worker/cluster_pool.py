"""The pool of a root that has a cluster: this machine's slots, and those of others as they come.

A place on another machine keeps its slot, by its name, for as long as the daemon runs: while the
machine is away the slot is blocked and says so. What a lost worker had in hand is made again
elsewhere, and no job is blamed for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from daemon.fs.moment import Moment
from daemon.models.catalogue import Card
from daemon.protocol.made_with import MadeWith
from daemon.protocol.messages import Ready
from daemon.protocol.places import ClusterTrouble, Membership, PlaceJoined
from daemon.protocol.render import Render
from daemon.worker.hand import InHand
from daemon.worker.lifecycle import WorkerSlot
from daemon.worker.places import MOST, RETRY_LOST, Places
from daemon.worker.pool import Add, WorkerPool
from daemon.worker.process import Gone
from daemon.worker.slot_state import AWAY, OUT, SlotState
from daemon.worker.starts import WorkerStarts
from daemon.worker.trials import Trials

HOPE = 10.0
"""Seconds that machines get to be heard of before it is said that none is there."""


class ClusterPool(WorkerPool):
    """`places` are those of other machines; `add_place` makes the slot of one by its name."""

    def __init__(
        self,
        slots: Sequence[WorkerSlot],
        starts: WorkerStarts | None,
        trials: Trials,
        add: Add | None,
        *,
        places: Places,
        add_place: Add,
    ) -> None:
        super().__init__(slots, starts, trials, add)
        self._places = places
        self._add_place = add_place
        self._now = 0.0
        self._hoping_until: float | None = None

    # --- machines come and go -------------------------------------------------------------------

    def heard(self, told: Membership, at: Moment) -> list[InHand]:
        if isinstance(told, ClusterTrouble):
            self._places.trouble = told.text
            self._hoping_until = at.now + HOPE
            return []
        slot = self._slot_at(told.place)
        if slot is None:
            return []
        if not isinstance(told, PlaceJoined):
            return self._lose(slot, told.reason, at, float("inf"))
        self._places.joined(slot, told)
        if slot.state is SlotState.BLOCKED:
            slot.clear()
        return []

    def _slot_at(self, place: str) -> WorkerSlot | None:
        """The slot of a place, made when it is first heard of; None where there are too many."""
        for slot in self._slots:
            if slot.name == place and self._places.is_remote(slot):
                return slot
        if len(self._slots) >= MOST:
            return None
        slot = self._add_place(place)
        self._places.add(slot)
        self._slots += (slot,)
        return slot

    def lost(self, slot: WorkerSlot, gone: Gone, at: Moment) -> list[InHand]:
        if not gone.lacks:
            return self._lose(slot, gone.last_words, at, RETRY_LOST)
        self._places.lack(slot, gone, at)
        return slot.release("lost")

    def _lose(self, slot: WorkerSlot, why: str, at: Moment, pause: float) -> list[InHand]:
        lost = slot.release("lost") if slot.is_alive else []
        if not self.failed_trial(slot, at) and slot.state in AWAY:
            slot.block(why, at, pause)
        return lost

    # --- which pictures -------------------------------------------------------------------------

    def _able(self, render: Render | None, card: Card, at: Moment) -> Sequence[WorkerSlot]:
        able = [slot for slot in self._slots if self._places.suits(slot, render, card, at)]
        if render is None or render.made_with is None:
            return able
        return self._like(able, render.made_with, card, at)

    def _like(
        self, able: list[WorkerSlot], before: MadeWith, card: Card, at: Moment
    ) -> list[WorkerSlot]:
        """Those that have what a picture was made with, to make it again; all where none has. What
        nobody knows of a place, a worker there is begun to tell."""
        there = [slot for slot in able if slot.state not in OUT]
        same = {slot.number: self._places.has(slot, before) for slot in there}
        if like := [slot for slot in there if same[slot.number]]:
            return like
        unknown = [slot for slot in there if same[slot.number] is None]
        for slot in unknown:
            if slot.may_start(at):
                slot.start(card, at)
        return [] if unknown else able

    def refusal(self, render: Render, card: Card, at: Moment) -> str | None:
        return self._places.refusal(self._slots, render, card, at)

    def learn(self, ready: Ready, slot: WorkerSlot | None = None) -> None:
        if slot is not None:
            self._places.learn(slot, ready)
        if slot is None or not self._places.is_remote(slot):
            super().learn(ready, slot)

    @property
    def _local(self) -> tuple[WorkerSlot, ...]:
        return tuple(slot for slot in self._slots if not self._places.is_remote(slot))

    # --- what is told ---------------------------------------------------------------------------

    @property
    def blocked(self) -> str | None:
        if self._slots:
            return super().blocked
        if self._places.trouble or self._now > (self._hoping_until or 0.0):
            return f"no machine is there: {self._places.trouble or 'none has joined the cluster'}"
        return None  # they have had no time yet

    @property
    def are_several(self) -> bool:
        return True  # of which one is perhaps not there yet

    @property
    def notices(self) -> list[str]:
        return [f"cluster: {self._places.trouble}"] if self._places.trouble else []

    def remark(self, slot: WorkerSlot) -> str:
        return self._places.remark(slot)

    # --- beginning and end ----------------------------------------------------------------------

    def look(self, at: Moment) -> None:
        self._places.start()
        self._now = at.now
        if self._hoping_until is None:
            self._hoping_until = at.now + HOPE
        super().look(at)

    def release(self) -> list[InHand]:
        self._places.leave()
        lost = super().release()
        self._places.close()
        return lost

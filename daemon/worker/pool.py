"""The workers there are, a slot for each device; nobody outside this package counts them.

Finds the slot that a picture may be handed to, starting a worker there if need be, and answers for
all slots together. Decides nothing about jobs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from daemon.fs.moment import Moment
from daemon.models.catalogue import Card
from daemon.notify import events
from daemon.protocol.messages import Note, Ready
from daemon.protocol.places import Membership
from daemon.protocol.render import Render
from daemon.worker.hand import InHand
from daemon.worker.lifecycle import WorkerSlot
from daemon.worker.process import Gone
from daemon.worker.slot_state import OUT, SlotState
from daemon.worker.starts import WorkerStarts
from daemon.worker.trials import Trials

Add = Callable[[str], WorkerSlot]
"""Makes one more slot, for a device by its name."""


class WorkerPool:
    """The slots, in order. `starts`, where given, may have a process without a model waiting. With
    `add`, cards are added as the first worker tells of them."""

    def __init__(
        self,
        slots: Sequence[WorkerSlot],
        starts: WorkerStarts | None = None,
        trials: Trials | None = None,
        add: Add | None = None,
    ) -> None:
        self._slots = tuple(slots)
        self._starts = starts
        self._trials = trials
        self._add = add

    @property
    def slots(self) -> tuple[WorkerSlot, ...]:
        """For who shows them; whoever hands pictures down asks `place_for`."""
        return self._slots

    @property
    def width(self) -> int:
        """How many can be at work at once, as far as is known; at least one."""
        return max(1, sum(slot.state not in OUT for slot in self._slots))

    def name_of(self, job: int, index: int) -> str:
        """The slot that holds this picture; empty where there is but one."""
        holds = (slot for slot in self._slots if slot.hand.find(job, index))
        return next((slot.name for slot in holds), "") if self.are_several else ""

    def named(self, event: events.Event) -> events.Event:
        """An event of a worker with what its slot is called, where there are several."""
        if not isinstance(event, events.WorkerEvent) or event.worker is None:
            return event
        return replace(event, slot=self._slots[event.worker].name) if self.are_several else event

    @property
    def are_several(self) -> bool:
        """Whether slots are told apart."""
        return len(self._slots) > 1

    # --- handing down ---------------------------------------------------------------------------

    def place_for(
        self, render: Render, card: Card, *, alone: bool, at: Moment
    ) -> WorkerSlot | None:
        """The slot this picture is to be sent to now, its worker started or exchanged for one with
        `card`'s model if need be; None if it has to wait.

        The one with the least to do of those that are warm and take it; where that one has
        something to do already, one more is warmed up for what comes."""
        able = self._able(render, card, at)
        fitting = [
            slot
            for slot in able
            if slot.is_open and slot.card == card and slot.hand.takes(render, alone=alone)
        ]
        if fitting:
            best = min(fitting, key=partial(_burden, render))
            if best.hand:
                self._start_one_more(card, at)
            return best
        for slot in sorted(able, key=_trouble_of_exchange):
            if self._is_prepared(slot, card, at):
                return slot
        return None

    def _able(self, render: Render | None, card: Card, at: Moment) -> Sequence[WorkerSlot]:  # noqa: ARG002
        """The slots that a picture, or any of this model, is for."""
        return self._slots

    def _start_one_more(self, card: Card, at: Moment) -> None:
        for slot in self._able(None, card, at):
            if slot.state is SlotState.ABSENT and slot.may_start(at):
                slot.start(card, at)
                return

    def warm(self, card: Card, at: Moment) -> None:
        """Have a worker load `card`'s model, if there is none at all."""
        if not any(slot.is_alive for slot in self._slots):
            self._start_one_more(card, at)

    @property
    def last_card(self) -> Card | None:
        """The model that was loaded last, if any was."""
        return next((slot.card for slot in self._slots if slot.card is not None), None)

    def _is_prepared(self, slot: WorkerSlot, card: Card, at: Moment) -> bool:
        """Have an idle slot load `card`'s model; whether it does."""
        if slot.hand or slot.state in (SlotState.KILLED, SlotState.TRIAL):
            return False
        if slot.is_alive:
            slot.release("worn" if slot.state is SlotState.RETIRING else "replaced")
        if not slot.may_start(at):
            return False
        slot.start(card, at)
        return slot.is_open

    def cancel(self, job: int) -> None:
        """Have the workers let go of a job's pictures."""
        for slot in self._slots:
            slot.cancel(job)

    # --- all of them together -------------------------------------------------------------------

    def slot_of(self, serial: int) -> WorkerSlot | None:
        """Whose worker has this serial number; None if that one is gone for good."""
        return next((slot for slot in self._slots if slot.serial == serial), None)

    @property
    def is_loading(self) -> bool:
        return any(slot.state is SlotState.LOADING for slot in self._slots)

    @property
    def has_pictures(self) -> bool:
        """Whether any worker has a picture in hand."""
        return any(slot.hand for slot in self._slots)

    @property
    def wanted(self) -> int:
        """Pictures that could be in hand at most, as far as the workers have said."""
        return sum(slot.hand.wanted for slot in self._slots)

    @property
    def idle_since(self) -> float:
        """When the last of them had something to do (monotonic)."""
        return max((slot.idle_since for slot in self._slots), default=0.0)

    def learn(self, ready: Ready, slot: WorkerSlot | None = None) -> None:  # noqa: ARG002
        """A worker (in this slot) has told how many cards there are: all are to be used, if so
        wished."""
        while self._add is not None and (cards := len(self._local)) < ready.devices:
            self._slots[0].name = "cuda:0"
            self._slots += (self._add(f"cuda:{cards}"),)

    @property
    def _local(self) -> tuple[WorkerSlot, ...]:
        """The slots of this machine."""
        return self._slots

    # --- places that fail -----------------------------------------------------------------------

    def failed(self, slot: WorkerSlot, job: int, at: Moment) -> list[InHand]:
        """A job failed there, and not by a fault of its own: after several different ones the place
        is set aside, as long as there are others. Returns what its worker had in hand then."""
        if self._trials is None or len(self._slots) == 1 or not self._trials.failed(slot, job):
            return []
        if not any(other.state not in OUT for other in self._slots if other is not slot):
            return []
        lost = slot.release() if slot.is_alive else []
        self._trials.set_aside(slot, "different jobs have failed here one after the other", at)
        return lost

    def passed(self, slot: WorkerSlot) -> None:
        """A picture came out there."""
        if self._trials is not None:
            self._trials.passed(slot)

    def judged(self, slot: WorkerSlot, canary: Note, at: Moment) -> None:
        """What a worker's small picture says."""
        if self._trials is not None:
            self._trials.heard(slot, canary, at)

    def failed_trial(self, slot: WorkerSlot, at: Moment) -> bool:
        """Whether the worker that has died there, or could not load, was on trial."""
        return self._trials is not None and self._trials.died(slot, at)

    # --- other machines (see `cluster_pool`) -----------------------------------------------------

    def heard(self, told: Membership, at: Moment) -> list[InHand]:  # noqa: ARG002
        """A place of another machine has come or gone; returns what a worker there had in hand."""
        return []

    def lost(self, slot: WorkerSlot, gone: Gone, at: Moment) -> list[InHand]:  # noqa: ARG002
        """A worker of another machine can't be reached; returns what it had in hand."""
        return slot.release("lost")

    def refusal(self, render: Render, card: Card, at: Moment) -> str | None:  # noqa: ARG002
        """Why this picture can be made nowhere, now or later, if so."""
        return None

    @property
    def notices(self) -> list[str]:
        """What is not well although pictures are made."""
        return []

    def remark(self, slot: WorkerSlot) -> str:  # noqa: ARG002
        """What a person should know of this slot beside its state."""
        return ""

    # --- blocked, and what is due ---------------------------------------------------------------

    @property
    def blocked(self) -> str | None:
        """Why no worker can be had at all, if so."""
        if all(slot.state in OUT for slot in self._slots):
            reasons = {slot.reason: slot.name for slot in self._slots}
            several = len(reasons) > 1
            return "; ".join(f"{name}: {why}" if several else why for why, name in reasons.items())
        return None

    def may_start(self, at: Moment) -> bool:
        """Whether a worker may be started somewhere now."""
        return any(slot.may_start(at) for slot in self._slots)

    def block(self, reason: str, at: Moment) -> None:
        """No worker can be had until a person has mended this."""
        for slot in self._slots:
            if not slot.is_alive:
                slot.block(reason, at)

    def clear(self) -> None:
        """What blocked them is mended, as far as can be told."""
        for slot in self._slots:
            if slot.state is SlotState.BLOCKED:
                slot.clear()

    def look(self, at: Moment) -> None:
        """Watch over every worker: hung, too big, idle too long."""
        for slot in self._slots:
            slot.look(at)
            if self._trials is not None:
                self._trials.look(slot, at)
        if self._starts is not None:
            none = all(slot.state is SlotState.ABSENT for slot in self._slots)
            self._starts.look(at, none=none)

    def due(self, at: Moment) -> float:
        """When to look at the latest (monotonic)."""
        return min((slot.due(at) for slot in self._slots), default=float("inf"))

    def release(self) -> list[InHand]:
        """End every worker in peace; returns what they had in hand."""
        if self._starts is not None:
            self._starts.close()
        return [held for slot in self._slots if slot.is_alive for held in slot.release()]


def _burden(render: Render, slot: WorkerSlot) -> tuple[bool, int, bool, int]:
    """The least is the best place: warm, with the least to do, at pictures like this one."""
    busy = [held for held in slot.hand.held if not held.stepped]
    other = slot.hand.last_key != render.share_key
    return slot.state is SlotState.LOADING, len(busy), other, slot.number


def _trouble_of_exchange(slot: WorkerSlot) -> tuple[bool, bool, float]:
    """The least is the best place for another model: an empty one, else what is idle longest."""
    return slot.state is SlotState.BLOCKED, slot.is_alive, slot.idle_since

"""The workers there are: one slot today, and nobody outside this package counts them.

Finds the slot that a picture may be handed to, starting a worker there if need be, and answers for
all slots together. Decides nothing about jobs.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path

from daemon.fs.moment import Moment
from daemon.models.catalogue import Card
from daemon.notify import events
from daemon.protocol.render import Render
from daemon.settings import Settings
from daemon.worker.hand import InHand
from daemon.worker.lifecycle import WorkerSlot
from daemon.worker.pace import Pace
from daemon.worker.process import Gone, Printed, Told
from daemon.worker.slot_state import SlotState
from daemon.worker.starts import WorkerStarts


class WorkerPool:
    """The slots, in order; at least one. Where `starts` are given, a process without a model waits
    whenever there is no worker."""

    def __init__(self, slots: Sequence[WorkerSlot], starts: WorkerStarts | None = None) -> None:
        assert slots
        self._slots = tuple(slots)
        self._starts = starts

    @property
    def slots(self) -> tuple[WorkerSlot, ...]:
        """For who shows them; whoever hands pictures down asks `place_for`."""
        return self._slots

    # --- handing down ---------------------------------------------------------------------------

    def place_for(
        self, render: Render, card: Card, *, alone: bool, at: Moment
    ) -> WorkerSlot | None:
        """The slot this picture is to be sent to now, its worker started or exchanged for one with
        `card`'s model if need be; None if it has to wait."""
        for slot in self._slots:
            if slot.is_open and slot.card == card and slot.hand.takes(render, alone=alone):
                return slot
        for slot in self._slots:
            if self._is_prepared(slot, card, at):
                return slot
        return None

    def warm(self, card: Card, at: Moment) -> None:
        """Have a worker load `card`'s model, if there is none at all."""
        if any(slot.is_alive for slot in self._slots):
            return
        for slot in self._slots:
            if slot.state is SlotState.ABSENT and slot.may_start(at):
                slot.start(card, at)
                return

    @property
    def last_card(self) -> Card | None:
        """The model that was loaded last, if any was."""
        return next((slot.card for slot in self._slots if slot.card is not None), None)

    def _is_prepared(self, slot: WorkerSlot, card: Card, at: Moment) -> bool:
        """Have an idle slot load `card`'s model; whether it does."""
        if slot.hand or slot.state is SlotState.KILLED:
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
        return max(slot.idle_since for slot in self._slots)

    # --- blocked --------------------------------------------------------------------------------

    @property
    def blocked(self) -> str | None:
        """Why no worker can be had at all, if so."""
        if all(slot.state is SlotState.BLOCKED for slot in self._slots):
            return self._slots[0].reason
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

    # --- time -----------------------------------------------------------------------------------

    def look(self, at: Moment) -> None:
        """Watch over every worker: hung, too big, idle too long."""
        for slot in self._slots:
            slot.look(at)
        if self._starts is not None and all(s.state is SlotState.ABSENT for s in self._slots):
            with contextlib.suppress(OSError):  # it is only for speed
                self._starts.prepare()

    def due(self, at: Moment) -> float:
        """When to look at the latest (monotonic)."""
        return min(slot.due(at) for slot in self._slots)

    def release(self) -> list[InHand]:
        """End every worker in peace; returns what they had in hand."""
        if self._starts is not None:
            self._starts.close()
        return [held for slot in self._slots if slot.is_alive for held in slot.release()]


def local_pool(
    engine: str,
    settings: Settings,
    caches: Path,
    pace: Pace,
    tell: Callable[[Told | Printed | Gone], None],
    emit: Callable[[events.Event], None],
    live: Path,
) -> WorkerPool:
    """The pool of this machine: one slot, whose worker is a child process."""

    starts = WorkerStarts(engine, tell)
    slot = WorkerSlot(0, starts.start, settings, caches, pace, emit, live)
    return WorkerPool([slot], starts if settings.preload else None)

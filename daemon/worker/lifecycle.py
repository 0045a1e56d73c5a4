"""The life of the worker: cold, loading, warm; started when there is work, let go when idle.

Holds at most one worker, knows which model it carries and which pictures it has in hand. Decides
nothing about jobs: the supervisor hands it renders and hears from it what came back.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from pathlib import Path

from daemon.models.catalogue import Card, load_command
from daemon.protocol.messages import Cancel, Ready, RenderBatch
from daemon.protocol.render import Render
from daemon.settings import Settings
from daemon.worker.process import Gone, Printed, Told, Worker

PATIENCE_WITH_EXIT = 2.0
"""Seconds a worker gets to leave by itself before it is killed."""

MAX_LOADS = 3
"""Deaths before any render was begun, one after the other, after which loading is blocked for a
while."""

RETRY_BLOCKED = 30.0


class Heat(enum.Enum):
    COLD = "cold"
    LOADING = "loading"
    WARM = "warm"


@dataclass(slots=True)
class InHand:
    """One picture the worker holds; `started` once it says so, `stepped` once only decoding and
    saving is left. Pictures of the same `kind` can share steps."""

    job: int
    index: int
    kind: Hashable
    alone: bool = False
    started: bool = False
    stepped: bool = False


@dataclass(slots=True)
class Warmth:
    """The worker, if any. `in_hand` is in the order of sending; `idle_since` monotonic."""

    engine: str
    settings: Settings
    caches: Path
    tell: Callable[[Told | Printed | Gone], None]
    worker: Worker | None = None
    card: Card | None = None
    ready: Ready | None = None
    in_hand: list[InHand] = field(default_factory=list)
    idle_since: float = 0.0
    failed_loads: int = 0
    blocked: str | None = None
    not_before: float = 0.0
    rooms: dict[tuple[int, int], int] = field(default_factory=dict)
    """How many pictures of a size this worker makes together, once it has said so."""
    tired: str | None = None
    """Why this worker should be replaced once it holds no picture."""

    @property
    def heat(self) -> Heat:
        if self.worker is None:
            return Heat.COLD
        return Heat.WARM if self.ready else Heat.LOADING

    def can_start(self, now: float) -> bool:
        return now >= self.not_before

    def warm_up(self, card: Card, now: float) -> None:
        """Start a worker and have it load `card`'s model."""
        assert self.worker is None
        self.not_before = now + 1.0  # should the very start of it fail
        self.worker = Worker(self.engine, self.tell)
        self.card, self.ready, self.in_hand, self.idle_since = card, None, [], now
        self.tired = None
        self.rooms = {}
        self.worker.send(load_command(card, self.settings, self.caches))

    def takes(self, render: Render, *, alone: bool) -> bool:
        """Whether this picture should be handed down now, behind those in hand.

        The worker is given as many as it makes together and one more, so that it never waits: two
        at least. What can't share with them (another size, strict) waits there as that one more,
        and nothing is sent behind it. A picture to be made `alone` is sent to an empty hand."""
        if alone or any(held.alone for held in self.in_hand):
            return not self.in_hand
        busy = [held for held in self.in_hand if not held.stepped]
        kinds = {held.kind for held in busy}
        if len(kinds) > 1:
            return False
        return len(busy) <= self.rooms.get((render.width, render.height), 1)

    @property
    def wanted(self) -> int:
        """Pictures the worker could have in hand at most, as far as it has said."""
        return max(self.rooms.values(), default=1) + 1

    @property
    def sharing(self) -> int:
        """How many pictures take their steps now."""
        return max(1, sum(held.started and not held.stepped for held in self.in_hand))

    def send(self, render: Render, *, alone: bool = False) -> None:
        assert self.worker is not None
        self.in_hand.append(InHand(render.job, render.index, render.share_key, alone))
        self.worker.send(RenderBatch((render,)))

    def cancel(self, job: int) -> None:
        if self.worker is not None and any(held.job == job for held in self.in_hand):
            self.worker.send(Cancel(job))

    def holds(self, job: int, index: int) -> InHand | None:
        for held in self.in_hand:
            if (held.job, held.index) == (job, index):
                return held
        return None

    def returned(self, job: int, index: int, now: float) -> None:
        """The worker is done with this picture, one way or another."""
        self.in_hand = [h for h in self.in_hand if (h.job, h.index) != (job, index)]
        self.failed_loads = 0
        self.idle_since = now

    def warmed(self, ready: Ready, now: float) -> None:
        self.ready, self.blocked, self.idle_since = ready, None, now

    def gone(self, now: float, last_words: str) -> tuple[list[InHand], bool]:
        """The worker ended; returns (what it had in hand, whether it died while loading)."""
        lost, loading = self.in_hand, self.ready is None
        self.worker, self.ready, self.in_hand = None, None, []
        if loading or not any(held.started for held in lost):
            self.failed_loads += 1
            self.not_before = now + min(2.0 ** min(self.failed_loads, 6), RETRY_BLOCKED)
            if self.failed_loads >= MAX_LOADS:
                self.block(f"the model can't be loaded: {last_words or 'the worker died'}", now)
        return lost, loading

    def block(self, reason: str, now: float) -> None:
        """Nothing can be rendered until a person has mended this; looked at again by itself."""
        self.blocked, self.not_before = reason, now + RETRY_BLOCKED

    def let_go(self) -> list[InHand]:
        """End the worker (idle, another model, leaving); returns what it had in hand."""
        worker, lost = self.worker, self.in_hand
        self.worker, self.ready, self.in_hand = None, None, []
        if worker is not None:
            worker.close(PATIENCE_WITH_EXIT)
        return lost

    def is_idle_too_long(self, now: float) -> bool:
        timeout = self.settings.idle_timeout
        return (
            self.heat is Heat.WARM
            and not self.in_hand
            and timeout > 0
            and now - self.idle_since >= timeout
        )

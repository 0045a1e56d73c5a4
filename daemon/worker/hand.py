"""The pictures a worker has in hand, and whether it takes one more.

A worker is given as many as it makes together and one more, so that it never waits. Written by its
slot alone; knows nothing of processes.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from daemon.protocol.messages import Capacity, Event, Started, Step
from daemon.protocol.render import Render

Size = tuple[int, int]


@dataclass(slots=True)
class InHand:
    """One picture the worker holds; `started` once it says so, `stepped` once only decoding and
    saving is left. Pictures of the same `key` can share steps."""

    job: int
    index: int
    key: Hashable
    alone: bool = False
    started: bool = False
    stepped: bool = False


@dataclass(slots=True)
class Hand:
    """What one worker holds, in the order of sending, and how many of a size it makes together
    once it has said so."""

    held: list[InHand] = field(default_factory=list)
    capacity: dict[Size, int] = field(default_factory=dict)
    kept_bytes: dict[str, int] = field(default_factory=dict)
    """What the worker keeps beside its model, as it last said."""
    last_key: Hashable = None
    """Of the picture that was sent last: what the worker is set up for."""

    def __bool__(self) -> bool:
        return bool(self.held)

    def takes(self, render: Render, *, alone: bool) -> bool:
        """Whether this picture should be handed down now, behind those in hand.

        Two at least. What can't share with them (another size, strict) waits there as the one more,
        and nothing is sent behind it. A picture to be made `alone` is sent to an empty hand."""
        if alone or any(held.alone for held in self.held):
            return not self.held
        busy = [held for held in self.held if not held.stepped]
        if len({held.key for held in busy}) > 1:
            return False
        return len(busy) <= self.capacity.get((render.width, render.height), 1)

    @property
    def wanted(self) -> int:
        """Pictures that could be in hand at most, as far as the worker has said."""
        return max(self.capacity.values(), default=1) + 1

    @property
    def sharing(self) -> int:
        """How many pictures take their steps now."""
        return max(1, sum(held.started and not held.stepped for held in self.held))

    @property
    def is_started(self) -> bool:
        """Whether the worker is at any of them."""
        return any(held.started for held in self.held)

    def find(self, job: int, index: int) -> InHand | None:
        """This picture, if it is in hand."""
        return next((h for h in self.held if (h.job, h.index) == (job, index)), None)

    def put(self, render: Render, *, alone: bool) -> None:
        self.last_key = render.share_key
        self.held.append(InHand(render.job, render.index, self.last_key, alone))

    def heard(self, event: Event) -> None:
        """The worker has said how far it is with one of them, or how many it makes together."""
        match event:
            case Capacity():
                self.capacity[event.width, event.height] = event.pictures
            case Started() if held := self.find(event.job, event.index):
                held.started = True
            case Step() if held := self.find(event.job, event.index):
                held.stepped = event.step == event.steps

    def drop(self, job: int, index: int) -> None:
        """The worker is done with this picture, one way or another."""
        self.held = [h for h in self.held if (h.job, h.index) != (job, index)]

    def empty(self) -> list[InHand]:
        """Take back all that is held."""
        held, self.held = self.held, []
        return held

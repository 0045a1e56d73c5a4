"""The places of other machines: which there are, and which pictures can be made there.

Keeps what the bridge has said of each, and makes the workers there. Decides nothing about jobs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from daemon.fs.moment import Moment
from daemon.models.catalogue import Card
from daemon.protocol.made_with import MadeWith
from daemon.protocol.messages import Ready
from daemon.protocol.places import PlaceJoined
from daemon.protocol.render import Render
from daemon.worker.bridge import Bridge
from daemon.worker.lifecycle import WorkerSlot
from daemon.worker.process import Gone, Process
from daemon.worker.remote_process import RemoteProcess
from daemon.worker.slot_state import SlotState

RETRY_LACKING = 600.0
"""Seconds after which it is asked again whether weights are there that were not."""

RETRY_LOST = 10.0
"""Seconds until a worker is begun again at a place that has lost one and is still there."""

MOST = 512
"""Places at most."""

KIND = "type"


@dataclass(slots=True)
class _Place:
    """`ready` is what a worker there has said once it was warm; `lacks` are weights by their path
    here: the sentence, and when to ask again."""

    remark: str = ""
    matches: bool = True
    ready: Ready | None = None
    lacks: dict[str, tuple[str, float]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Of its device, as far as is known."""
        return _kind(self.ready)

    def has(self, before: MadeWith | None) -> bool | None:
        """Whether it has what a picture was made with; None while that is not known."""
        if before is None:
            return False
        return None if self.ready is None else _has(self.ready, before)


class Places:
    """All there are, by their slots' numbers."""

    def __init__(self, engine: str, bridge: Bridge, *, has_local: bool) -> None:
        """`has_local`: whether this machine makes pictures too."""
        self._engine = engine
        self._bridge = bridge
        self._has_local = has_local
        self._known: dict[int, _Place] = {}
        self._leaving = False
        self._ours: dict[int, Ready] = {}
        self._kind = ""
        self.trouble = ""
        """Why none can be reached."""

    def process(self, place: str) -> Process:
        """A worker at this place, to be told what to load."""
        return RemoteProcess(self._engine, place, self._bridge.send, lambda: self._leaving)

    def start(self) -> None:
        """Look for machines from now on."""
        self._bridge.start()

    def leave(self) -> None:
        """The daemon ends: what is loaded on the machines stays so for the next one."""
        self._leaving = True

    def close(self) -> None:
        self._bridge.close()

    # --- what is known --------------------------------------------------------------------------

    def is_remote(self, slot: WorkerSlot) -> bool:
        return slot.number in self._known

    def joined(self, slot: WorkerSlot, told: PlaceJoined) -> None:
        """It can be used; what was missing there may have come."""
        self._known[slot.number] = _Place(told.remark, told.matches, slot.ready)

    def add(self, slot: WorkerSlot) -> None:
        """It is known by its name, whether or not it can be used."""
        self._known.setdefault(slot.number, _Place())

    def learn(self, slot: WorkerSlot, ready: Ready) -> None:
        """What a worker has; the kind of device of ours is the one that strict pictures are for."""
        if slot.number in self._known:
            self._known[slot.number].ready = ready
        else:
            self._ours[slot.number], self._kind = ready, _kind(ready)

    def lack(self, slot: WorkerSlot, gone: Gone, at: Moment) -> None:
        """These weights are not there."""
        lacks = self._known[slot.number].lacks
        lacks[gone.lacks] = (gone.last_words, at.now + RETRY_LACKING)

    def remark(self, slot: WorkerSlot) -> str:
        """What a person should know of it."""
        place = self._known.get(slot.number)
        if place is None:
            return ""
        told = dict.fromkeys(sentence for sentence, _ in place.lacks.values())
        return "; ".join([*told, *filter(None, (place.remark,))])

    # --- which pictures -------------------------------------------------------------------------

    def has(self, slot: WorkerSlot, before: MadeWith) -> bool | None:
        """Whether a place, of this machine too, has what a picture was made with; None while that
        is not known."""
        if place := self._known.get(slot.number):
            return place.has(before)
        ours = self._ours.get(slot.number)
        return None if ours is None else _has(ours, before)

    def suits(self, slot: WorkerSlot, render: Render | None, card: Card, at: Moment) -> bool:
        """Whether a picture, or any of this model, can be made there, as far as is known."""
        place = self._known.get(slot.number)
        return place is None or not self._why_not(place, render, card, at)

    def refusal(
        self, slots: Iterable[WorkerSlot], render: Render, card: Card, at: Moment
    ) -> str | None:
        """Why no place will ever make this picture, if so: all are known, are there, and can't."""
        reasons = []
        for slot in slots:
            place = self._known.get(slot.number)
            if place is None or slot.state in (SlotState.BLOCKED, SlotState.ASIDE):
                return None
            why = self._why_not(place, render, card, at)
            if not why:
                return None
            reasons.append(f"{slot.name}: {why}")
        return "; ".join(reasons) or None

    def _why_not(self, place: _Place, render: Render | None, card: Card, at: Moment) -> str:
        used = [str(card.weights)] if card.has_files else []
        if render is not None:
            used += [lora.path for lora in render.loras]
            used += [model.path for model in render.control_models]
        for path in used:
            told = place.lacks.get(path)
            if told is not None and at.now < told[1]:
                return told[0]
        if render is None or not render.sampling.strict or place.has(render.made_with) is not False:
            return ""
        if not place.matches:
            wanted = "the same versions as here, or as in their record"
            return f"strict pictures want {wanted}: {place.remark}"
        if not self._has_local or (self._kind and place.kind == self._kind):
            return ""
        if not self._kind or not place.kind:
            return "strict pictures want the same kind of device, which is not known yet"
        return f"strict pictures want the same kind of device: it has {place.kind}"


def _kind(ready: Ready | None) -> str:
    return str(ready.device.get(KIND) or "") if ready else ""


def _has(ready: Ready, before: MadeWith) -> bool:
    return not before.differs(ready.device, ready.versions)

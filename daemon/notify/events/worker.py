"""The workers, by their place in the pool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from daemon.notify.events.base import DEBUG, INFO, WARNING, Event
from daemon.protocol.messages import Ready


@dataclass(frozen=True, slots=True)
class WorkerEvent(Event):
    """About the worker in this place of the pool (from 0), or about a place that has none; `slot`
    is what the place is called, where there are several."""

    worker: int | None = field(default=0, kw_only=True)
    slot: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class WorkerStateChanged(WorkerEvent):
    """Its place is in another state, for `reason` if there is one: absent, loading, ready,
    retiring, killed, backoff, blocked, aside or trial."""

    WORD: ClassVar[str] = "worker_state"
    LEVEL: ClassVar[str] = DEBUG
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class WorkerLoading(WorkerEvent):
    """A worker was started for `model`, or loads component `index` of `total` (from 1)."""

    WORD: ClassVar[str] = "loading"
    model: str
    component: str | None = None
    index: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class WorkerReady(WorkerEvent):
    """The model is warm; `seconds` from process start, `parts` those of each component."""

    WORD: ClassVar[str] = "ready"
    model: str
    device: str
    device_name: str
    seconds: float
    parts: Mapping[str, float]
    peak_memory_bytes: int | None = None

    @classmethod
    def told_by(cls, worker: int, ready: Ready) -> WorkerReady:
        """What the worker in this place says of itself."""
        return cls(
            model=str(ready.model.get("name", "model")),
            device=str(ready.device.get("type", "?")),
            device_name=str(ready.device.get("name", "?")),
            seconds=ready.seconds,
            parts=ready.parts,
            peak_memory_bytes=ready.peak_memory_bytes,
            worker=worker,
        )


@dataclass(frozen=True, slots=True)
class WorkerKilled(WorkerEvent):
    """It hung or took too much memory, and is being ended for `reason`."""

    WORD: ClassVar[str] = "killed"
    LEVEL: ClassVar[str] = WARNING
    reason: str


@dataclass(frozen=True, slots=True)
class WorkerGone(WorkerEvent):
    """It has ended. `cause`: died, idle, worn (a fresh one takes over), replaced (by one with
    another model) or lost (with its machine); `reason` the details, if any."""

    WORD: ClassVar[str] = "gone"
    cause: str
    reason: str = ""

    @property
    def level(self) -> str:
        return WARNING if self.cause == "died" else INFO


@dataclass(frozen=True, slots=True)
class WorkerSaid(WorkerEvent):
    """A note of the worker, or (`printed`) a line that a library printed there."""

    WORD: ClassVar[str] = "worker"
    severity: str
    text: str
    printed: bool = False

    @property
    def level(self) -> str:
        if self.printed:
            return DEBUG
        return WARNING if self.severity in ("WARNING", "ERROR") else INFO

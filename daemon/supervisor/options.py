"""How one run of a supervisor differs from another of the same settings. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daemon.supervisor.parts import Items
    from daemon.worker.starts import WorkerStarts


@dataclass(frozen=True, slots=True)
class Options:
    """`engine` and `model` None are the settings'. What `starts` workers, where it is given, may
    have begun one already, which talks to `items`."""

    engine: str | None = None
    model: str | None = None
    until_empty: bool = False
    service: bool = False
    items: Items = field(default_factory=SimpleQueue)
    starts: WorkerStarts | None = None

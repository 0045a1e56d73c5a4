"""A claimed job at work, as plain facts, no behaviour.

Held by `jobs`, read by the supervisor and the snapshot.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from daemon.plan.plan import Picture, Plan
from daemon.protocol.messages import Ready, Rendered
from daemon.spool.spool import Claim


@dataclass(frozen=True, slots=True)
class Facts:
    """What the daemon needs of a job beside its plan; fixed with the plan, so that neither
    settings nor defaults nor models changed since can change a claimed job. `model` is the name
    or path it is rendered with."""

    prompt: str
    model: str
    id: str | None = None
    priority: int = 0
    parent: int | None = None


@dataclass(slots=True)
class Active:
    """A claimed job at work. `queued_at` is the first sight, on this process's monotonic clock;
    `alone` since a worker died that had it in hand together with others."""

    claim: Claim
    facts: Facts
    plan: Plan
    queued_at: float
    records: dict[int, dict[str, Any]] = field(default_factory=dict)
    sent: set[int] = field(default_factory=set)
    rendered: list[tuple[Rendered, Ready, float]] = field(default_factory=list)
    not_before: float = 0.0
    transient_tries: int = 0
    attempt_begun: bool = False
    cancelled: bool = False
    failure: tuple[str, str] | None = None
    shortages: int = 0
    alone: bool = False

    @property
    def number(self) -> int:
        return self.claim.number

    @property
    def name(self) -> str:
        return self.plan.name

    def picture(self, index: int) -> Picture:
        return self.plan.pictures[index - 1]

    def is_published(self, index: int) -> bool:
        return self.records.get(index, {}).get("state") == "published"

    @property
    def is_suspect(self) -> bool:
        """It may be what kills workers, so it is rendered alone: no other job is blamed for it,
        and it for no other."""
        return self.alone or self.claim.ticket.deaths > 0

    @property
    def to_render(self) -> list[Picture]:
        """Pictures not yet published, rendered or with the worker, in order."""
        waiting = {rendered.index for rendered, _, _ in self.rendered}
        return [
            picture
            for picture in self.plan.pictures
            if not self.is_published(picture.render.index)
            and picture.render.index not in self.sent
            and picture.render.index not in waiting
        ]

    @property
    def is_complete(self) -> bool:
        return all(self.is_published(picture.render.index) for picture in self.plan.pictures)

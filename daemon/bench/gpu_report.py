"""What a day on a graphics card has found, step by step, as one value and as JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from daemon.protocol.json_object import JsonObject

KEEPS = 1.03
"""A lever stays if it is faster by this much at a shape that people have."""


@dataclass(slots=True)
class Step:
    """One thing that was measured, or why it was not."""

    title: str
    limit: float
    run: Callable[[float], JsonObject] = field(repr=False)
    seconds: float = 0.0
    found: JsonObject | None = None
    error: str = ""

    def told(self) -> JsonObject:
        return {"title": self.title, "limit": self.limit, "seconds": self.seconds,
                "found": self.found, "error": self.error}  # fmt: skip


@dataclass(slots=True)
class DayReport:
    """All of it; `steps` in their order."""

    machine: JsonObject
    rehearsal: bool
    model: str
    steps: list[Step] = field(default_factory=list)

    @property
    def findings(self) -> list[JsonObject]:
        """Of every step that brought some, each with its gain and whether that is worth keeping."""
        return [
            {**each, "gain": (gain := each["before"] / max(each["after"], 1e-12)),
             "keeps": gain >= KEEPS}
            for step in self.steps
            for each in (step.found or {}).get("findings", ())
        ]  # fmt: skip

    def as_json(self) -> JsonObject:
        return {
            "schema": 1,
            "machine": self.machine,
            "rehearsal": self.rehearsal,
            "model": self.model,
            "steps": [step.told() for step in self.steps],
            "findings": self.findings,
        }

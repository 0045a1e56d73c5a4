"""What a picture was made with that decides about its last pixels, where it is to come out again.

Told once, for who chooses a worker and for who writes the record. Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

DECISIVE = ("torch", "diffusers", "transformers")
"""Another version of these may give other pixels."""

_SHORT = re.compile(r"[\w.+!-]{1,40}")


@dataclass(frozen=True, slots=True)
class MadeWith:
    """The kind of device, and the versions of what is decisive; of what was not told nothing is
    asked."""

    device: str = ""
    versions: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, device: object, versions: object) -> MadeWith | None:
        """From what a record says, whatever a person has made of it; None if that is nothing."""
        kind = _told(device.get("type")) if isinstance(device, Mapping) else ""
        of = versions if isinstance(versions, Mapping) else {}
        told = {name: said for name in DECISIVE if (said := _told(of.get(name)))}
        return cls(kind, told) if kind or told else None

    def differs(self, device: Mapping[str, object], versions: Mapping[str, str]) -> str:
        """What a worker of these has otherwise, in words; empty if nothing."""
        other = [
            f"{name} {versions.get(name, 'missing')} (its record: {was})"
            for name, was in self.versions.items()
            if versions.get(name) != was
        ]
        kind = str(device.get("type") or "unknown")
        if self.device and kind != self.device:
            other.append(f"a device of kind {kind} (its record: {self.device})")
        return ", ".join(other)


def _told(value: object) -> str:
    return value if isinstance(value, str) and _SHORT.fullmatch(value) else ""

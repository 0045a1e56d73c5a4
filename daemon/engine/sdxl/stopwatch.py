"""A stopwatch for the stages of one picture."""

from __future__ import annotations

from dataclasses import dataclass, field

from daemon.engine.sdxl.device import Device


@dataclass
class Stopwatch:
    """A stopwatch whose laps leave no gap between them, unless one is begun anew; waits for the
    device at each."""

    device: Device
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._last = self.device.clock()

    def begin(self) -> None:
        """A lap begins now: what was between it and the last belongs to neither."""
        self._last = self.device.clock()

    def end(self, name: str) -> None:
        now = self.device.clock()
        self.seconds[name] = now - self._last
        self._last = now

"""What a call of the UNet goes through, and what is kept from one call to the next.

Pictures that fly on together look at the same things again, so these are laid side by side once.
That is held until one of them comes down, and never longer: keys and values of large pictures take
as much memory as a call. Moves no flight; a call that failed has left nothing behind.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from torch import Tensor

from daemon.engine.sdxl.denoising.in_flight import Flight
from daemon.engine.sdxl.denoising.step import Formation
from daemon.engine.sdxl.memory.fallbacks import RowByRow, Slices, Taken
from daemon.engine.sdxl.speed.compiled_blocks import FastUnet, Switch
from daemon.engine.sdxl.speed.onednn import Twins


class Calls:
    """The calls of one UNet; `twins` has packed networks for shared ones, and `compiled` switches
    its compiled blocks on."""

    def __init__(self, unet: Any, twins: Twins, compiled: Switch) -> None:
        self._unet = unet
        self._twins = twins
        self._compiled = compiled
        self._fast = FastUnet(unet)
        self._formation: Formation | None = None

    def predict(self, flights: Sequence[Flight], taken: Taken) -> tuple[list[Tensor], bool]:
        """What the UNet takes for noise, for each flight its rows; and whether that was computed
        by compiled code."""
        first = flights[0].render
        formation = self._formation
        if formation is None or not formation.consists_of(flights):
            self._formation = formation = None  # before there are two
            self._formation = formation = Formation(flights)
        network = self._network(flights, taken)
        plain = network is self._unet and not (first.sampling.strict or first.loras or taken)
        with (
            Slices() if "slices" in taken else contextlib.nullcontext(),
            self._compiled.wanted(plain) as compiled,
        ):
            return formation.predict(self._fast if compiled else network), compiled

    def part_with(self, flight: Flight) -> None:
        """Let go of what it looked at, if it was in the last call."""
        if self._formation is not None and flight in self._formation.flights:
            self.forget()

    def forget(self) -> None:
        """Hold on to nothing of any picture."""
        self._formation = None
        self._fast.forget()

    def _network(self, flights: Sequence[Flight], taken: Taken) -> Any:
        """The UNet for one call; several pictures share a packed one, where that is faster."""
        if "rows" in taken:
            return RowByRow(self._unet)
        if len(flights) == 1 or flights[0].render.loras:
            return self._unet
        return self._twins.of(self._unet) if self._twins.pay(self._unet) else self._unet

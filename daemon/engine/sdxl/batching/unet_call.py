"""What a call of the UNet goes through, and what is kept from one call to the next.

Pictures that fly on together look at the same things again, so these are laid side by side once.
That is held until one of them comes down, and never longer: keys and values of large pictures take
as much memory as a call. Moves no flight; a call that failed has left nothing behind.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from torch import Tensor

from daemon.engine.sdxl.denoising.in_flight import Flight
from daemon.engine.sdxl.denoising.step import UnetBatch
from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.memory.fallbacks import RowByRow, Taken, slicing
from daemon.engine.sdxl.speed.compiled_blocks import FastUnet, Switch
from daemon.engine.sdxl.speed.onednn import PackedNetworks
from daemon.engine.sdxl.speed.recorded import RecordedUnet

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Unet


class UnetCalls:
    """The calls of one UNet; `packed` has packed networks for shared ones, `compiled` switches its
    compiled blocks on, and `recorded` replays plain calls, where that is wanted."""

    def __init__(
        self,
        unet: Unet,
        packed: PackedNetworks,
        compiled: Switch,
        device: Device,
        recorded: RecordedUnet | None = None,
    ) -> None:
        self._limit = device.attention_limit
        self._effort = device.effort
        self._unet = unet
        self._packed = packed
        self._compiled = compiled
        self._fast = FastUnet(unet, compiled)
        self._recorded = recorded
        self._made = 0
        self._unet_batch: UnetBatch | None = None

    def predict(self, flights: Sequence[Flight], taken: Taken) -> tuple[list[Tensor], bool]:
        """What the UNet takes for noise, for each flight its rows; and whether that was computed
        by compiled code."""
        first = flights[0].render
        unet_batch = self._unet_batch
        if unet_batch is None or not unet_batch.consists_of(flights):
            self._unet_batch = unet_batch = None  # before there are two
            self._unet_batch = unet_batch = UnetBatch(flights)
        self._look_at_recordings()
        network = self._network(flights, taken)
        plain = network is self._unet and not (first.loras or taken)
        fast = self._fast if plain and self._compiled.ready and not first.sampling.strict else None
        steered = any(flight.brief.steering is not None for flight in flights)
        recorded = self._recorded if plain and not steered else None
        made, calls = recorded.made if recorded else 0, self._fast.calls
        with slicing(taken, self._limit):
            began = self._effort()
            predicted = unet_batch.predict(
                partial(recorded, usual=fast) if recorded else fast or network,
                row_by_row="rows" in taken,
            )
            if recorded is None or made == recorded.made:  # recording takes its own time
                self._packed.took(self._unet, network, _kind(flights), self._effort() - began)
            return predicted, self._fast.calls > calls

    def part_with(self, flight: Flight) -> None:
        """Let go of what it looked at, if it was in the last call."""
        if self._unet_batch is not None and flight in self._unet_batch.flights:
            self.forget()

    def forget(self) -> None:
        """Hold on to nothing of any picture."""
        self._unet_batch = None
        self._fast.forget()
        if self._recorded is not None:
            self._recorded.let_go()

    def spare(self) -> None:
        """Hold on to nothing that is only for speed."""
        self.forget()
        if self._recorded is not None:
            self._recorded.forget()

    def _look_at_recordings(self) -> None:
        """A new one makes plain calls quicker, so what was learnt of packed ones is to be learnt
        again."""
        if self._recorded is not None and self._recorded.made != self._made:
            self._made = self._recorded.made
            self._packed.anew(self._unet)

    def _network(self, flights: Sequence[Flight], taken: Taken) -> Unet:
        """The UNet for one call; several pictures share a packed one, where that is faster."""
        if "rows" in taken:
            return RowByRow(self._unet, copies=self._limit is not None)
        if len(flights) == 1 or flights[0].render.loras or "slices" in taken:
            return self._unet
        return self._packed.choose(self._unet, _kind(flights))


def _kind(flights: Sequence[Flight]) -> Hashable:
    """What the time of a call depends on."""
    return flights[0].size, sum(flight.rows for flight in flights)

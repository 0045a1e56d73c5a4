"""How many pictures share a call: as many as pay, as fit into memory, and as get on together.

Asks the curve what pays and the device what fits. That pictures can't be put through the model
together although each of them can alone (a fault of ours, or of a library) is remembered until the
worker ends: such pictures then fly alone instead of failing together at every step.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import torch

from daemon.engine.sdxl.batching.throughput import Curve, Size
from daemon.engine.sdxl.denoising.in_flight import Flight
from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.environment import computer
from daemon.engine.sdxl.memory.slices import whole_rows
from daemon.protocol.messages import Load

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Unet

ROW_CHANNELS = 64
"""A row of a UNet call is taken to need so many times its widest tensor, in memory."""


Of = TypeVar("Of", bound=Flight)


class BatchPolicy:
    """Of one model on one device; `always` lets pictures share whether it pays or not."""

    def __init__(self, load: Load, unet: Unet, device: Device, *, always: bool = False) -> None:
        self._device = device
        self._unet = unet
        self._most = max(1, load.max_batch)
        self._curve = Curve(_curve_file(load, device), always=always)
        self._row_values = ROW_CHANNELS * unet.config.block_out_channels[0]
        self._at_odds: set[Hashable] = set()

    def room(self, in_flight: Sequence[Flight], size: Size, key: Hashable) -> int:
        """How many pictures of this size should be in the air at once, given those that are."""
        if key in self._at_odds:
            return 1
        flying = [flight.rows for flight in in_flight]
        likely = flying[0] if flying else 2
        rows = [*flying, *[likely] * (self._most - len(flying))][: self._most]
        fitting = self._rows_that_fit(size)
        while len(rows) > 1 and sum(rows) > fitting:
            rows.pop()
        return self._curve.together(size, rows)

    def of(self, flights: Sequence[Of]) -> Sequence[Of]:
        """Those of the flights that go with the first of them."""
        first = flights[0]
        alike = [flight for flight in flights if flight.key == first.key]
        if first.key in self._at_odds:
            return alike[:1]
        return alike[: self._curve.together(first.size, [flight.rows for flight in alike])]

    def flew(self, flights: Sequence[Flight], seconds: float) -> None:
        """A call of all of them took so long; what ControlNets took with it says nothing of the
        model's own."""
        if any(flight.brief.steering and flight.brief.steering.passes for flight in flights):
            return
        self._curve.note(flights[0].size, _rows(flights), seconds)

    def did_not_fit(self, flights: Sequence[Flight]) -> None:
        """A call of all of them needs more memory than there is."""
        self._curve.too_many(flights[0].size, _rows(flights))

    def part(self, flights: Sequence[Flight]) -> None:
        """A call of all of them failed, and each of them can be moved alone."""
        self._at_odds.add(flights[0].key)

    def save(self) -> None:
        """Keep what was learnt."""
        self._curve.save()

    def _rows_that_fit(self, size: Size) -> int:
        """About how many rows of a call fit into the memory that is free now, and into what the
        device computes at once."""
        places = (size[0] // 8) * (size[1] // 8)
        row = self._row_values * places * self._device.dtype.itemsize
        fitting = int(self._device.free() // row)
        limit = self._device.attention_limit
        return fitting if limit is None else min(fitting, whole_rows(self._unet, *size, limit))


def _rows(flights: Sequence[Flight]) -> int:
    return sum(flight.rows for flight in flights)


def _curve_file(load: Load, device: Device) -> Path | None:
    """Where this model's pace on this device is kept."""
    if load.caches is None:
        return None
    facts = (load.sha256 or load.model, device.record(), computer(device), torch.__version__)
    name = hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
    return Path(load.caches) / "pace" / f"{name}.json"

"""Examples made ahead of a training by processes beside it, in order, from any step on.

What an example is depends on its number alone, so a training cut short goes on with what it would
have seen. Where a processor trains, one process draws; where a card does, all cores but one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import torch
from torch.utils.data import DataLoader, Dataset

ENDLESS = 1 << 40
"""More examples than any training sees."""


def hands(device: torch.device) -> int:
    """How many processes draw for a training on this device."""
    return 1 if device.type == "cpu" else max(1, (os.cpu_count() or 1) - 1)


def batches(source: Dataset[Any], size: int, step: int, device: torch.device) -> Iterator[Any]:
    """Batches of `size` from the one of that step on; they end with the process that asks."""
    return iter(
        DataLoader(
            source,
            size,
            sampler=range(step * size, ENDLESS),
            num_workers=hands(device),
            multiprocessing_context="spawn",
        )
    )

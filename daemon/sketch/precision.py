"""The number format of multiplications: bfloat16 where the hardware has it, else single precision.

A processor without such instructions emulates them (an EPYC with AVX2: ten times as long a step of
the UNet, 17.7 s of a core instead of 1.7). Networks keep their weights in single precision.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import torch

NATIVE = ("amx_bf16", "avx512_bf16")
"""What a processor has that multiplies bfloat16, as `torch.cpu.get_capabilities` names it."""


def quickest(device: torch.device) -> torch.dtype:
    """The number format in which a device multiplies fastest."""
    if device.type != "cpu":
        return torch.bfloat16
    there = torch.cpu.get_capabilities()
    return torch.bfloat16 if any(there.get(name) for name in NATIVE) else torch.float32


def mixed(device: torch.device) -> AbstractContextManager[Any]:
    """Within it, multiplications are made in `quickest`."""
    dtype = quickest(device)
    return torch.autocast(device.type, torch.bfloat16, enabled=dtype == torch.bfloat16)

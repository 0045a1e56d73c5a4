"""Whether a device computes attention rightly at the largest size that was painted.

The canary is a small picture, and faults of graphics drivers that are silent begin with large ones.
So, when nobody waits, one attention of that size is computed on the device, and for some of its
places on the processor as well. Knows no picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F

from daemon.engine.sdxl.canary import CanaryResult
from daemon.engine.sdxl.memory.slices import Slices, self_attentions

if TYPE_CHECKING:
    from daemon.engine.sdxl.device import Device
    from daemon.engine.sdxl.networks import Unet

SAMPLES = 64
"""Places that are computed twice."""

WRONG = 0.05
"""Root mean square of what is off, as a share of what it should be, above which it is wrong: half
precision is off by 0.001, and a wrong slice by about 1."""


def check_attention(unet: Unet, device: Device, width: int, height: int) -> CanaryResult:
    """The verdict for pictures of this size in pixels."""
    heads, places = max(
        self_attentions(unet, width, height), key=lambda each: each[0] * each[1] ** 2
    )
    off = attention_error(device, rows=2, heads=heads, places=places)
    told = f"attention of {width}x{height} pictures on {device.kind}"
    if off <= WRONG:
        return CanaryResult("INFO", f"{told} agrees with the processor's")
    return CanaryResult(
        "WARNING",
        f"{told} is computed wrongly, without any error (off by {off:.0%}): pictures of that size "
        "can't be trusted; make smaller ones, and update macOS or go back to what was before",
    )


def attention_error(device: Device, *, rows: int, heads: int, places: int) -> float:
    """How far the device's attention is off the processor's in float32, as `WRONG` says."""
    chance = torch.Generator("cpu").manual_seed(7)
    query, key, value = (
        torch.randn(rows, heads, places, 64, generator=chance).to(device.dtype) for _ in range(3)
    )
    with torch.inference_mode():
        with Slices(limit=device.attention_limit):
            place = device.place
            there = F.scaled_dot_product_attention(query.to(place), key.to(place), value.to(place))
        chosen = torch.linspace(0, places - 1, min(SAMPLES, places)).long()
        here = F.scaled_dot_product_attention(
            query[:, :, chosen].float(), key.float(), value.float()
        )
        off = there.cpu()[:, :, chosen].float() - here
    return float(off.pow(2).mean().sqrt() / here.pow(2).mean().sqrt())

"""Ways to be faster that nobody has measured yet, each off until somebody asks for it by name.

For measuring them (`hotfolder bench --gpu-day` does): `HOTFOLDER_LEVERS=graphs,channels_last` in
the environment of a worker. None is a setting: one that pays becomes part of the engine.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import torch

from daemon.engine.interface import UnloadableError
from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.speed.graphs import CudaCapture, Graphs
from daemon.engine.sdxl.speed.recorded import RecordedUnet

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Unet, Vae

VARIABLE = "HOTFOLDER_LEVERS"

GRAPHS = "graphs"
CHANNELS_LAST = "channels_last"
LEVERS = {
    GRAPHS: "calls of the UNet recorded as CUDA graphs and replayed; the same bits",
    CHANNELS_LAST: "the UNet's and the decoder's weights laid out with channels last",
}


def wanted() -> frozenset[str]:
    """Those asked for. Raises UnloadableError for a name that is none."""
    asked = {name.strip() for name in os.environ.get(VARIABLE, "").split(",")} - {""}
    if unknown := asked - LEVERS.keys():
        raise UnloadableError(
            f"{VARIABLE} names {', '.join(sorted(unknown))}, which is no lever.",
            f"There are {', '.join(LEVERS)}.",
        )
    return frozenset(asked)


def pull(unet: Unet, vae: Vae, device: Device) -> RecordedUnet | None:
    """Change the networks as was asked for; gives what replays the UNet's calls, if that was.
    Raises UnloadableError for a lever that this device has not."""
    asked = wanted()
    if CHANNELS_LAST in asked:
        unet.to(memory_format=torch.channels_last)
        vae.decoder.to(memory_format=torch.channels_last)
    if GRAPHS not in asked:
        return None
    if device.kind != "cuda":
        raise UnloadableError(f"{VARIABLE} names {GRAPHS}, which needs CUDA.", "Leave it out.")
    return RecordedUnet(unet, Graphs(CudaCapture()), device.clock)

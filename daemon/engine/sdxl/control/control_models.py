"""The control models at hand: read when first needed, and kept while there is room.

A ControlNet has half the size of the model it steers, so that few of them are kept; who flies with
one holds on to it, whatever is let go here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.engine.interface import RenderError
from daemon.engine.sdxl.control.control_file import load_control
from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.lru import Lru
from daemon.protocol.render import ControlModel

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Network, Unet

KEPT = 0.25
"""Share of the device's memory that they may take together; the last one used always stays."""


class ControlModels:
    """Those for one UNet on one device."""

    def __init__(self, unet: Unet, device: Device) -> None:
        self._unet = unet
        self._device = device
        self._kept: Lru[Network] = Lru(int(KEPT * device.memory))

    def get(self, model: ControlModel | None) -> Network:
        """The network. Raises RenderError for one that can't be used."""
        if model is None:
            raise RenderError(
                "The control model of this picture is not known.",
                remedy="Drop the job again, so that it is planned with the models that are here.",
            )
        key = (model.path, model.sha256)
        network = self._kept.get(key)
        if network is None:
            network = load_control(model, self._unet, self._device)
            self._kept.put(key, network, *network.parameters())
        return network

    def forget(self) -> None:
        """Give their memory back, but for those that pictures in the air hold."""
        self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)

"""A loaded SDXL model: its networks, their caches, and how long each took to load.

Knows nothing of files or of any picture.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from daemon.engine.interface import UnloadableError
from daemon.engine.sdxl.conditioning.cache import Cache
from daemon.engine.sdxl.conditioning.caches import Memory
from daemon.engine.sdxl.conditioning.fingerprint import Fingerprint
from daemon.engine.sdxl.conditioning.image_encoder import Vision
from daemon.engine.sdxl.conditioning.text import TextEncoders
from daemon.engine.sdxl.control.control_models import ControlModels
from daemon.engine.sdxl.control.estimators import Estimators
from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.versions import versions
from daemon.protocol.json_object import JsonObject
from daemon.protocol.messages import Load, Ready

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Unet, Vae


@dataclass(frozen=True, slots=True)
class Model:
    """A warm SDXL: everything a picture needs, and nothing about any picture.

    `vision` is the image encoder of each adapter, several of which may share one; `unusable` says
    what is wrong with an adapter or its encoder, which costs the jobs that ask for it and no more.
    `controls` has the control models used last, `estimators` makes what they are shown.
    `reference_cache` holds the tokens of references, `seen_by` the origin of an adapter's;
    `seconds` says how long each component took to load.
    """

    texts: TextEncoders
    vae: Vae
    unet: Unet
    scheduler: JsonObject
    vision: dict[str, Vision]
    adapters: dict[str, str]
    unusable: dict[str, UnloadableError]
    reference_cache: Cache
    seen_by: dict[str, Fingerprint]
    memory: Memory
    controls: ControlModels
    estimators: Estimators
    drops_encoders: bool = False
    seconds: dict[str, float] = field(default_factory=dict)

    def rest(self, *, force: bool = False) -> bool:
        """The encoders have said what this picture needs: on a small machine they leave memory
        to the UNet, and come back when they are asked. True if any did."""
        if not (self.drops_encoders or force):
            return False
        left = [encoder.sleep() for encoder in self.texts.encoders]
        return any([*left, *(vision.sleep() for vision in self.vision.values())])

    def ready(self, load: Load, device: Device) -> Ready:
        """What a worker says once it is loaded."""
        return Ready(
            seconds=0.0,
            model={
                "name": load.name,
                "sha256": load.sha256,
                "adapters": sorted(self.adapters),
            },
            device=device.record(),
            devices=device.count,
            parts=self.seconds,
            versions=versions(),
            peak_memory_bytes=device.peak(),
        )

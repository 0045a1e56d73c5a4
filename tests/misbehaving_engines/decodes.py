"""The real engine, told where to decode: ASIDE=yes beside the next picture's steps, no before."""

import os

from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.engine import Sdxl


class Engine(Sdxl):
    def load(self, load, report):
        Device.decodes_aside = os.environ["ASIDE"] == "yes"
        return super().load(load, report)

"""The real engine, told where to decode: the jobs up to ASIDE beside the next picture's steps, the others
before them."""

import os

from daemon.engine.sdxl.engine import Sdxl

ASIDE = int(os.environ["ASIDE"])


class Engine(Sdxl):
    def land(self, flight):
        self._decodes_aside = flight.render.job <= ASIDE
        return super().land(flight)

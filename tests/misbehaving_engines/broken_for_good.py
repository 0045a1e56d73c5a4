"""Its device has failed in a way that no later picture survives."""

from daemon.engine.dry_run import DryRun
from daemon.engine.interface import BrokenError


class Engine(DryRun):
    def render(self, _render, on_step):
        on_step(1, 0.0)
        raise BrokenError("the device is lost")

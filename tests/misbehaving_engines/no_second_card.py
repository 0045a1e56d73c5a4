"""Finds no graphics card, whatever its number."""

from daemon.engine.dry_run import DryRun
from daemon.engine.interface import UnloadableError


class Engine(DryRun):
    def load(self, load, report):
        if load.device.startswith("cuda"):
            raise UnloadableError(f"There is no {load.device} here.", "See `devices`.", device=True)
        return super().load(load, report)

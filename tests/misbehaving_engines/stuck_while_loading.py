"""Hangs for ever over its second component."""

import time

from daemon.engine.dry_run import DryRun


class Engine(DryRun):
    def load(self, _load, report):
        report("vae", 1, 2)
        report("unet", 2, 2)
        time.sleep(1e6)

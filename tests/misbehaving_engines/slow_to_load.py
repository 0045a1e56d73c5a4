"""Loads for half a second (or the option `load_seconds`), two components."""

import time

from daemon.engine.dry_run import DryRun


class Engine(DryRun):
    def load(self, load, report):
        for index, component in enumerate(("vae", "unet"), 1):
            report(component, index, 2)
            time.sleep(load.options.get("load_seconds", 0.5) / 2)
        return super().load(load, lambda *_: None)

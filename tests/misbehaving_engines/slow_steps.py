"""Takes its time over every step: the option or environment of the dry run, or else 0.2 s."""

import os
from dataclasses import replace

from daemon.engine.dry_run import DryRun


class Engine(DryRun):
    def load(self, load, report):
        seconds = float(os.environ.get("HOTFOLDER_DRY_STEP_SECONDS", 0.2))
        options = {"step_seconds": seconds} | load.options
        return super().load(replace(load, options=options), report)

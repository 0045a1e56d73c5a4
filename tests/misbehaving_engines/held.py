"""Stays at one step for as long as a test wants: see `support.daemon.Hold`. Still hears that it is cancelled."""

import os
import time
from pathlib import Path

from daemon.engine.dry_run import DryRun


class Engine(DryRun):
    def render(self, render, on_step):
        def step(number, seconds, look=None):
            on_step(number, seconds, look)
            while number == held_at():
                time.sleep(0.1)
                on_step(number, 0.1, look)

        return super().render(render, step)


def held_at():
    try:
        return int(Path(os.environ["HOTFOLDER_TEST_HOLD"]).read_text())
    except (FileNotFoundError, ValueError):
        return 0

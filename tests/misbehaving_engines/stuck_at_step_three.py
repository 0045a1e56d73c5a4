"""Hangs for ever once it has taken two steps."""

import time

from daemon.engine.dry_run import DryRun


class Engine(DryRun):
    def render(self, _render, on_step):
        on_step(1, 0.0)
        on_step(2, 0.0)
        time.sleep(1e6)

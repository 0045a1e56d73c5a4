"""Asks for more memory than any machine has."""

from daemon.engine.dry_run import DryRun


class Engine(DryRun):
    def render(self, _render, on_step):
        on_step(1, 0.0)
        return bytearray(1 << 62)

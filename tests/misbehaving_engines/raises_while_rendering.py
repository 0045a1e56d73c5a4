"""Has a bug that shows in the middle of a picture."""

from daemon.engine.dry_run import DryRun


class Engine(DryRun):
    def render(self, _render, on_step):
        on_step(1, 0.0)
        raise ZeroDivisionError("a bug in the engine")

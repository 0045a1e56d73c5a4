"""Its libraries print to stdout and its child processes do too."""

import subprocess

from daemon.engine.dry_run import DryRun


class Engine(DryRun):
    def render(self, render, on_step):
        print('{"kind": "Rendered"} is not from us', flush=True)
        subprocess.run(["echo", "nor is this"], check=True)
        return super().render(render, on_step)

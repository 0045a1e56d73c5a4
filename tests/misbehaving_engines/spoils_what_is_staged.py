"""As long as a file named by HOTFOLDER_TEST_SPOIL is there, each picture is altered once it lies staged: a bad disk."""

import os
import threading
import time
from pathlib import Path

from daemon.engine.dry_run import DryRun


class Engine(DryRun):
    def render(self, render, on_step):
        if Path(os.environ.get("HOTFOLDER_TEST_SPOIL", "/nowhere")).exists():
            threading.Thread(target=spoil, args=(Path(render.stage),), daemon=True).start()
            time.sleep(0.2)
        return super().render(render, on_step)


def spoil(place):
    """Beside its place, before it has its name: whoever reads it there reads it so."""
    part = place.with_name(place.name + ".part")
    while not (part.exists() and part.stat().st_size > 100) and not place.exists():
        time.sleep(0)
    for file in (part, place):
        try:
            with file.open("r+b") as opened:
                opened.seek(60)
                opened.write(b"spoilt")
        except OSError:
            pass

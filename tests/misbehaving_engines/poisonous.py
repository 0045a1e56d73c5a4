"""Does what the prompt says: dies of a segmentation fault, hangs, or eats memory; else paints."""

import ctypes
import time

from daemon.engine.dry_run import DryRun


class Engine(DryRun):
    def render(self, render, on_step):
        if "segfault" in render.sampling.prompt:
            on_step(1, 0.0)
            ctypes.string_at(0)
        if "hang" in render.sampling.prompt:
            on_step(1, 0.0)
            on_step(2, 0.0)
            time.sleep(1e6)
        if "shortage" in render.sampling.prompt:
            on_step(1, 0.0)
            return bytearray(1 << 62)
        if "memory" in render.sampling.prompt:
            on_step(1, 0.0)
            held = []
            while True:
                held.append(b"x" * 20_000_000)
                time.sleep(0.02)
        return super().render(render, on_step)

"""An engine that somebody wrote for an earlier version still runs."""

from __future__ import annotations

from pathlib import Path

from support.daemon import pictures

OLD_ENGINE = """
from PIL import Image

from daemon.engine.base import Aloft, OnStep, Picture, Report, Stages
from daemon.protocol.messages import Load, Ready
from daemon.protocol.render import Render


class Engine:
    def load(self, load: Load, report: Report) -> Ready:
        report("nothing", 1, 1)
        return Ready(0.0, {"name": "mine"}, {"type": "cpu", "name": "mine"})

    def render(self, render: Render, on_step: OnStep) -> Picture:
        for step in range(1, render.steps + 1):
            on_step(step, 0.0)
        image = Image.new("RGB", (render.width, render.height), "teal")
        return Picture(image, Stages(steps=(0.0,) * render.steps))
"""


def test_an_engine_of_an_earlier_version_makes_a_picture(root, drop, daemon, wait, tmp_path: Path):
    (tmp_path / "mine.py").write_text(OLD_ENGINE)
    daemon(engine="mine:Engine", PYTHONPATH=str(tmp_path))
    drop.whole("boat.yaml", "prompt: a boat\nsize: 192x192\nsteps: 2\n")
    wait(lambda: (root.done / "boat.yaml").exists() or list(root.failed.iterdir()))

    assert pictures(root) == ["boat.png"]

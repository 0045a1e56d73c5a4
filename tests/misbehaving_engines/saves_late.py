"""The first picture can't be saved before the next one's steps are done; the third one, never."""

import threading
from typing import Any

from PIL import Image

from daemon.engine.interface import Picture, Stages
from daemon.protocol.messages import Load, Ready
from daemon.protocol.render import Render


class Late(Image.Image):
    """A picture that waits to be encoded."""

    stepped: threading.Event

    def save(self, *given: Any, **named: Any) -> None:
        self.stepped.wait()
        super().save(*given, **named)


class Unsavable(Image.Image):
    def save(self, *_given: Any, **_named: Any) -> None:
        raise ValueError("no encoder can do this")


class Engine:
    def __init__(self) -> None:
        self._stepped = threading.Event()

    def load(self, _load: Load, report) -> Ready:
        report("nothing", 1, 1)
        return Ready(seconds=0.0)

    def render(self, render: Render, on_step) -> Picture:
        for step in range(1, render.sampling.steps + 1):
            on_step(step, 0.0)
        image = Image.new("RGB", (render.width, render.height), (render.job * 20, 0, 0))
        if render.job == 1:
            image.__class__ = Late
            image.stepped = self._stepped
        if render.job == 2:
            self._stepped.set()
        if render.job == 3:
            image.__class__ = Unsavable
        return Picture(image, Stages(steps=(0.0,) * render.sampling.steps))

"""The picture under way, shown in a file while it is made: beside the steps, never in their way.

A thread of its own that is handed how a picture looks by now, and writes the newest of that at most
twice a second. A picture that is made quicker than that is never shown. What the disk refuses is
said once. Knows no engine.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable
from pathlib import Path

from PIL import Image, PngImagePlugin

from daemon.engine.interface import Look
from daemon.fs import atomic
from daemon.fs.live_picture import (
    MARK,
    MARK_KEY,
    draft_of,
    is_live_picture,
    remove_live_picture,
)

PAUSE = 0.5
"""Seconds between two pictures, and before the first."""
LINGER = 2.0
"""Seconds that the last one stays."""
SIDE = 256
"""Pixels of the longer side at least: a latent is an eighth of its picture."""


class LivePicture:
    """Writes to `place`, nowhere if that is empty; `tell` is a line for the log."""

    def __init__(self, place: str, tell: Callable[[str, str], None]) -> None:
        self._place = Path(place) if place else None
        self._tell = tell
        self._changed = threading.Condition()
        self._look: Look | None = None
        self._over = True
        self._thread: threading.Thread | None = None

    def show(self, look: Look) -> None:
        """How the picture under way looks by now; costs the caller nothing."""
        if self._place is None:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="live picture", daemon=True)
            self._thread.start()
        with self._changed:
            self._look, self._over = look, False
            self._changed.notify()

    def end(self) -> None:
        """Nothing is under way any more."""
        if self._over:
            return
        with self._changed:
            self._look, self._over = None, True
            self._changed.notify()

    def _run(self) -> None:
        shown = False
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._look or (self._over and shown))  # noqa: B023
                self._changed.wait_for(lambda: self._over, PAUSE)
                look, self._look = self._look, None
            if look is not None:
                shown = self._write(look)
            elif shown and self._place is not None and not self._goes_on():
                shown = False
                remove_live_picture(self._place.parent)
            del look  # and with it what it holds of the picture

    def _goes_on(self) -> bool:
        """Whether another picture follows soon: whoever looks at a page sees no gap."""
        with self._changed:
            return self._changed.wait_for(lambda: self._look is not None, LINGER)

    def _write(self, look: Look) -> bool:
        place = self._place
        if place is None:
            return False
        try:
            if os.path.lexists(place) and not is_live_picture(place):
                raise FileExistsError(f"{place.name} is somebody's own picture")
            draft = draft_of(place)
            draft.unlink(missing_ok=True)
            atomic.replace(place, _png(look()), sync=False, draft=draft)
        except Exception as error:  # a look at a picture is not worth a picture
            self._tell("WARNING", f"the picture under way is not shown: {error}")
            self._place = None
            return False
        return True


def _png(image: Image.Image) -> bytes:
    """The file's bytes: enlarged by a whole number where it is small."""
    times = -(-SIDE // max(image.size))
    if times > 1:
        size = image.width * times, image.height * times
        image = image.resize(size, Image.Resampling.BICUBIC)
    info = PngImagePlugin.PngInfo()
    info.add_text(MARK_KEY, MARK)
    data = io.BytesIO()
    image.save(data, "PNG", pnginfo=info, compress_level=1)
    return data.getvalue()

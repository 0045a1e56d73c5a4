"""Takes the picture under way (`outbox/now.png`) away once nobody makes it any more.

The worker itself does while it lives; this is for one that was killed, and for what a daemon that
was killed has left.
"""

from __future__ import annotations

from pathlib import Path

from daemon.fs.live_picture import remove_live_picture
from daemon.notify.events import DaemonStarted, WorkerGone
from daemon.notify.subscribers import Numbered


class LivePictureSweeper:
    """That of one outbox."""

    heard = (DaemonStarted, WorkerGone)

    def __init__(self, outbox: Path) -> None:
        self._outbox = outbox

    def take(self, numbered: Numbered) -> None:
        if isinstance(numbered.event, self.heard):
            self.close()

    def close(self) -> None:
        remove_live_picture(self._outbox)

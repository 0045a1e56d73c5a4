"""`python -m daemon.page ROOT`: serve the page of one root until standard input ends."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from daemon.page.follow import follow
from daemon.page.lock import held
from daemon.root.layout import Layout

NICE = 15
"""Below everything that a person waits for."""


def main() -> int:
    """The exit code."""
    layout = Layout(Path(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is the daemon's matter
    os.nice(NICE)
    ended = threading.Event()
    threading.Thread(target=_wait_for_end, args=(ended,), daemon=True).start()
    with held(layout.outbox):
        follow(layout, until=ended.is_set)
    return 0


def _wait_for_end(ended: threading.Event) -> None:
    while os.read(0, 1024):
        pass
    ended.set()


if __name__ == "__main__":
    sys.exit(main())

"""`python -m daemon.page ROOT`: serve the page of one root until standard input ends."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from pathlib import Path

from daemon.page.follow import complain, follow
from daemon.page.lock import held
from daemon.root.layout import Layout

NICE = 15
"""Below everything that a person waits for."""


def main() -> int:
    """The exit code."""
    layout = Layout(Path(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is the daemon's matter
    _stand_back()
    ended = threading.Event()
    threading.Thread(target=_wait_for_end, args=(ended,), daemon=True).start()
    try:
        with held(layout.outbox):
            follow(layout, until=ended.is_set)
    except OSError as error:
        complain(f"the page can't be kept: {error.strerror or error} ({layout.outbox})")
        return 1
    return 0


def _stand_back() -> None:
    """Leave the processor to whoever wants it; a process of this kind wakes up in nobody's way."""
    os.nice(NICE)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def _wait_for_end(ended: threading.Event) -> None:
    while os.read(0, 1024):
        pass
    ended.set()


if __name__ == "__main__":
    sys.exit(main())

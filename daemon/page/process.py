"""The parent's handle on the process that keeps the page: started at the first job or board, with
the daemon where there is a page already, and again whenever it ends; let go of with the daemon.

A listener of the stream of events. It waits for nothing and fails for nobody.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import IO

from daemon.notify.events import BoardSaved, DaemonStarted, Event, JobClaimed, PictureStarted
from daemon.notify.subscribers import Numbered
from daemon.page.places import HIDDEN
from daemon.root.layout import Layout

SOONEST, LATEST = 1.0, 300.0
"""Seconds until it is started again: twice as many each time, unless it has lived for `LATEST`."""
PATIENCE = 10.0
"""Seconds it gets for its last words when the daemon ends."""
_MAX_LINE = 1_000


class PageProcess:
    """That of one root; `overhear` is told what it complains of."""

    def __init__(self, layout: Layout, overhear: Callable[[str], None]) -> None:
        self._root, self._outbox = layout.root, layout.outbox
        self._overhear = overhear
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper: threading.Thread | None = None
        self._closing = threading.Event()
        self._lock = threading.Lock()

    def wants(self, event: Event) -> bool:
        """Whether it is a cause to start: a job or a board that is being saved is what there is to
        show first, or a picture of one that was claimed before a crash; a page that is there is put
        right at the start."""
        if self._keeper is not None:
            return False
        if isinstance(event, DaemonStarted):
            return (self._outbox / HIDDEN).is_dir()
        return isinstance(event, BoardSaved | JobClaimed | PictureStarted)

    def take(self, numbered: Numbered) -> None:
        """One event that was wanted: the process reads all others for itself."""
        if self._keeper is None and self.wants(numbered.event):
            self._keeper = threading.Thread(target=self._keep, name="page", daemon=True)
            self._keeper.start()

    def close(self) -> None:
        """The daemon ends: the process reads what is left, and ends too."""
        with self._lock:
            self._closing.set()
            process = self._process
        if process is None:
            return
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()

    def _keep(self) -> None:
        pause = SOONEST
        while not self._closing.is_set():
            born = time.monotonic()
            process = self._start()
            if process is not None:
                assert process.stderr is not None
                self._listen(process.stderr)
                process.wait()
            pause = SOONEST if time.monotonic() - born > LATEST else min(2 * pause, LATEST)
            self._closing.wait(pause)

    def _start(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._closing.is_set():
                return None
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "daemon.page", str(self._root)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                )
            except OSError as error:
                self._overhear(f"the page can't be kept: {error.strerror or error}")
                return None
            return self._process

    def _listen(self, words: IO[bytes]) -> None:
        with words:
            while line := words.readline(_MAX_LINE):
                self._overhear(line.decode("utf-8", "replace").strip())

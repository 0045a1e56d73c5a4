"""The parent's handle on the process that keeps the page: started at the first job, or with the
daemon where there is a page already, and again if it ends; let go of with the daemon.

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

from daemon.notify.events import (
    DaemonStarted,
    Event,
    JobClaimed,
    PicturePublished,
    PictureStarted,
)
from daemon.notify.subscribers import Numbered
from daemon.page.places import HIDDEN
from daemon.root.layout import Layout

AGAIN = 30.0
"""Seconds between two starts."""
PATIENCE = 10.0
"""Seconds it gets for its last words when the daemon ends."""
_MAX_LINE = 1_000


class PageProcess:
    """That of one root; `overhear` is told what it complains of."""

    def __init__(self, layout: Layout, overhear: Callable[[str], None]) -> None:
        self._root, self._outbox = layout.root, layout.outbox
        self._overhear = overhear
        self._process: subprocess.Popen[bytes] | None = None
        self._not_before = 0.0

    def take(self, numbered: Numbered) -> None:
        """One event; whatever it says, the process reads it for itself."""
        if not self._is_cause(numbered.event):
            return
        if self._process is not None and self._process.poll() is None:
            return
        if time.monotonic() >= self._not_before:
            self._not_before = time.monotonic() + AGAIN
            self._start()

    def _is_cause(self, event: Event) -> bool:
        """Whether there is something to show; at a start, a page to be put right."""
        if isinstance(event, DaemonStarted):
            return (self._outbox / HIDDEN).is_dir()
        return isinstance(event, JobClaimed | PictureStarted | PicturePublished)

    def close(self) -> None:
        """The daemon ends: the process reads what is left, and ends too."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _start(self) -> None:
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
            return
        assert self._process.stderr is not None
        words = threading.Thread(target=self._read, args=(self._process.stderr,), daemon=True)
        words.start()

    def _read(self, words: IO[bytes]) -> None:
        with words:
            while line := words.readline(_MAX_LINE):
                self._overhear(line.decode("utf-8", "replace").strip())

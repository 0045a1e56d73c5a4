"""Keeping the machine awake while pictures are made, by holding a small child process.

`caffeinate` on macOS, `systemd-inhibit` on Linux; where there is neither, or it won't run, nothing
happens and rendering goes on. The display may sleep: only idle sleep of the machine is held off.

The child can't outlive us. On macOS it watches our process by its number; on Linux what it runs
is `cat` at the end of a pipe of ours, which ends when the pipe does, however we died. When to let
go (a little after the last picture) is the caller's affair.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys

_TRIES = 3
_LEAVE_SECONDS = 2


class KeepAwake:
    """Holds the machine awake between `hold` and `release`; both may be said twice.

    Never raises. After three children that ended by themselves (no session bus, not allowed) it
    stops trying.
    """

    def __init__(self, enabled: bool = True) -> None:
        self._command = _command() if enabled else None
        self._child: subprocess.Popen[bytes] | None = None
        self._failures = 0

    @property
    def holding(self) -> bool:
        """Whether a child of ours holds the machine awake right now."""
        return self._child is not None and self._child.poll() is None

    def hold(self) -> None:
        if self._command is None or self.holding:
            return
        if self._child is not None:
            self._failures += 1  # it ended by itself
            self.release()
        if self._failures >= _TRIES:
            return
        try:
            self._child = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                # Ctrl-C at our terminal is ours to answer, and nobody may ask for a password.
                start_new_session=True,
            )
        except OSError:
            self._failures += 1

    def release(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        with contextlib.suppress(OSError):
            if child.stdin:
                child.stdin.close()
        _end(child, signal.SIGTERM)
        try:
            child.wait(_LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            _end(child, signal.SIGKILL)
            child.wait()


def _end(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal the child and what it started: they are a session of their own."""
    if child.poll() is None:
        with contextlib.suppress(OSError):
            os.killpg(child.pid, number)


def _command() -> list[str] | None:
    """How this machine is kept awake; None if it has no way."""
    if sys.platform == "darwin":
        return _found("caffeinate", "-i", "-w", str(os.getpid()))
    return _found(
        "systemd-inhibit",
        "--what=idle:sleep",
        "--who=Hotfolder",
        "--why=Rendering pictures",
        "--mode=block",
        "cat",
    )


def _found(name: str, *arguments: str) -> list[str] | None:
    path = shutil.which(name)
    return [path, *arguments] if path else None

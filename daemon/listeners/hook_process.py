"""One run of a hook: what it is handed, what it prints, and its end, whatever it does.

It has a group of processes of its own, which ends with it: after its time, or when it has ended and
left something behind. Knows nothing of events.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from daemon.text.counted import counted

MOST_LINES = 50
"""Lines of one run that are told; what more it prints is read and forgotten."""

LONGEST = 400
"""Bytes of a line that are told."""

GRACE = 2.0
"""Seconds between asking a group of processes to end, and ending it."""

_POLL = 0.05
_CHUNK = 65_536


@dataclass(slots=True)
class _Words:
    """The lines of what it prints."""

    say: Callable[[str], None]
    rest: bytes = b""
    told: int = 0
    more: int = 0

    def take(self, data: bytes) -> None:
        *whole, rest = (self.rest + data).split(b"\n")
        self.rest = rest[:LONGEST]  # a line without an end takes no memory
        for line in whole:
            self._line(line)

    def end(self) -> None:
        if self.rest:
            self._line(self.rest)
        if self.more:
            self.say(f"… and {counted(self.more, 'line')} more")

    def _line(self, line: bytes) -> None:
        text = line[:LONGEST].decode("utf-8", "replace").strip()
        if not text:
            return
        if self.told < MOST_LINES:
            self.told += 1
            self.say(text)
        else:
            self.more += 1


def run(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    record: bytes,
    say: Callable[[str], None],
    is_over: Callable[[], bool],
) -> str:
    """Run it in `folder` with `record` on its standard input; `say` gets each line it prints.
    Returns how it ended, "" if well; it is ended once `is_over` says so. Raises OSError where it
    can't be started."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    words, given, heard = _Words(say), process.stdin.fileno(), process.stdout.fileno()
    os.set_blocking(given, False)
    os.set_blocking(heard, False)
    try:
        in_time = _serve(process, given, heard, record, words, is_over)
    finally:
        end_group(process)
        _hear(heard, words)
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()
    words.end()
    if not in_time:
        return "was ended, with all it had started: its time was over"
    return _said_of(process.returncode)


def _serve(
    process: subprocess.Popen[bytes],
    given: int,
    heard: int,
    record: bytes,
    words: _Words,
    is_over: Callable[[], bool],
) -> bool:
    """Hand over the record and read what is printed, until the process ends; False if it had to be
    given up."""
    left, is_heard = memoryview(record), True
    while process.poll() is None:
        if is_over():
            return False
        if not left and process.stdin is not None and not process.stdin.closed:
            process.stdin.close()
        reading, writing = [heard] if is_heard else [], [given] if left else []
        if not reading and not writing:
            time.sleep(_POLL)
            continue
        readable, writable, _ = select.select(reading, writing, [], _POLL)
        if writable:
            left = _give(given, left)
        if readable:
            is_heard = _hear(heard, words, most=1)
    return True


def _give(fd: int, left: memoryview) -> memoryview:
    try:
        return left[os.write(fd, left[:_CHUNK]) :]
    except BlockingIOError:
        return left
    except OSError:  # it does not want to know
        return left[:0]


def _hear(fd: int, words: _Words, most: int = 16) -> bool:
    """Take what has been printed; False at its end."""
    for _ in range(most):
        try:
            data = os.read(fd, _CHUNK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not data:
            return False
        words.take(data)
    return True


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End the process and whatever it has started in its group: politely first."""
    if _tell(process.pid, signal.SIGTERM):
        end = time.monotonic() + GRACE
        while time.monotonic() < end and (process.poll() is None or _tell(process.pid, 0)):
            time.sleep(_POLL)
        _tell(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(GRACE)


def _tell(group: int, number: int) -> bool:
    """Whether there still was somebody to be told."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _said_of(code: int) -> str:
    if code == 0:
        return ""
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"was ended by {signal.Signals(-code).name}"
    return f"ended with {code}"

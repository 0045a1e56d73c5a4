"""The stream of events as it lies on disk: its files, reading on in them, and its last number.

The stream is `logs/hotfolder.jsonl` and what was rotated away from it, a line of JSON per event.
Lines without a number (torn by a power cut, or of an older version) are no events. Knows nothing of
what the events mean. Standard library only.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from daemon.errors import SpoiledError
from daemon.fs import atomic
from daemon.fs.read import open_file
from daemon.root import state_files
from daemon.root.layout import Layout

TAIL = 1 << 18
"""Bytes at the end of a file in which its last whole line is looked for."""

BLOCK = 10_000
"""How far ahead numbers are put aside on disk."""

POLL = 0.1
"""Seconds between looks at a stream that is followed."""

_NUMBER = re.compile(rb'\{"number": (\d{1,12}),')


class Numbering:
    """Gives numbers that rise over every restart.

    They go on after what `event_number` says was put aside: the last one given after a clean stop,
    the end of a block after a crash. So a number is left out sooner than given twice, whatever has
    become of the log meanwhile (deleted, torn, never written)."""

    def __init__(self, layout: Layout) -> None:
        self._file = layout.event_number
        self._mark = self._read()
        self._last = max(last_number(layout), self._mark)

    def next(self) -> int:
        """One more than before, or more. Never raises: what the disk refuses is asked again a
        block later."""
        self._last += 1
        if self._last > self._mark:
            self._mark = self._last + BLOCK - 1
            with contextlib.suppress(OSError):
                atomic.replace(self._file, b"%d" % self._mark, mode=0o600)
        return self._last

    def close(self) -> None:
        """The daemon stops: nothing of what was put aside need be left out."""
        with contextlib.suppress(OSError):
            atomic.replace(self._file, b"%d" % self._last, mode=0o600)

    def _read(self) -> int:
        try:
            return state_files.read_number(self._file)
        except (OSError, SpoiledError):
            return 0  # the log tells the last one


def number_of(line: bytes) -> int | None:
    """The number in one whole line of the stream; None if it has none."""
    found = _NUMBER.match(line)
    return int(found[1]) if found and line.endswith(b"}") else None


def last_number(layout: Layout) -> int:
    """The number of the last event in the stream, 0 if there is none that can be read."""
    current = layout.jsonl_file
    for file in (current, *reversed(rotated(current))):
        number = _last_number_in(file)
        if number is not None:
            return number
    return 0


def events_after(layout: Layout, number: int) -> Iterator[bytes]:
    """Every line that is on disk of an event after `number`, oldest first."""
    return follow_after(layout, number, until=lambda: True)


def follow_after(
    layout: Layout, number: int, *, until: Callable[[], bool] = lambda: False
) -> Iterator[bytes]:
    """As `events_after`, and then each line as it comes, through any rotation; ends when `until`
    says so at a moment without news."""
    current, reader = layout.jsonl_file, _Reader(number)
    while True:
        with _opened(current) as stream:  # first, so that no rotation can fall between
            for file in rotated(current):
                if (_last_number_in(file) or 0) > reader.last:
                    with _opened(file) as older:
                        yield from reader.lines(older, lambda: True)
            yield from reader.lines(stream, lambda: until() or _is_replaced(current, stream))
            if until() and not _is_replaced(current, stream):
                return
            if stream is None:
                time.sleep(POLL)


class _Reader:
    """Reads lines, each event once: `last` is the number of the newest."""

    def __init__(self, last: int) -> None:
        self.last = last

    def lines(self, stream: BinaryIO | None, has_ended: Callable[[], bool]) -> Iterator[bytes]:
        """Lines of events after `last`, until there is no news and `has_ended` says so."""
        rest, ended = b"", False
        while stream is not None:
            data = stream.read(TAIL)
            if data:
                *whole, rest = (rest + data).split(b"\n")
                yield from filter(self._is_news, whole)
            elif ended:
                return
            else:
                ended = has_ended()  # then one more look: the last may have come just now
                if not ended:
                    time.sleep(POLL)

    def _is_news(self, line: bytes) -> bool:
        number = number_of(line) or 0
        is_news = number > self.last
        self.last = max(number, self.last)
        return is_news


def rotated(current: Path) -> list[Path]:
    """The files that were rotated away, oldest first (their names are dates)."""
    try:
        names = os.listdir(current.parent)
    except OSError:
        return []
    return [
        current.parent / name
        for name in sorted(names)
        if name.startswith(f"{current.stem}.")
        and name.endswith(current.suffix)
        and name != current.name
    ]


def _last_number_in(file: Path) -> int | None:
    try:
        with open_file(file) as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - TAIL))
            data = stream.read(TAIL)
    except OSError:
        return None
    numbers = (number_of(line) for line in reversed(data.split(b"\n")))
    return next((number for number in numbers if number is not None), None)


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[BinaryIO | None]:
    try:
        stream = open_file(file)
    except FileNotFoundError:
        yield None
        return
    with stream:
        yield stream


def _is_replaced(file: Path, stream: BinaryIO | None) -> bool:
    """Whether another file, or one cut short, has taken the place of what we have open."""
    if stream is None:
        return file.exists()
    try:
        there, ours = os.stat(file), os.fstat(stream.fileno())  # noqa: PTH116
    except FileNotFoundError:
        return False
    return not os.path.samestat(there, ours) or there.st_size < stream.tell()

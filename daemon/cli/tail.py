"""A log file as it grows: all of it that is kept, then what comes, through any rotation.

Rotated away and begun anew, cut short in its place (copytruncate), deleted and made again: each
line is told once. Knows nothing of what the lines say. Standard library only.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from daemon.fs.read import open_file
from daemon.notify.stream_files import rotated

POLL = 0.1
"""Seconds between looks at a log that is followed."""

_MEMORY = 64
"""Bytes before our place that must still be there, or the file is another one by now."""


class LogTail:
    """The lines of one log file and of what was rotated away from it; closes it at the end of a
    `with`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stream: BinaryIO | None = None
        self._rest = self._before = b""

    def __enter__(self) -> LogTail:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()

    def kept(self) -> Iterator[str]:
        """Every line there is now, oldest first. Afterwards `follow` misses none."""
        self._open()  # first, so that no rotation can fall between
        for older in rotated(self._file):
            if not _is(older, self._stream):
                yield from _whole(older)
        yield from self._news()

    def follow(self) -> Iterator[str]:
        """Lines as they come, without end."""
        while True:
            if self._stream is not None and self._is_cut():
                self._stream.seek(0)
                self._rest = self._before = b""
            news = list(self._news())
            yield from news
            if news:
                continue
            if self._stream is None:
                self._open()
            elif self._is_replaced():
                yield from self._news()  # its last words
                yield from self._missed()
                self._open()
            time.sleep(POLL)

    def _news(self) -> Iterator[str]:
        """The whole lines that are there and were not told yet."""
        while self._stream is not None and (data := self._stream.read(1 << 18)):
            self._before = (self._before + data)[-_MEMORY:]
            *lines, self._rest = (self._rest + data).split(b"\n")
            yield from map(_text, lines)

    def _open(self) -> None:
        """The file that bears the name now, from its beginning."""
        with contextlib.suppress(FileNotFoundError):
            stream = open_file(self._file)
            if self._stream is not None:
                self._stream.close()
            self._stream, self._rest, self._before = stream, b"", b""

    def _missed(self) -> Iterator[str]:
        """What came and went between two looks: all that was rotated away after ours."""
        older = rotated(self._file)
        ours = next((n for n, file in enumerate(older) if _is(file, self._stream)), len(older))
        for file in older[ours + 1 :]:
            yield from _whole(file)

    def _is_replaced(self) -> bool:
        return self._file.exists() and not _is(self._file, self._stream)

    def _is_cut(self) -> bool:
        """Whether what we have read is no longer what lies there."""
        assert self._stream is not None
        place = self._stream.tell() - len(self._before)
        return os.pread(self._stream.fileno(), len(self._before), place) != self._before


def _is(file: Path, stream: BinaryIO | None) -> bool:
    """Whether `file` names the very file that is open."""
    try:
        return stream is not None and os.path.samestat(os.stat(file), os.fstat(stream.fileno()))  # noqa: PTH116
    except FileNotFoundError:
        return False


def _whole(file: Path) -> Iterator[str]:
    with contextlib.suppress(OSError), open_file(file) as stream:
        yield from map(_text, stream)


def _text(line: bytes) -> str:
    return line.rstrip(b"\n").decode("utf-8", "replace")

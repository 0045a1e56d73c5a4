"""The answers in `outbox/.answers/`: where that of a file or an `id` lies, written and swept.

A file there is whole or not there. Nothing above the folder is made, and nothing is done in one
that is a link. Knows no event.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from daemon.fs import atomic, naming
from daemon.fs.read import read_json
from daemon.root.layout import Layout
from daemon.text.printable import is_unsafe

FOLDER = ".answers"
SUFFIX = ".json"

KEPT_DAYS = 30
"""Days after which an answer is swept."""

MOST = 10_000
"""Answers kept; of more the oldest go."""


class AnswerFiles:
    """Those of one root."""

    def __init__(self, layout: Layout) -> None:
        self._outbox = layout.outbox
        self._folder = layout.outbox / FOLDER

    def of_file(self, file: str, project: str) -> Path:
        """Where the answer about a file lies, which was dropped into `project`."""
        folder = self._folder / project if project else self._folder
        return folder / naming.fit(file, SUFFIX)

    def of_id(self, said: str) -> Path:
        """Where the answer about an `id` lies."""
        name = "".join("_" if c == "/" or is_unsafe(c) else c for c in said)
        if name.startswith("."):
            name = f"_{name[1:]}"
        return self._folder / naming.fit(name, SUFFIX)

    def write(self, place: Path, answer: Mapping[str, object]) -> None:
        """Put an answer there, over an older one. Raises OSError."""
        self._make(place.parent)
        data = json.dumps(answer, indent=1, ensure_ascii=False).encode("utf-8", "replace")
        atomic.replace(place, data + b"\n", sync=False)

    def outcome(self, place: Path) -> tuple[int, str]:
        """The job and outcome that the answer there tells of; (0, "") if there is none."""
        with contextlib.suppress(OSError, ValueError):
            answer = read_json(place)
            if isinstance(answer, Mapping) and isinstance(answer.get("job"), int):
                return answer["job"], str(answer.get("outcome"))
        return 0, ""

    @property
    def answered_until(self) -> float | None:
        """When the last answer was given (Unix seconds), None if that is not known."""
        with contextlib.suppress(OSError):
            return os.stat(self._folder / _MARK).st_mtime  # noqa: PTH116
        return None

    def mark(self, at: float) -> None:
        """Everything that has ended until `at` is answered. Raises OSError."""
        self._make(self._folder)
        mark = self._folder / _MARK
        fd = os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o644)
        os.close(fd)
        os.utime(mark, (at, at))

    def sweep(self, now: float) -> None:
        """Take away what is too old or too much. Raises OSError."""
        if not self._is_ours():
            return
        found = sorted(self._found())
        too_many = len(found) - MOST
        for number, (at, path) in enumerate(found):
            if number < too_many or at < now - KEPT_DAYS * 86_400:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path)
        for folder, _, _ in os.walk(self._folder, topdown=False):
            if folder != str(self._folder):
                with contextlib.suppress(OSError):  # it is not empty
                    os.rmdir(folder)  # noqa: PTH106

    def _found(self) -> Iterator[tuple[float, str]]:
        for folder, _, names in os.walk(self._folder):
            for name in names:
                path = os.path.join(folder, name)  # noqa: PTH118
                if name != _MARK and name.endswith((SUFFIX, ".tmp")):
                    with contextlib.suppress(OSError):
                        yield os.lstat(path).st_mtime, path

    def _make(self, folder: Path) -> None:
        """Make `folder`, but never the outbox itself: one that is gone stays gone."""
        place = self._outbox
        for part in folder.relative_to(self._outbox).parts:
            place = place / part
            try:
                mode = os.lstat(place).st_mode
            except FileNotFoundError:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(place)  # noqa: PTH102
                mode = os.lstat(place).st_mode
            if not stat.S_ISDIR(mode):
                raise NotADirectoryError(errno.ENOTDIR, "it is no folder", str(place))

    def _is_ours(self) -> bool:
        with contextlib.suppress(OSError):
            return stat.S_ISDIR(os.lstat(self._folder).st_mode)
        return False


_MARK = ".answered"

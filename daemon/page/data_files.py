"""The data of one page on disk: script files of so many pictures each, and one that counts them.

A page opened from disk may load scripts and nothing else, so data is scripts. A picture is a line;
new ones go to the end of the last file. Every file is replaced whole. Knows nothing of pictures.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from daemon.fs import atomic
from daemon.fs.read import read_file
from daemon.page.entry import Entry
from daemon.page.places import FOLDERS, HIDDEN_FOLDERS, data_of

PER_FILE = 500
INDEX = "index.js"
_BEGINNING = re.compile(r'\{"path": ("(?:[^"\\]|\\.)*")(?:, "changed": (\d+))?')
"""Of a line: an entry's first keys are its path and when the picture was changed."""


class DataFiles:
    """The data in `outbox/BELOW`, which is made when something is written."""

    def __init__(self, outbox: Path, below: str) -> None:
        self._outbox = outbox
        self._folder = outbox / below
        self._lines: list[str] = []
        self._last = 0
        self._revision = 0
        self._changed = self._is_shorter = False
        self._board = ""
        self._load()

    @property
    def count(self) -> int:
        """How many pictures there are, as far as all files but the last are full."""
        return self._last * PER_FILE + len(self._lines)

    def add(self, entry: Entry) -> None:
        """One more, the newest. On disk once `write` is called or a file is full."""
        self._lines.append(entry.to_json())
        self._changed = True
        if len(self._lines) >= PER_FILE:
            self._write_last()
            self._last, self._lines = self._last + 1, []

    def mark_board(self, mark: str) -> None:
        """Which state of its board the page is to show; "" for none."""
        if mark != self._board:
            self._board, self._changed = mark, True

    def clear(self) -> None:
        """Begin anew. What is on disk stays until it is written over, so that a page that is open
        misses nothing."""
        self._lines, self._last, self._board = [], 0, ""
        self._changed = self._is_shorter = True

    def write(self, *, needed: bool = False) -> bool:
        """What was added since, or where it is `needed` and not there yet all there is; whether
        there was anything. Raises OSError."""
        if not self._changed and not (needed and not (self._folder / INDEX).is_file()):
            return False
        self._write_last()
        self._revision += 1
        facts = {"files": self._last + 1, "count": self.count, "revision": self._revision}
        told = json.dumps(facts | ({"board": self._board} if self._board else {}))
        self._replace(INDEX, f"hotfolder.index({told});\n")
        self._changed = False
        if self._is_shorter:
            self._drop_others()
        return True

    def all(self) -> Iterator[dict[str, object]]:
        """Every picture that is listed, the oldest first."""
        for number in range(self._last):
            yield from map(json.loads, self._read(number))
        yield from map(json.loads, self._lines)

    def paths(self) -> Iterator[str]:
        """The path of every picture that is listed, the oldest first."""
        for number in range(self._last):
            yield from (_beginning_of(line)[0] for line in self._read(number))
        yield from self.newest()

    def newest(self) -> Iterator[str]:
        """Paths of those in the last file, the oldest first."""
        return (_beginning_of(line)[0] for line in self._lines)

    def keep(self, is_there: Callable[[str, int], bool]) -> tuple[dict[str, int], list[str]]:
        """Leave out those that are not there any more as they were when listed, by path and time of
        change, and those listed twice; those kept, the oldest first, and the paths of those left
        out."""
        seen: dict[str, int] = {}
        left_out: list[str] = []
        for number in range(self._last + 1):
            before = self._lines if number == self._last else self._read(number)
            after = []
            for line in before:
                path, changed = _beginning_of(line)
                if path not in seen and is_there(path, changed):
                    after.append(line)
                    seen[path] = changed
                else:
                    left_out.append(path)
            if len(after) == len(before):
                continue
            self._changed = True
            if number == self._last:
                self._lines = after
            else:
                self._replace(f"data-{number}.js", _script(number, after))
        return seen, left_out

    def _load(self) -> None:
        self._last = max(self._numbers(), default=0)
        self._lines = self._read(self._last)
        if len(self._lines) >= PER_FILE:
            self._last, self._lines = self._last + 1, []
        with contextlib.suppress(OSError, ValueError, TypeError, LookupError, AttributeError):
            text = read_file(self._folder / INDEX).decode("ascii")
            told = json.loads(text[text.index("(") + 1 : text.rindex(")")])
            self._revision = int(told["revision"])
            self._board = str(told.get("board", ""))

    def _numbers(self) -> list[int]:
        """Of the files that lie there."""
        try:
            names = [path.name for path in self._folder.iterdir()]
        except OSError:
            return []
        found = (re.fullmatch(r"data-(\d{1,9})\.js", name) for name in names)
        return [int(each[1]) for each in found if each]

    def _drop_others(self) -> None:
        """Files beyond the last, of before everything was begun anew."""
        for number in self._numbers():
            if number > self._last:
                with contextlib.suppress(OSError):
                    (self._folder / f"data-{number}.js").unlink()
        self._is_shorter = False

    def _read(self, number: int) -> list[str]:
        """The lines of one file; what a hand has spoiled in it is left out."""
        try:
            text = read_file(self._folder / f"data-{number}.js").decode("ascii")
        except (OSError, ValueError):
            return []
        return [line for each in text.split("\n")[1:-2] if _is_entry(line := each.rstrip(","))]

    def _write_last(self) -> None:
        self._replace(f"data-{self._last}.js", _script(self._last, self._lines))

    def _replace(self, name: str, text: str) -> None:
        make_below(self._outbox, self._folder)
        atomic.replace(self._folder / name, text.encode("ascii"), sync=False)


def make_below(outbox: Path, folder: Path) -> None:
    """Make `folder`, but never the outbox itself: one that is gone stays gone. Raises OSError."""
    place = outbox
    for part in folder.relative_to(outbox).parts:
        place = place / part
        place.mkdir(exist_ok=True)


def drop_data(outbox: Path, *, but_of: Iterable[str]) -> None:
    """The data of pages whose folders are gone."""
    kept = {data_of(group) for group in but_of}
    with contextlib.suppress(OSError):
        for name in os.listdir(outbox / HIDDEN_FOLDERS):
            if f"{HIDDEN_FOLDERS}/{name}" not in kept:
                shutil.rmtree(outbox / HIDDEN_FOLDERS / name, ignore_errors=True)


def noted_folders(outbox: Path) -> list[str]:
    """Folders that have a page, as the page of all was told."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        text = read_file(outbox / FOLDERS).decode("ascii")
        found = json.loads(text[text.index("(") + 1 : text.rindex(")")])
        return [each for each in found if isinstance(each, str)]
    return []


def _script(number: int, lines: list[str]) -> str:
    return "\n".join([f"hotfolder.data({number}, [", ",\n".join(lines), "]);", ""])


def _is_entry(line: str) -> bool:
    """Whether a line is one of ours, by its ends: a hundred thousand are looked at in a second."""
    return _BEGINNING.match(line) is not None and line.endswith("}")


def _beginning_of(line: str) -> tuple[str, int]:
    """The path in a line, and when that picture was changed; 0 as an earlier version wrote it."""
    found = _BEGINNING.match(line)
    assert found is not None
    return str(json.loads(found[1])), int(found[2] or 0)

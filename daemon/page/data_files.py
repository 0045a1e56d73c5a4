"""The data of one page on disk: script files of so many pictures each, and one that counts them.

A page opened from disk may load scripts and nothing else, so data is scripts. A picture is a line;
new ones go to the end of the last file. Every file is replaced whole. Knows nothing of pictures.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from daemon.fs import atomic
from daemon.fs.read import read_file
from daemon.page.entry import Entry

PER_FILE = 500
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
        self._changed = False
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

    def write(self) -> bool:
        """What was added since; whether there was anything. Raises OSError."""
        if not self._changed:
            return False
        self._write_last()
        self._revision += 1
        facts = {"files": self._last + 1, "count": self.count, "revision": self._revision}
        told = json.dumps(facts | ({"board": self._board} if self._board else {}))
        self._replace("index.js", f"hotfolder.index({told});\n")
        self._changed = False
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
        with contextlib.suppress(OSError):
            numbers = [
                int(found[1])
                for name in self._folder.iterdir()
                if (found := re.fullmatch(r"data-(\d{1,9})\.js", name.name))
            ]
            self._last = max(numbers, default=0)
        self._lines = self._read(self._last)
        if len(self._lines) >= PER_FILE:
            self._last, self._lines = self._last + 1, []
        with contextlib.suppress(OSError, ValueError, AttributeError):
            text = read_file(self._folder / "index.js").decode("ascii")
            told = json.loads(text[text.index("(") + 1 : text.rindex(")")])
            self._revision = int(told["revision"])
            self._board = str(told.get("board", ""))

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

"""The album: every picture of the outbox in the page's data; pages for all and for each folder.

`compare` makes it equal to what lies in the outbox, whatever became of either meanwhile; `add`
keeps it so. It reads sidecars, writes below outbox/.page, and the pages themselves.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from daemon.fs import atomic
from daemon.fs.read import read_file
from daemon.page.data_files import DataFiles, make_below
from daemon.page.entry import entry_of
from daemon.page.html import GENERATOR, page_html
from daemon.page.places import (
    FOLDERS,
    HIDDEN,
    HIDDEN_ALL,
    HIDDEN_FOLDERS,
    PAGE,
    data_of,
    group_of,
    pictures,
    thumb_of,
    thumbs,
)
from daemon.page.thumbs import make_thumb

MOST_GROUPS = 20
"""Folders whose last data file is kept in memory."""


class Album:
    """The album of one outbox."""

    def __init__(self, outbox: Path) -> None:
        self._outbox = outbox
        self._groups: OrderedDict[str, DataFiles] = OrderedDict()
        self._known: set[str] = set()
        self._written: set[str] = set()
        self._folders: list[str] | None = None
        self._late: deque[str] = deque()
        self._marks: dict[str, str] = {}

    def compare(self) -> None:
        """Leave out what is gone, add what is new in the order of its time. Raises OSError."""
        there = dict(pictures(self._outbox))
        whole = self._data("")
        kept, gone = whole.keep(there.__contains__)
        changed = set(map(group_of, gone))
        self._known = set(kept)
        counts = Counter(map(group_of, self._known))
        for group in (changed | counts.keys() | set(_noted_folders(self._outbox))) - {""}:
            if group in changed or self._data(group).count != counts[group]:
                self._compare_group(group, there)
        new = sorted(there.keys() - self._known, key=lambda each: (there[each], each))
        for path in new:
            self._list(path)
        self._compare_thumbs([*kept, *new])
        self.write()

    def add(self, relative: str, *, thumb: bool = True) -> None:
        """One picture more, if it is there and not listed yet; its small one now or later. Raises
        OSError."""
        if relative in self._known or not os.path.lexists(self._outbox / relative):
            return
        if thumb:
            make_thumb(self._outbox, relative)
        else:
            self._late.append(relative)
        self._list(relative)

    def make_thumbs(self, seconds: float) -> None:
        """Small pictures that are not there yet, for about so many seconds, the newest first."""
        end = time.monotonic() + seconds
        while self._late and time.monotonic() < end:
            make_thumb(self._outbox, self._late.pop())

    def mark_boards(self, marks: Mapping[str, str]) -> None:
        """Which state of its board each folder's page is to show."""
        for group, mark in marks.items():
            if self._marks.get(group, "") != mark and (self._outbox / group).is_dir():
                self._data(group).mark_board(mark)
                self._marks[group] = mark

    def rebuild(self) -> None:
        """Read every sidecar anew. Raises OSError."""
        for folder in (HIDDEN_ALL, HIDDEN_FOLDERS):
            shutil.rmtree(self._outbox / folder, ignore_errors=True)
        self._groups.clear()
        self._written.clear()
        self._marks.clear()
        self.compare()

    def _compare_thumbs(self, paths: Sequence[str]) -> None:
        """Remember which small pictures are missing, and take away those of pictures that are."""
        made = set(thumbs(self._outbox))
        wanted = {thumb_of(path): path for path in paths}
        for small in made - wanted.keys():
            with contextlib.suppress(OSError):
                (self._outbox / small).unlink()
        self._late = deque(path for small, path in wanted.items() if small not in made)

    def _list(self, relative: str) -> None:
        self._known.add(relative)
        entry = entry_of(self._outbox, relative, thumb_of(relative))
        self._data("").add(entry)
        if group := group_of(relative):
            self._data(group).add(entry)

    def write(self) -> bool:
        """Put on disk what was added; whether there was anything. Raises OSError."""
        changed = [group for group, data in self._groups.items() if data.write()]
        self._tell_folders()
        for group in {"", *changed}:
            self._write_page(group)
        return bool(changed)

    def sweep(self) -> bool:
        """Leave out what is gone of the newest pictures; whether anything was."""
        gone = [
            path for path in self._data("").newest() if not os.path.lexists(self._outbox / path)
        ]
        if not gone:
            return False
        for path in gone:
            self._known.discard(path)
            with contextlib.suppress(OSError):
                (self._outbox / thumb_of(path)).unlink()
        for group in {"", *(group_of(path) for path in gone)}:
            self._data(group).keep(lambda path: path not in gone)
        return self.write()

    def _compare_group(self, group: str, there: dict[str, float]) -> None:
        data = self._data(group)
        data.keep(lambda path: path in there and path in self._known)
        listed = set(data.paths())
        missing = [p for p in self._known if group_of(p) == group and p not in listed]
        for path in sorted(missing, key=lambda each: (there.get(each, 0.0), each)):
            data.add(entry_of(self._outbox, path, thumb_of(path)))
        data.write()

    def _data(self, group: str) -> DataFiles:
        if group not in self._groups:
            self._groups[group] = DataFiles(self._outbox, data_of(group))
            for old in [name for name in self._groups if name not in ("", group)][:-MOST_GROUPS]:
                self._groups.pop(old).write()
        self._groups.move_to_end(group)
        return self._groups[group]

    def _tell_folders(self) -> None:
        """Which folders have a page, for the page of all."""
        folders = sorted({group_of(path) for path in self._known} - {""}, key=str.casefold)
        if folders != self._folders:
            told = f"hotfolder.folders({json.dumps(folders)});\n".encode("ascii")
            make_below(self._outbox, self._outbox / HIDDEN)
            atomic.replace(self._outbox / FOLDERS, told, sync=False)
            self._folders = folders

    def _write_page(self, group: str) -> None:
        """The page of a folder that is there; a person may have taken it away."""
        folder = self._outbox / group
        if group in self._written or not folder.is_dir():
            return
        html = page_html(group).encode("utf-8")
        target = folder / PAGE
        with contextlib.suppress(FileNotFoundError):
            there = read_file(target)
            if there == html or GENERATOR.encode() not in there:  # a person's own is left alone
                self._written.add(group)
                return
        atomic.replace(target, html, sync=False)
        self._written.add(group)


def _noted_folders(outbox: Path) -> list[str]:
    """Folders that have a page, as the page of all was told."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        text = read_file(outbox / FOLDERS).decode("ascii")
        found = json.loads(text[text.index("(") + 1 : text.rindex(")")])
        return [each for each in found if isinstance(each, str)]
    return []

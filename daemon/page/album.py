"""The album: every picture of the outbox in the page's data; pages for all and for each folder.

`compare` makes it equal to what lies in the outbox, whatever became of either meanwhile; `add`
keeps it so. It reads sidecars, writes below outbox/.page, and the pages themselves.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Container, Iterable, Mapping
from pathlib import Path

from daemon.fs import atomic
from daemon.fs.read import read_file
from daemon.page.data_files import INDEX, DataFiles, drop_data, make_below, noted_folders
from daemon.page.entry import Entry, entry_of
from daemon.page.folders import Folders
from daemon.page.glances import Glances
from daemon.page.html import page_html
from daemon.page.live import have_live
from daemon.page.page_folders import drop_page, made_folders, make_folder
from daemon.page.places import (
    FOLDERS,
    HIDDEN,
    changed_at,
    data_of,
    group_of,
    listing,
    pictures,
    thumb_beside,
    thumb_of,
    thumbs,
)
from daemon.page.thumbs import make_strokes, make_thumb
from daemon.root.our_page import GENERATOR, PAGE

AT_ONCE = 20
"""Pictures that came at once, beyond which small ones are put off."""

MOST_GROUPS = 20
"""Folders whose last data file is kept in memory."""


class Album:
    """The album of one outbox; `references` holds the drawings that its pictures follow."""

    def __init__(self, outbox: Path, references: Path | None = None) -> None:
        self._outbox = outbox
        self._references = references
        self._groups: OrderedDict[str, DataFiles] = OrderedDict()
        self._known: dict[str, int] = {}  # and when each was changed
        self._counts: Counter[str] = Counter()  # of what is known, by folder: there may be 100,000
        self._written: set[str] = set()
        self._folders: list[str] | None = None
        self._late: deque[str] = deque()
        self._left: list[str] = []
        self._folders_seen = Folders(outbox)
        self._glances = Glances(outbox)
        self._marks: dict[str, str] = {}

    def compare(self) -> None:
        """Leave out what is gone, add what is new in the order of its time. Raises OSError."""
        there = dict(pictures(self._outbox))
        whole = self._data("")
        self._known, gone = whole.keep(lambda path, changed: there.get(path) == changed)
        self._drop_thumbs(path for path in gone if path in there)
        groups = set(map(group_of, gone))
        self._counts = Counter(map(group_of, self._known))
        for group in (groups | self._counts.keys() | set(noted_folders(self._outbox))) - {""}:
            if group in groups or self._data(group).count != self._counts[group]:
                self._compare_group(group, there)
        new = sorted(there.keys() - self._known.keys(), key=lambda each: (there[each], each))
        for path in new:
            self._list(self._entry(path, there[path]))
        self._compare_thumbs(self._known)
        while self._late and len(self._late) <= AT_ONCE:
            self._make_late()
        self.write()

    def add(self, relative: str, *, thumb: bool = True) -> None:
        """One picture more, if it is there and not listed yet as it is now; its small one now or
        later. Raises OSError."""
        try:
            changed = changed_at((self._outbox / relative).lstat())
        except FileNotFoundError:
            return
        if self._known.get(relative) == changed:
            return
        if relative in self._known:  # another has taken its place
            self._leave_out({relative})
            self._drop_thumbs([relative])
        entry = self._entry(relative, changed)
        if thumb:
            self._make_small(entry)
        else:
            self._late.append(relative)
        self._list(entry)

    def make_thumbs(self, seconds: float, must_stop: Callable[[], bool] = lambda: False) -> None:
        """Small pictures that are not there yet, for about so many seconds, the newest first."""
        end = time.monotonic() + seconds
        while self._late and time.monotonic() < end and not must_stop():
            self._make_late()

    def _make_late(self) -> None:
        path = self._late.pop()
        self._make_small(self._entry(path, self._known.get(path, 0)))

    def mark_boards(self, marks: Mapping[str, str], to_come: Container[str] = ()) -> None:
        """Which state of its board each folder's page is to show. One of which pictures are still
        `to_come` has its page, and the folder it lies in, before the first of them."""
        for group, mark in {**dict.fromkeys(made_folders(self._outbox), ""), **marks}.items():
            if self._marks.get(group) == mark:
                continue
            if mark and group in to_come and make_folder(self._outbox, group):
                self._written.discard(group)
            if (self._outbox / group).is_dir():
                self._data(group).mark_board(mark)
                self._marks[group] = mark
                if not mark and not self._counts[group]:
                    self._written.discard(group)
                    drop_page(self._outbox, group)

    @property
    def _paged(self) -> set[str]:
        """Folders that have a page: with pictures, or of a board that has none yet."""
        bare = (one for one, mark in self._marks.items() if mark and not self._counts[one])
        return {*+self._counts, *(one for one in bare if (self._outbox / one).is_dir())} - {""}

    def rebuild(self) -> None:
        """Read every sidecar anew. Raises OSError."""
        folders, _ = listing(self._outbox, "")
        for group in ("", *folders):
            if (self._outbox / data_of(group)).is_dir():
                self._data(group).clear()
        self._written.clear()
        self._marks.clear()
        self.compare()
        drop_data(self._outbox, but_of=folders)

    def _compare_thumbs(self, paths: Iterable[str]) -> None:
        """Remember which small pictures are missing, and take away those of pictures that are."""
        made = set(thumbs(self._outbox))
        wanted = {thumb_of(path): path for path in paths}
        for small in made:
            if thumb_beside(small) not in wanted:
                with contextlib.suppress(OSError):
                    (self._outbox / small).unlink()
        self._late = deque(path for small, path in wanted.items() if small not in made)

    def _drop_thumbs(self, paths: Iterable[str]) -> None:
        """Take away the small ones of pictures whose place another has taken."""
        for path in paths:
            self._drop_small(thumb_of(path))

    def _drop_small(self, small: str) -> None:
        """This small picture, and those of the drawings that the picture followed."""
        for lying in (self._outbox / small).parent.glob(f"{Path(small).stem}*"):
            with contextlib.suppress(OSError):
                lying.unlink()

    def _entry(self, relative: str, changed: int) -> Entry:
        return entry_of(self._outbox, relative, changed, thumb_of(relative))

    def _make_small(self, entry: Entry) -> None:
        """First of what it follows: once its own small picture lies there, nobody looks again."""
        if self._references is not None:
            make_strokes(self._outbox, entry, self._references)
        make_thumb(self._outbox, entry.path)

    def _list(self, entry: Entry) -> None:
        group = group_of(entry.path)
        self._known[entry.path] = entry.changed
        self._counts[group] += 1
        self._data("").add(entry)
        if group:
            self._data(group).add(entry)

    def write(self) -> bool:
        """Put on disk what was added, then the pages that load it; whether there was anything.
        Raises OSError, of a folder that can't be written once all others are."""
        refused: OSError | None = None
        changed = [group for group, data in self._groups.items() if data.write()]
        self._written &= self._paged | {""}  # a folder that is gone may come back
        for group in self._paged - self._written:
            try:
                self._write_page(group)
            except OSError as error:  # one that may not be written keeps no other page back
                refused = refused or error
        self._tell_folders()  # whose pages are there
        self._write_page("")
        if refused is not None:
            raise refused
        return bool(changed)

    def sweep(self) -> bool:
        """Follow what people did to pictures since the last sweep, or since all was compared:
        leave out what is gone, add what is new or other than it was; whether there was anything.
        Raises OSError."""
        self._take_away()
        there, over = self._folders_seen.look(), self._glances.look(self._known)
        listed = {path: changed for folder in there.values() for path, changed in folder.items()}
        listed |= over
        gone = over.keys() | {
            path
            for path, changed in self._known.items()
            if path.rpartition("/")[0] in there and listed.get(path) != changed
        }
        if gone:
            self._leave_out(gone)
            self._drop_thumbs(gone & listed.keys())
        new = listed.keys() - self._known.keys()
        for path in sorted(new, key=lambda path: (listed[path], path)):
            # a page that is open asks for the small one as soon as it is listed
            self.add(path, thumb=len(new) <= AT_ONCE)
        return self.write() if gone or new else False

    def _leave_out(self, gone: set[str]) -> None:
        for path in gone:
            del self._known[path]
            self._counts[group_of(path)] -= 1
            self._left.append(thumb_of(path))
        for group in {"", *(group_of(path) for path in gone)}:
            self._data(group).keep(lambda path, _: path not in gone)

    def _take_away(self) -> None:
        """The small pictures of what was left out at the last sweep: pages that were open then have
        read since that it is gone."""
        listed = {thumb_of(path) for path in self._known} if self._left else set()
        for small in set(self._left) - listed:
            self._drop_small(small)
        self._left.clear()

    def _compare_group(self, group: str, there: dict[str, int]) -> None:
        data = self._data(group)
        data.keep(lambda path, changed: self._known.get(path) == changed)
        listed = set(data.paths())
        missing = [p for p in self._known if group_of(p) == group and p not in listed]
        for path in sorted(missing, key=lambda each: (there[each], each)):
            data.add(self._entry(path, there[path]))
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
        folders = sorted(self._paged, key=str.casefold)
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
        if not (self._outbox / data_of(group) / INDEX).is_file():
            self._data(group).write(needed=True)  # a browser may open the page once it is there
        have_live(self._outbox)
        html = page_html(group).encode("utf-8", "replace")
        target = folder / PAGE
        with contextlib.suppress(FileNotFoundError):
            there = read_file(target)
            if there == html or GENERATOR.encode() not in there:  # a person's own is left alone
                self._written.add(group)
                return
        atomic.replace(target, html, sync=False)
        self._written.add(group)

"""What lies in the inbox: the list of files that may become jobs.

The scan is the truth; events only make it look sooner, at one file. Nothing here opens, moves or
judges the content of a file. Folders whose modification time stands still are not listed again,
so that ten thousand waiting files cost nothing while they wait. Standard library only.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from daemon.fs.moment import Moment
from daemon.inbox.candidates import is_project, list_folder, may_be_job, place_in
from daemon.inbox.growth import Growth
from daemon.inbox.inspection import UNSEEN, FileState, Inspection
from daemon.inbox.listed_folder import ListedFolder
from daemon.inbox.settle import Look, Sighting, see
from daemon.root.inbox_places import InboxPlace
from daemon.root.layout import AGAIN_SUFFIXES
from daemon.spool.ticket import Dropped


@dataclass(slots=True)
class Waiting:
    """One candidate as we know it. `queued_wall` and `queued_at` are the first sight; `arrived`
    orders the queue: its ctime then, which `cp -p` and `touch` can't forge, and its name. A later
    change of ctime (a Finder tag, chmod) moves nothing."""

    path: Path
    sighting: Sighting
    queued_wall: float
    queued_at: float
    arrived: tuple[int, str]
    inspection: Inspection = UNSEEN
    """What is known of it; written by the queue alone."""
    inspected: Look | None = None
    """What lay there when `inspection` was made."""

    @property
    def known_inspection(self) -> Inspection | None:
        """`inspection`, if it is about the content that lies there now."""
        before = self.inspected
        is_same = before is not None and before.identity == self.sighting.look.identity
        return self.inspection if is_same else None


class Inbox:
    """The candidates in the inbox. `files` maps a path to what is known of it. A new folder is
    taken to be filled until it has lain still for `quiet` seconds."""

    def __init__(self, folder: Path, *, quiet: float = 0.0) -> None:
        self.folder = folder
        self._growth = Growth(quiet)
        self.files: dict[Path, Waiting] = {}
        self._places: dict[str, InboxPlace] = {}
        self.unreadable: dict[Path, str] = {}
        self.gone: list[Path] = []
        """Files forgotten since somebody last emptied this."""
        self._folders: dict[Path, ListedFolder] = {}

    def move_to(self, folder: Path) -> None:
        """Look at another folder from now on."""
        self.folder = folder
        self.files.clear()
        self.unreadable.clear()
        self._places.clear()
        self._folders.clear()
        self._growth.keep_only(set())

    def scan(self, at: Moment, *, full: bool) -> list[Waiting]:
        """Look at every folder; returns the files that are new or changed. `full` trusts no
        modification time and looks at every file again. Raises OSError if the inbox itself can't
        be listed (missing, no permission)."""
        changed: list[Waiting] = []
        reached: set[Path] = set()
        stack = [self.folder]
        while stack:
            folder = stack.pop()
            try:
                known = self._list(folder, at, full=full)
            except OSError as error:
                if folder == self.folder:
                    raise
                self.unreadable[folder] = error.strerror or str(error)
                continue
            self.unreadable.pop(folder, None)
            reached.add(folder)
            stack.extend(folder / name for name in known.subfolders)
            if known.listed_wall == at.wall:
                for name in known.names:
                    seen = self.look(folder / name, at, complete=False)
                    if seen is not None:
                        changed.append(seen)
        self._forget_unreached(reached)
        self._growth.keep_only({self._top(folder) for folder in reached})
        return changed

    def others(self) -> Iterator[Path]:
        """Everything that is no candidate and nobody's litter, as the last scan found it."""
        for folder, known in self._folders.items():
            for name in known.others:
                yield folder / name

    def saw_growth(self, path: Path, look: Look, at: Moment) -> None:
        """This file is new or has changed: the folder it lies in may still be being filled."""
        top = self._top_of(path)
        if top:
            self._growth.saw(top, max(look.ctime_ns, look.mtime_ns) / 1e9, at)

    def moved_in(self, folder: Path, at: Moment) -> None:
        """A folder at the top of the inbox came from elsewhere by one rename. One of another name
        that is the same folder was here before, and goes on being what it was."""
        try:
            status = os.lstat(folder)
        except OSError:
            return
        if status.st_mtime_ns >= status.st_ctime_ns:
            return  # something was put into it since: a rename moves its ctime alone
        top = self._top(folder)
        known = {place for place, of in self._folders.items() if of.inode == status.st_ino}
        if top and folder.parent == self.folder and not known - {folder}:
            self._growth.came_whole(top, status.st_ctime_ns / 1e9, at)

    def held_until(self, path: Path) -> float:
        """When (monotonic) the folder of this file has been still for long enough."""
        return self._growth.held_until(self._top_of(path))

    def look(self, path: Path, at: Moment, *, complete: bool, ours: bool = False) -> Waiting | None:
        """Look at one file now; returns it if it is new, changed, or newly known complete. One of
        `ours` is no growth of its folder."""
        try:
            status = os.lstat(path)
        except OSError:
            self.forget(path)
            return None
        if stat.S_ISDIR(status.st_mode):
            self.forget(path)
            return None
        before, look = self.files.get(path), Look.from_stat(status)
        changed = max(look.ctime_ns, look.mtime_ns) / 1e9
        sighting = see(
            before.sighting if before else None,
            look,
            now=at.now,
            wall=at.wall,
            complete=complete or self._growth.is_whole(self._top_of(path), changed),
        )
        if before is None:
            arrived = (sighting.look.ctime_ns, str(path))
            self.files[path] = Waiting(path, sighting, at.wall, at.now, arrived)
            if not ours:
                self.saw_growth(path, sighting.look, at)
            return self.files[path]
        if sighting is before.sighting:
            return None
        is_other = sighting.look.identity != before.sighting.look.identity
        is_news = is_other or sighting.complete != before.sighting.complete
        if is_other:
            self.saw_growth(path, sighting.look, at)
        before.sighting = sighting
        return before if is_news else None

    def hint(self, path: Path, at: Moment, *, complete: bool, ours: bool = False) -> Waiting | None:
        """An event named this path; look at it if its name makes it a candidate."""
        if not self._is_looked_into(path):
            return None
        if not may_be_job(path.name, lambda: bool(self.place(path).remake)):
            return None
        return self.look(path, at, complete=complete, ours=ours)

    def _is_looked_into(self, path: Path) -> bool:
        """Whether the folder of a file is one that a scan lists: the inbox, or a project in it."""
        folder, inbox = str(path).rpartition(os.sep)[0], str(self.folder)
        if folder == inbox:
            return True
        beyond = folder.removeprefix(f"{inbox}/")
        return beyond != folder and all(map(is_project, beyond.split("/")))

    def jobs(self) -> Iterator[Waiting]:
        """Everything but texts that jobs read by name."""
        files = self.files.values()
        return (each for each in files if each.inspection.state is not FileState.INPUT)

    def forget(self, path: Path) -> None:
        """The file is claimed or gone."""
        if self.files.pop(path, None) is not None:
            self.gone.append(path)

    def is_again(self, path: Path) -> bool:
        """Whether this is a picture dropped to be rendered again."""
        return bool(self.place(path).remake) and path.suffix.lower() in AGAIN_SUFFIXES

    def place(self, path: Path) -> InboxPlace:
        """What its folder says of a candidate."""
        return self._place_of(str(path).rpartition(os.sep)[0])

    def _place_of(self, folder: str) -> InboxPlace:
        """Found out once: ten thousand files are looked at in a second, and most lie in few."""
        known = self._places.get(folder)
        if known is None:
            known = self._places[folder] = place_in(Path(folder), self.folder)
        return known

    def rank(self, path: Path, priority: int) -> tuple[int, int]:
        """By which jobs that wait are ordered: the smaller goes first."""
        return -self.place(path).turn, -priority

    def folder_of(self, path: Path) -> str:
        """The folder of a candidate relative to the inbox, as a/b; "" for the inbox itself."""
        return str(path).rpartition(os.sep)[0][len(str(self.folder)) + 1 :]

    def _top(self, folder: Path) -> str:
        """The folder at the top of the inbox, or of a special one, that this one is or lies in; ""
        for those themselves, which are never new."""
        return self._place_of(str(folder)).project.split("/")[0]

    def _top_of(self, file: Path) -> str:
        """The same, of the folder that this file lies in."""
        return self.place(file).project.split("/")[0]

    def _list(self, folder: Path, at: Moment, *, full: bool) -> ListedFolder:
        status = os.stat(folder)  # noqa: PTH116 (hot path)
        mtime_ns = status.st_mtime_ns
        known = self._folders.get(folder)
        if known is not None and not full and known.quiet(mtime_ns):
            return known
        found = list_folder(folder, self.folder)
        listed = ListedFolder(
            mtime_ns, status.st_ino, at.wall, found.subfolders, set(found.names), found.others
        )
        if known is not None:
            for gone in known.names - listed.names:
                self.forget(folder / gone)
        self._folders[folder] = listed
        self._saw_listing(folder, known, listed, at)
        return listed

    def _saw_listing(
        self, folder: Path, known: ListedFolder | None, listed: ListedFolder, at: Moment
    ) -> None:
        """A folder that is new or holds other names than before is being filled, perhaps."""
        top = self._top(folder)
        if top and (known is None or not known.same_names(listed)):
            since = known.listed_wall if known is not None else 0.0
            self._growth.saw(top, max(since, listed.mtime_ns / 1e9), at)

    def _forget_unreached(self, reached: set[Path]) -> None:
        for folder in self._folders.keys() - reached:
            for name in self._folders.pop(folder).names:
                self.forget(folder / name)


def drop_of(inbox: Inbox, path: Path, *, queued_at: float, queued_wall: float) -> Dropped:
    """A candidate as the spool claims it."""
    folder, again = inbox.folder_of(path), inbox.is_again(path)
    return Dropped(path, inbox.place(path).project, again, queued_at, queued_wall, folder)


def is_record_of_waiting(path: Path, files: Collection[Path]) -> bool:
    """Whether a picture of that name waits beside it to be made again."""
    return path.suffix == ".json" and any(
        path.with_suffix(suffix) in files for suffix in AGAIN_SUFFIXES
    )

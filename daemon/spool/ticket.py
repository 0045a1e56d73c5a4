"""What is known of a job file from outside: dropped in the inbox, and claimed in the spool.

Plain values; nothing here touches the disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from daemon.root.inbox_places import AGAIN, InboxPlace, place_of


def in_inbox(file: str, project: str, folder: str | None, *, again: bool) -> str:
    """Where a file of that name lay, relative to the inbox. What version 0.1 wrote knows no
    `folder`: there it is the project, or again/."""
    lay = folder if folder is not None else AGAIN if again else project
    return f"{lay}/{file}" if lay else file


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file that lies in the inbox. `project` is a/b or ""; `again` for a picture to be made
    again; the first sight of it was at `queued_at` (monotonic seconds of this process) and
    `queued_wall` (seconds since 1970); `folder` is where it lies, relative to the inbox."""

    path: Path
    project: str
    again: bool
    queued_at: float
    queued_wall: float
    folder: str | None = None

    @property
    def place(self) -> str:
        """The file, relative to the inbox."""
        return in_inbox(self.path.name, self.project, self.folder, again=self.again)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What is known of a claimed job apart from its content. `project` is a/b or ""; `queued_wall`
    is the first sight in the inbox (seconds since 1970); `attempts` counts render attempts begun,
    `deaths` worker deaths while it rendered alone; `deliberate` a drop by one of our own verbs;
    `parent` is the job this one retries; `source` tells the file that was claimed from any other
    of its name (inode, size, times of its last change and of the last change of its names);
    `folder` is where it lay, relative to the inbox (None in tickets of version 0.1)."""

    number: int
    file: str
    project: str
    suffix: str
    again: bool
    queued_wall: float
    claimed_wall: float
    attempts: int = 0
    deaths: int = 0
    deliberate: bool = False
    parent: int | None = None
    source: list[int] | None = None
    folder: str | None = None

    @property
    def place(self) -> str:
        """Where the file lay, relative to the inbox."""
        return in_inbox(self.file, self.project, self.folder, again=self.again)

    @property
    def said(self) -> InboxPlace:
        """What the folder said in which it lay."""
        return place_of(self.folder_in_inbox)

    def is_record(self, place: str) -> bool:
        """Whether the file at `place` in the inbox is the record of this picture, which goes with
        it in the end."""
        return self.again and place == f"{self.place.rpartition('.')[0]}.json"

    @property
    def folder_in_inbox(self) -> str:
        """Where the file lay, relative to the inbox; "" for the inbox itself."""
        return self.place.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claimed job: its folder in the spool and its ticket."""

    folder: Path
    ticket: Ticket

    @property
    def number(self) -> int:
        return self.ticket.number

    @property
    def job_file(self) -> Path:
        return self.folder / f"job{self.ticket.suffix}"

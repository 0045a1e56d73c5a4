"""Every job of a root as verbs speak of it: waiting, claimed or ended, each as its files tell.

A job's state is where its files are, so no daemon is asked. Standard library only.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from daemon.errors import SpoiledError
from daemon.inbox.candidates import walk
from daemon.root.inbox_places import place_of
from daemon.root.layout import Layout
from daemon.root.status_file import read_status
from daemon.spool import journal
from daemon.spool.claim_files import read_ticket
from daemon.spool.journal import JournalEntry


@dataclass(frozen=True, slots=True)
class KnownJob:
    """A file as it was dropped: `place` below the inbox, in `project` (a/b or ""), and `number`
    once it is claimed. `entry` is its line of the journal once it has ended; `name` what log and
    status call it, "" if that is not known; `parent` the job that a claimed one retries."""

    place: str
    project: str
    number: int | None = None
    name: str = ""
    entry: JournalEntry | None = None
    parent: int | None = None

    @property
    def is_waiting(self) -> bool:
        """It lies in the inbox, nobody has begun anything."""
        return self.number is None

    @property
    def is_over(self) -> bool:
        return self.entry is not None

    @property
    def kept(self) -> str:
        """Where the file of an ended job lies below the root; "" of any other."""
        return self.entry.kept if self.entry else ""

    @property
    def label(self) -> str:
        """What it is called in sentences."""
        return self.place if self.number is None else f"#{self.number} {self.place}"

    @property
    def state(self) -> str:
        """What is going on with it, in a few words."""
        if self.entry is not None:
            return f"{self.entry.outcome}" + (f", {self.kept}" if self.kept else "")
        return "waits" if self.is_waiting else "claimed"


def known_jobs(layout: Layout) -> list[KnownJob]:
    """All of them: those that have ended first, oldest first; then claimed, then waiting ones."""
    # In the order in which a job goes: what goes on meanwhile is found twice, not never.
    waiting, claimed = list(_waiting(layout)), list(_claimed(layout))
    over = {entry.job: _ended(entry) for entry in journal.read(layout)}
    return [*over.values(), *(job for job in claimed if job.number not in over), *waiting]


def _ended(entry: JournalEntry) -> KnownJob:
    return KnownJob(entry.place, entry.project, entry.job, entry.name, entry)


def _claimed(layout: Layout) -> Iterator[KnownJob]:
    try:
        folders = sorted(
            name for name in os.listdir(layout.spool) if name.isascii() and name.isdigit()
        )
    except OSError:
        return
    names = _names_in_hand(layout) if folders else {}
    for folder in folders:
        try:
            ticket = read_ticket(layout.spool / folder)
        except SpoiledError:  # the job is there all the same, and may be named by its number
            yield KnownJob("unknown", "", int(folder))
            continue
        except OSError:
            continue
        if ticket is not None:
            name = names.get(ticket.number, "")
            number, parent = ticket.number, ticket.parent
            yield KnownJob(ticket.place, ticket.project, number, name, parent=parent)


def _names_in_hand(layout: Layout) -> dict[int, str]:
    """What the daemon calls the jobs it works on: a job file may name itself."""
    held = (read_status(layout) or {}).get("held")
    if not isinstance(held, list):
        return {}
    jobs = [job for job in held if isinstance(job, dict) and isinstance(job.get("job"), int)]
    return {job["job"]: str(job.get("name") or "") for job in jobs}


def _waiting(layout: Layout) -> Iterator[KnownJob]:
    for found in sorted(walk(layout.inbox), key=lambda found: str(found.path)):
        place = found.path.relative_to(layout.inbox)
        project = place_of(place.parent.as_posix()).project
        yield KnownJob(place.as_posix(), project)

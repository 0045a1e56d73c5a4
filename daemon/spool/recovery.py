"""What a start finds in the spool: claims to go on with, claims that never happened, and wreckage.

Whatever has become of one folder costs that job and no other, and never a start: a person's file
is kept in failed/recovered with a letter, the journal gets a line, and it is told. Knows nothing of
pictures.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from daemon.errors import SpoiledError
from daemon.fs import atomic, naming
from daemon.protocol.outcome import Outcome
from daemon.root import state_files
from daemon.root.create import open_folder
from daemon.root.layout import Layout
from daemon.spool import finish, journal
from daemon.spool.claim_files import read_ticket
from daemon.spool.journal import JournalEntry
from daemon.spool.ticket import Claim

_LOST = (
    "This job file was found in the spool as {job}, and what we keep beside it can't be used:\n"
    "{why}.\n"
    "Its pictures, if any, are in the outbox. To render it, drop it into the inbox again.\n"
)


def is_number(name: str) -> bool:
    """Whether a name in the spool is a job's number."""
    return name.isascii() and name.isdecimal() and int(name) < state_files.HIGHEST


class Recovery:
    """Looks through the spool of one root; `say` hears of each spoiled thing what became of it."""

    def __init__(self, layout: Layout, say: Callable[[str], None]) -> None:
        self._layout = layout
        self._say = say

    def claims(self) -> list[Claim]:
        """Every claimed job of an earlier run, by number; claims that never happened are removed.
        One that was on its way out is for `finish.complete`. Raises OSError."""
        found = []
        for name in sorted(filter(is_number, os.listdir(self._layout.spool))):
            folder = self._layout.spool / name
            try:
                claim = self._claim(folder)
            except SpoiledError as error:
                self._give_up(folder, error.what)
                continue
            if claim is not None:
                found.append(claim)
        return found

    def _claim(self, folder: Path) -> Claim | None:
        """The claim in a folder, None if it never happened. Raises SpoiledError if it can't be gone
        on with; OSError."""
        if not folder.is_dir() or folder.is_symlink():
            raise SpoiledError(f"{state_files.named(folder)}: it is no folder")
        ticket = read_ticket(folder)
        jobs = [name for name in os.listdir(folder) if name.startswith("job")]
        if ticket is None:
            if jobs:
                raise SpoiledError(f"{state_files.named(folder)}: its ticket is gone")
            shutil.rmtree(folder, ignore_errors=True)
            return None
        claim = Claim(folder, ticket)
        is_ending = self._is_ending(claim)
        if claim.job_file.name in jobs:
            if claim.job_file.is_dir() and not claim.job_file.is_symlink():
                raise SpoiledError(f"{state_files.named(claim.job_file)}: it is a folder")
            self._take_original(claim)
        elif jobs:
            raise SpoiledError(f"{state_files.named(folder)}: its ticket speaks of another file")
        elif not is_ending:
            shutil.rmtree(folder, ignore_errors=True)
            return None
        return claim

    def _is_ending(self, claim: Claim) -> bool:
        """Whether its end was begun; one that can't be read is decided anew, as long as the file is
        still here."""
        try:
            return finish.intended(claim) is not None
        except SpoiledError as error:
            if not os.path.lexists(claim.job_file):
                raise
            finish.forget_intent(claim)
            self._say(f"{error.what}; #{claim.number} goes on, and its end is decided anew")
            return False

    def _take_original(self, claim: Claim) -> None:
        """A claim across disks is a copy first: if the power went before the original did, it is
        still there and would be another job. A file changed, or named anew, since is one."""
        original = self._layout.inbox / claim.ticket.place
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            status = os.lstat(original)
            is_link = os.path.samestat(status, os.lstat(claim.job_file))
            if identity(status) == claim.ticket.source and not is_link:
                os.unlink(original)
                atomic.fsync_folder(original.parent)

    def _give_up(self, folder: Path, why: str) -> None:
        """Keep what a person dropped, say so, and remove the rest. Raises OSError."""
        number = int(folder.name)
        kept = [self._keep(folder, name, why) for name in self._of_a_person(folder)]
        entry = _lost(number, kept[0] if kept else None, why, self._layout)
        journal.append(self._layout, entry)
        if folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)
        else:
            state_files.set_aside(folder)
        where = f"its file is now {entry.kept}" if kept else "its file had left already"
        self._say(f"{why}; job #{number} is given up, and {where}")

    def _of_a_person(self, folder: Path) -> list[str]:
        if folder.is_symlink() or not folder.is_dir():
            return []  # what a link leads to is not ours to move
        return sorted(name for name in os.listdir(folder) if name.startswith("job"))

    def _keep(self, folder: Path, name: str, why: str) -> Path:
        lost = open_folder(self._layout, self._layout.failed / "recovered")
        target = naming.free_name(lost, f"{folder.name}-{name}")
        os.rename(folder / name, target)
        finish.write_letter(self._layout, target, _LOST.format(job=f"#{int(folder.name)}", why=why))
        return target


def identity(status: os.stat_result) -> list[int]:
    """Tells this file, as long as nobody changes or renames it, from any other."""
    return [status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def _lost(number: int, kept: Path | None, why: str, layout: Layout) -> JournalEntry:
    name = kept.name if kept is not None else f"{number:06d}"
    return JournalEntry(
        job=number,
        file=name,
        project="",
        again=False,
        outcome=Outcome.FAILED,
        finished_unix=time.time(),
        name=name,
        id=None,
        reason=f"What was kept of this job can't be used: {why}",
        images=(),
        parent=None,
        kept=kept.relative_to(layout.root).as_posix() if kept is not None else "",
    )

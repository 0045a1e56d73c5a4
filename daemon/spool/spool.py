"""The spool: the only mover of job files. Where a job's files are is what state it is in.

    inbox/x.yaml                waiting (the person's to edit or delete)
    .hotfolder/spool/000042/    claimed: job.yaml (the original bytes) and what `claim_files` keeps
    done/x.yaml, failed/x.yaml  finished; beside a failed one x.yaml.why.txt

A claim is one rename; a folder in the spool without a job file is a claim that never happened.
Every step is durable before the next begins. This room knows nothing of prompts or pictures.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path

from daemon.fs import atomic, naming
from daemon.root import drop_notes
from daemon.root.layout import Layout
from daemon.spool import finish, journal
from daemon.spool.claim_files import read_ticket, write_ticket
from daemon.spool.journal import JournalEntry
from daemon.spool.ticket import Claim, Dropped, Ticket

_LOST = (
    "This job file was found in the spool as {} without a ticket that can be read.\n"
    "Its pictures, if any, are in the outbox. To render it, drop it into the inbox again.\n"
)


class Spool:
    """Moves job files between inbox and spool under one root, and gives out job numbers."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._last = 0
        self.last_lines: dict[str, JournalEntry] = {}
        """The journal's last line of a job that went well ("done") and of one that did not
        ("failed"), as `open` found them."""

    def open(self) -> None:
        """Find the last job number given, from every place that records one. Raises OSError."""
        numbers = [_read_int(self._layout.counter_file)]
        numbers += [int(name) for name in os.listdir(self._layout.spool) if name.isdigit()]
        self._last = max(numbers)
        for entry in journal.read(self._layout):
            self._last = max(self._last, entry.job)
            self.last_lines["done" if entry.outcome.is_good else "failed"] = entry
        drop_notes.sweep(self._layout)

    def claim(self, dropped: Dropped, *, wall: float) -> Claim:
        """Take a file out of the inbox under a new number; `wall` is now, in seconds since 1970.
        Raises OSError (the file gone, locked, no permission, disk full) with nothing changed but
        a number skipped."""
        number = self._last + 1
        folder = self._layout.spool / f"{number:06d}"
        os.mkdir(folder, 0o700)  # noqa: PTH102 (one system call, as the protocol counts them)
        self._last = number
        relative = _relative(dropped.path.name, dropped.project, dropped.again)
        try:
            status = os.lstat(dropped.path)
            note = drop_notes.find(self._layout, relative, status.st_ino)
            claim = Claim(folder, _ticket(number, dropped, status, note, wall))
            write_ticket(claim)
            _take(dropped.path, claim.job_file)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        # The file is ours from here on: a disk that fails now must not disown it.
        for changed in (folder, self._layout.spool, dropped.path.parent):
            with contextlib.suppress(OSError):
                atomic.fsync_folder(changed)
        with contextlib.suppress(OSError):
            atomic.replace(self._layout.counter_file, str(number).encode(), sync=False)
        if note is not None:
            drop_notes.forget(self._layout, relative)
        return claim

    def give_back(self, claim: Claim) -> bool:
        """Undo a claim: the file waits in the inbox again, under its name. False if that is taken
        (then it stays claimed). Raises OSError."""
        ticket = claim.ticket
        target = self._waiting_place(ticket)
        if ticket.deliberate:
            inode = os.lstat(claim.job_file).st_ino
            relative = _relative(ticket.file, ticket.project, ticket.again)
            drop_notes.leave(self._layout, relative, drop_notes.Note(inode, ticket.parent))
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            atomic.move_new(claim.job_file, target)
        except FileExistsError:
            return False
        shutil.rmtree(claim.folder, ignore_errors=True)
        return True

    def recover(self) -> list[Claim]:
        """Every claimed job of an earlier run, by number; claims that never happened are removed.
        One that was on its way out is for `finish.complete`. Raises OSError."""
        claims = []
        for name in sorted(os.listdir(self._layout.spool)):
            folder = self._layout.spool / name
            if not name.isdigit():
                continue
            ticket = read_ticket(folder)
            claim = Claim(folder, ticket) if ticket is not None else None
            if claim is not None and (os.path.lexists(claim.job_file) or finish.intended(claim)):
                self._take_original(claim)
                claims.append(claim)
            else:
                self._drop_empty(folder)
        return claims

    # --- inside -------------------------------------------------------------------------------

    def _take_original(self, claim: Claim) -> None:
        """A claim across disks is a copy first: if the power went before the original did, it is
        still there and would be another job. A file changed since is one."""
        original = self._waiting_place(claim.ticket)
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            if _identity(os.lstat(original)) == claim.ticket.source:
                os.unlink(original)
                atomic.fsync_folder(original.parent)

    def _drop_empty(self, folder: Path) -> None:
        """A claim that never happened leaves no job file; anything else is kept for a person."""
        lost = self._layout.failed / "recovered"
        for name in os.listdir(folder):
            if name.startswith("job"):
                target = naming.move_to_folder(folder / name, lost, f"{folder.name}-{name}")
                finish.write_letter(target, _LOST.format(folder.name))
        shutil.rmtree(folder, ignore_errors=True)

    def _waiting_place(self, ticket: Ticket) -> Path:
        """Where the file lay before it was claimed."""
        return self._layout.inbox / _relative(ticket.file, ticket.project, ticket.again)


def _ticket(
    number: int,
    dropped: Dropped,
    status: os.stat_result,
    note: drop_notes.Note | None,
    wall: float,
) -> Ticket:
    return Ticket(
        number=number,
        file=dropped.path.name,
        project=dropped.project,
        suffix=_safe_suffix(dropped.path),
        again=dropped.again,
        queued_wall=dropped.queued_wall,
        claimed_wall=wall,
        deliberate=note is not None,
        parent=note.parent if note else None,
        source=_identity(status),
    )


def _relative(name: str, project: str, again: bool) -> str:
    """Where a file lies in the inbox, however the inbox itself is spelt."""
    return "/".join(part for part in ("again" if again else project, name) if part)


def _take(path: Path, target: Path) -> None:
    try:
        os.rename(path, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        atomic.copy_new(path, target)
        os.unlink(path)


def _identity(status: os.stat_result) -> list[int]:
    return [status.st_ino, status.st_size, status.st_mtime_ns]


def _safe_suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    return suffix if suffix.isascii() and suffix[1:].isalnum() else ""


def _read_int(path: Path) -> int:
    try:
        return int(path.read_bytes())
    except (OSError, ValueError):
        return 0

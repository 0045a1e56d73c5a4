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
import stat
import weakref
from collections.abc import Callable
from pathlib import Path

from daemon.errors import SpoiledError
from daemon.fs import atomic, naming
from daemon.root import drop_notes, reference_drafts, state_files
from daemon.root.create import make_folder
from daemon.root.layout import Layout
from daemon.spool import journal
from daemon.spool.claim_files import write_ticket
from daemon.spool.journal import JournalEntry
from daemon.spool.recovery import Recovery, identity, is_number
from daemon.spool.ticket import Claim, Dropped, Ticket


class IsAFolderError(OSError):
    """What lay under a job file's name is a folder."""


class Spool:
    """Moves job files between inbox and spool under one root, and gives out job numbers. `say`
    hears what of the state was found spoiled, and what became of it."""

    def __init__(self, layout: Layout, say: Callable[[str], None] = lambda _: None) -> None:
        self._layout = layout
        self._say = say
        self._last = 0
        self._held: dict[int, int] = {}
        """The claimed files, open: what is deleted under us can still be read."""
        weakref.finalize(self, _close_all, self._held)

    def open(self, learn: Callable[[JournalEntry], None] = lambda _: None) -> None:
        """Find the last job number given, from every place that records one; `learn` hears of every
        finished job. Raises OSError."""
        numbers = [self._counted()]
        numbers += [int(name) for name in os.listdir(self._layout.spool) if is_number(name)]
        self._last = max(numbers)
        spoiled: list[int] = []
        try:
            for entry in journal.read_closely(self._layout, spoiled):
                self._last = max(self._last, entry.job)
                learn(entry)
        except SpoiledError as error:
            aside = state_files.set_aside(self._layout.journal_file)
            self._say(f"{error.what}; it is now {state_files.named(aside)}, and a new one begins")
        if spoiled:
            self._say(
                f".hotfolder/journal.jsonl: {len(spoiled)} of its lines can't be read (the first "
                f"is line {spoiled[0]}); retry doesn't know those jobs, nothing else is lost"
            )
        drop_notes.sweep(self._layout)
        reference_drafts.sweep(self._layout)

    def _counted(self) -> int:
        try:
            return state_files.read_number(self._layout.counter_file)
        except SpoiledError as error:
            self._say(f"{error.what}; numbers go on after the last that the journal knows")
            return 0

    def claim(self, dropped: Dropped, *, wall: float) -> Claim:
        """Take a file out of the inbox under a new number; `wall` is now, in seconds since 1970.
        Raises FileNotFoundError if the file is gone, IsAFolderError if what was taken is one (it
        is put back), OSError (locked, no permission, disk full), each with nothing changed but a
        number skipped."""
        number, folder = self._new_folder()
        relative = dropped.place
        try:
            status = os.lstat(dropped.path)
            note = drop_notes.find(self._layout, relative, status.st_ino)
            claim = Claim(folder, _ticket(number, dropped, status, note, wall))
            write_ticket(claim)
            self._take(dropped.path, claim.job_file)
            self._hold(claim)
        except OSError:
            if not os.path.lexists(folder / f"job{_safe_suffix(dropped.path)}"):
                shutil.rmtree(folder, ignore_errors=True)
            raise
        # The file is ours from here on: a disk that fails now must not disown it.
        for changed in (folder, self._layout.spool, dropped.path.parent):
            with contextlib.suppress(OSError):
                atomic.fsync_folder(changed)
        with contextlib.suppress(OSError):
            data = str(number).encode()
            atomic.replace(self._layout.counter_file, data, mode=0o600, sync=False)
        if note is not None:
            drop_notes.forget(self._layout, relative, note.inode)
        return claim

    def give_back(self, claim: Claim) -> bool:
        """Undo a claim: the file waits in the inbox again, under its name. False if that is taken
        (then it stays claimed). Raises OSError."""
        ticket = claim.ticket
        target = self._layout.inbox / ticket.place
        if ticket.deliberate:
            inode = os.lstat(claim.job_file).st_ino
            drop_notes.leave(self._layout, ticket.place, drop_notes.Note(inode, ticket.parent))
        try:
            make_folder(self._layout, target.parent)
            atomic.move_new(claim.job_file, target)
        except FileExistsError:
            return False
        shutil.rmtree(claim.folder, ignore_errors=True)
        self.let_go(claim.number)
        return True

    def _new_folder(self) -> tuple[int, Path]:
        """The next number and its folder. Raises OSError, and never FileNotFoundError: that the
        spool is gone says nothing of the file that was to be claimed."""
        while True:
            number = self._last + 1
            folder = self._layout.spool / f"{number:06d}"
            try:
                os.mkdir(folder, 0o700)  # noqa: PTH102 (one system call, as the protocol counts)
            except FileExistsError:
                self._last = number  # somebody else's; numbers need not be without gaps
                continue
            except (FileNotFoundError, NotADirectoryError) as error:
                raise OSError(errno.EIO, "the spool is gone", str(folder.parent)) from error
            self._last = number
            return number, folder

    def _take(self, path: Path, target: Path) -> None:
        """The one step that claims: judged only afterwards, when nobody can exchange it any more.
        Raises IsAFolderError for a folder, which is back in its place then; OSError."""
        try:
            os.rename(path, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            if stat.S_ISDIR(os.lstat(path).st_mode):
                raise _is_a_folder(path) from None
            atomic.move_new(path, target)
        if not stat.S_ISDIR(os.lstat(target).st_mode):
            return  # a link or a pipe is refused like any other file that is no job
        back = path
        while True:
            try:
                atomic.move_new(target, back)
            except FileExistsError:
                back = naming.free_name(path.parent, path.name)
                continue
            raise _is_a_folder(path)

    def recover(self) -> list[Claim]:
        """Every claimed job of an earlier run, by number, as `Recovery` finds them. Raises
        OSError."""
        claims = Recovery(self._layout, self._say).claims()
        for claim in claims:
            self._hold(claim)
        return claims

    # --- a spool that somebody deletes ----------------------------------------------------------

    def has(self, claim: Claim) -> bool:
        """Whether a claim still lies here."""
        return claim.folder.is_dir()

    def restore(self, claim: Claim) -> None:
        """A claim whose folder was deleted under us: the job file's content is still ours to read,
        and the ticket is known. Raises OSError."""
        make_folder(self._layout, claim.folder)
        write_ticket(claim)
        content = self._held.get(claim.number)
        if content is not None and not os.path.lexists(claim.job_file):
            atomic.copy_from(content, claim.job_file)

    def let_go(self, number: int) -> None:
        """A job has left."""
        content = self._held.pop(number, None)
        if content is not None:
            os.close(content)

    def _hold(self, claim: Claim) -> None:
        """Keep a claimed file open."""
        self.let_go(claim.number)
        with contextlib.suppress(OSError):
            if claim.job_file.is_file() and not claim.job_file.is_symlink():
                self._held[claim.number] = _open(claim.job_file)


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
        source=identity(status),
        folder=dropped.folder,
    )


def _is_a_folder(path: Path) -> IsAFolderError:
    return IsAFolderError(errno.EINVAL, "it is a folder now", str(path))


def _close_all(held: dict[int, int]) -> None:
    while held:
        os.close(held.popitem()[1])


def _open(file: Path) -> int:
    return os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


def _safe_suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    return suffix if suffix.isascii() and suffix[1:].isalnum() else ""

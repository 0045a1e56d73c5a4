"""The spool: the only mover of job files. Where a job's files are is what state it is in.

    inbox/x.yaml                waiting (the person's to edit or delete)
    .hotfolder/spool/000042/    claimed: job.yaml (the original bytes), ticket.json, plan.json and
                                published.json (which pictures have reached the outbox)
    done/x.yaml, failed/x.yaml  finished; beside a failed one x.yaml.why.txt

A claim is one rename; a folder in the spool without a job file is a claim that never happened.
Every step is durable before the next begins. This room knows nothing of prompts or pictures.
"""

from __future__ import annotations

import contextlib
import errno
import filecmp
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from daemon.fs import atomic, naming
from daemon.root import drop_notes
from daemon.root.layout import WHY_SUFFIX, Layout

_GOOD = ("done", "duplicate")
_LOST = (
    "This job file was found in the spool as {} without a ticket that can be read.\n"
    "Its pictures, if any, are in the outbox. To render it, drop it into the inbox again.\n"
)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What is known of a claimed job apart from its content. `project` is a/b or ""; `queued_wall`
    is the first sight in the inbox (seconds since 1970); `attempts` counts render attempts begun,
    `deaths` worker deaths while it rendered alone; `deliberate` a drop by one of our own verbs;
    `parent` is the job this one retries; `source` tells the file that was claimed from any other
    of its name (inode, size, time of its last change)."""

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


class Spool:
    """Moves job files between inbox, spool, done and failed under one root."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._last = 0
        self.last_lines: dict[str, dict[str, Any]] = {}
        """The journal's last line of a job that went well ("done") and of one that did not
        ("failed"), as `open` found them."""

    def open(self) -> None:
        """Find the last job number given, from every place that records one."""
        numbers = [_read_int(self._layout.counter_file)]
        numbers += [int(name) for name in os.listdir(self._layout.spool) if name.isdigit()]
        self._last = max(numbers)
        for entry in self.journal():
            self._last = max(self._last, entry["job"])
            self.last_lines["done" if entry.get("outcome") in _GOOD else "failed"] = entry
        drop_notes.sweep(self._layout)

    def claim(self, path: Path, *, project: str, again: bool, queued: float, wall: float) -> Claim:
        """Take `path` out of the inbox under a new number. Raises OSError (the file gone, locked,
        no permission, disk full) with nothing changed but a number skipped."""
        number = self._last + 1
        folder = self._layout.spool / f"{number:06d}"
        os.mkdir(folder, 0o700)  # noqa: PTH102 (one system call, as the protocol counts them)
        self._last = number
        relative = self._relative(path, project, again)
        try:
            status = os.lstat(path)
            note = drop_notes.find(self._layout, relative, status.st_ino)
            ticket = Ticket(
                number=number,
                file=path.name,
                project=project,
                suffix=_safe_suffix(path),
                again=again,
                queued_wall=queued,
                claimed_wall=wall,
                deliberate=note is not None,
                parent=note.parent if note else None,
                source=_identity(status),
            )
            claim = Claim(folder, ticket)
            self._write(claim, "ticket.json", asdict(ticket))
            _take(path, claim.job_file)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        # The file is ours from here on: a disk that fails now must not disown it.
        for changed in (folder, self._layout.spool, path.parent):
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
            relative = self._relative(target, ticket.project, ticket.again)
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
        One that was on its way out (`intended`) is for `complete`."""
        claims = []
        for name in sorted(os.listdir(self._layout.spool)):
            folder = self._layout.spool / name
            if not name.isdigit():
                continue
            ticket = self._read_ticket(folder)
            claim = Claim(folder, ticket) if ticket is not None else None
            if claim is not None and (os.path.lexists(claim.job_file) or self.intended(claim)):
                self._take_original(claim)
                claims.append(claim)
            else:
                self._drop_empty(folder)
        return claims

    def read(self, claim: Claim) -> bytes:
        """The job file's bytes."""
        return read_regular(claim.job_file)

    def begin_attempt(self, claim: Claim) -> Claim:
        """Count an attempt, durably, before anything is rendered."""
        return self._update(claim, replace(claim.ticket, attempts=claim.ticket.attempts + 1))

    def record_death(self, claim: Claim) -> Claim:
        """Count a worker death, durably."""
        return self._update(claim, replace(claim.ticket, deaths=claim.ticket.deaths + 1))

    def save_plan(self, claim: Claim, plan: str) -> None:
        atomic.replace(claim.folder / "plan.json", plan.encode("utf-8"))

    def load_plan(self, claim: Claim) -> str | None:
        try:
            return (claim.folder / "plan.json").read_text("utf-8")
        except FileNotFoundError:
            return None

    def published(self, claim: Claim) -> dict[int, dict[str, Any]]:
        """Publication records by picture index (from 1)."""
        try:
            records = json.loads((claim.folder / "published.json").read_bytes())
        except FileNotFoundError:
            return {}
        return {int(index): record for index, record in records.items()}

    def record_published(self, claim: Claim, records: dict[int, dict[str, Any]]) -> None:
        self._write(claim, "published.json", records)

    def finish(
        self, claim: Claim, *, outcome: str, why: str | None, entry: dict[str, Any], wall: float
    ) -> Path:
        """Move the job file to done/ or failed/ (`outcome` is "done", "failed", "cancelled" or
        "duplicate"), write why.txt beside it, add a line to the journal; returns where it went.

        The intent is written first, so that a crash in the middle is completed by `recover`; the
        journal may then hold two lines of one number, of which readers keep the last."""
        line = {
            "job": claim.number,
            "file": claim.ticket.file,
            "project": claim.ticket.project,
            "again": claim.ticket.again,
            "outcome": outcome,
            "finished_unix": wall,
            **entry,
        }
        place = self._free_place(claim, outcome)
        line["kept"] = place.relative_to(self._layout.root).as_posix()
        self._write(claim, "outcome.json", {"line": line, "why": why})
        return self.complete(claim)

    def intended(self, claim: Claim) -> tuple[str, str] | None:
        """(outcome, reason) of a job whose end was begun and cut short by a crash."""
        try:
            line = json.loads((claim.folder / "outcome.json").read_bytes())["line"]
        except FileNotFoundError:
            return None
        return str(line["outcome"]), str(line.get("reason") or "")

    def kept(self, claim: Claim, outcome: str) -> str:
        """The folder a finished job's file is kept in, relative to the root."""
        return self._shelf(claim, outcome).relative_to(self._layout.root).as_posix()

    def complete(self, claim: Claim) -> Path:
        """Carry out what `finish` intended; may be repeated."""
        intent = json.loads((claim.folder / "outcome.json").read_bytes())
        line, why = intent["line"], intent["why"]
        target = self._layout.root / str(line["kept"])
        while os.path.lexists(claim.job_file):
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                atomic.move_new(claim.job_file, target)
            except FileExistsError:
                if _is_same(claim.job_file, target):
                    os.unlink(claim.job_file)  # a crash came between link (or copy) and unlink
                    break
                target = self._free_place(claim, line["outcome"])
                line["kept"] = target.relative_to(self._layout.root).as_posix()
                self._write(claim, "outcome.json", intent)
        if why is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            note = target.with_name(naming.fit(target.name, WHY_SUFFIX))
            atomic.replace(note, why.encode("utf-8", "replace"))
        atomic.append_line(self._layout.journal_file, json.dumps(line, ensure_ascii=True))
        shutil.rmtree(claim.folder, ignore_errors=True)
        return target

    def journal(self) -> Iterator[dict[str, Any]]:
        """Every finished job, oldest first; lines that a crash tore are skipped."""
        try:
            with self._layout.journal_file.open("rb") as lines:
                for line in lines:
                    with contextlib.suppress(ValueError):
                        entry = json.loads(line)
                        if isinstance(entry, dict) and isinstance(entry.get("job"), int):
                            yield entry
        except FileNotFoundError:
            return

    def resubmit(self, kept: Path, *, project: str, again: bool, parent: int) -> Path:
        """Copy a finished job file back into the inbox under its name; its next claim will carry
        `parent`. The original stays where it is."""
        folder = self._layout.inbox / ("again" if again else project)
        folder.mkdir(parents=True, exist_ok=True)
        draft = atomic.draft_beside(folder / "x")
        atomic.copy_new(kept, draft)
        try:
            return drop_notes.drop(self._layout, draft, folder, kept.name, parent)
        finally:
            draft.unlink(missing_ok=True)

    # --- inside -------------------------------------------------------------------------------

    def _update(self, claim: Claim, ticket: Ticket) -> Claim:
        self._write(claim, "ticket.json", asdict(ticket))
        return Claim(claim.folder, ticket)

    def _write(self, claim: Claim, name: str, content: object) -> None:
        atomic.replace(claim.folder / name, json.dumps(content).encode("ascii"), mode=0o600)

    def _read_ticket(self, folder: Path) -> Ticket | None:
        """The ticket, or None if there is none that makes sense. Raises OSError if the disk does
        not give it to us now."""
        try:
            return Ticket(**json.loads((folder / "ticket.json").read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

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
                note = target.with_name(naming.fit(target.name, WHY_SUFFIX))
                atomic.replace(note, _LOST.format(folder.name).encode("utf-8"))
        shutil.rmtree(folder, ignore_errors=True)

    def _shelf(self, claim: Claim, outcome: str) -> Path:
        top = self._layout.done if outcome in _GOOD else self._layout.failed
        shelf = top.joinpath(claim.ticket.project, "again" if claim.ticket.again else "")
        return shelf if naming.has_room_for_names(shelf) else top

    def _waiting_place(self, ticket: Ticket) -> Path:
        """Where the file lay before it was claimed."""
        return self._layout.inbox / ("again" if ticket.again else ticket.project) / ticket.file

    def _free_place(self, claim: Claim, outcome: str) -> Path:
        folder = naming.open_folder(self._shelf(claim, outcome))
        return naming.free_name(folder, claim.ticket.file)

    def _relative(self, path: Path, project: str, again: bool) -> str:
        """Where a file lies in the inbox, however the inbox itself is spelt."""
        return "/".join(part for part in ("again" if again else project, path.name) if part)


def read_regular(path: Path, limit: int = 1_000_001) -> bytes:
    """At most `limit` bytes of a regular file, never following a link or waiting on a pipe."""
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        chunks = []
        while limit > 0 and (chunk := os.read(fd, limit)):
            chunks.append(chunk)
            limit -= len(chunk)
        return b"".join(chunks)
    finally:
        os.close(fd)


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


def _is_same(one: Path, other: Path) -> bool:
    """One file under two names, or a copy of it."""
    if os.path.samestat(os.lstat(one), os.lstat(other)):
        return True
    return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)


def _safe_suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    return suffix if suffix.isascii() and suffix[1:].isalnum() else ""


def _read_int(path: Path) -> int:
    try:
        return int(path.read_bytes())
    except (OSError, ValueError):
        return 0

"""A waiting file as a state machine: what is known of it, and what would change that.

    UNSETTLED    not complete yet, or still in the cloud, empty, being copied
    UNREAD       complete; nobody has looked into it since it, or what it depends on, has changed
    READY        a job, to be claimed in its turn
    NEEDS_INPUT  a job that names a picture which is not there (yet)
    UNPARSED     it does not parse; perhaps somebody is still writing it
    BAD_DEFAULTS its folder's defaults are wrong, which is not its fault
    REFUSED      it will never be a job as it is
    UNREADABLE   the disk would not let us read it
    UNCLAIMABLE  the disk would not let us claim it
    INPUT        a text that a job reads by name: no job

Pure: each function takes what is known and what has happened, and returns what is known then. Opens
no file; times come as arguments (monotonic seconds). The queue is the only one that keeps them.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from daemon.errors import (
    DefaultsError,
    JobError,
    NeverAJobError,
    NoJobError,
    NotYetError,
    StillLookingError,
    StillWrittenError,
    UnfinishedError,
    unreadable,
)
from daemon.fs.retry import backoff
from daemon.inbox.settle import MAX_BYTES, Sighting, Verdict, due, judge

if TYPE_CHECKING:  # `status` walks the inbox too, and is to stay quick
    from daemon.jobfile import Job

PATIENCE_WITH_SYNTAX = 2.0
"""Seconds without change after which a file that does not parse is taken to be finished."""

RETRY_INPUT = 1.0
"""Seconds between two looks for an input that is not there."""

RETRY_LOOK = 0.2
"""Seconds between two questions about a file that is being looked at in the sandbox."""

RETRY_DISK = 60.0
"""Seconds between two tries of what the disk refuses, at most."""

NEVER = float("inf")


class FileState(enum.Enum):
    UNSETTLED = "unsettled"
    UNREAD = "unread"
    READY = "ready"
    NEEDS_INPUT = "needs_input"
    UNPARSED = "unparsed"
    BAD_DEFAULTS = "bad_defaults"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    UNCLAIMABLE = "unclaimable"
    INPUT = "input"


WAITING = frozenset(
    {
        FileState.NEEDS_INPUT,
        FileState.UNPARSED,
        FileState.BAD_DEFAULTS,
        FileState.UNREADABLE,
        FileState.UNCLAIMABLE,
    }
)
"""States of a file that has been looked into and waits for something, with a `reason`."""

NEEDS_A_PERSON = frozenset({Verdict.EMPTY, Verdict.DATALESS})
"""What no time alone will end, of a file that is not complete."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is known of one file. `reason` is the sentence that `status` shows; it is read again at
    `retry_at`, and what it waits for is given up at `until`. `tries` counts what the disk refused;
    `verdict` says why it is UNSETTLED."""

    state: FileState
    reason: str = ""
    job: Job | None = None
    error: JobError | None = None
    retry_at: float = NEVER
    until: float = NEVER
    tries: int = 0
    verdict: Verdict | None = None

    @property
    def is_stuck(self) -> bool:
        """Whether it waits for something that time alone will not bring."""
        refused = self.state in (FileState.UNREADABLE, FileState.UNCLAIMABLE)
        return refused or self.verdict in NEEDS_A_PERSON


UNSEEN = Inspection(FileState.UNSETTLED, verdict=Verdict.UNSETTLED)
"""Before the first look."""


def looked_at(
    sighting: Sighting,
    known: Inspection | None,
    *,
    now: float,
    settle: float,
    limit: int,
    held_until: float = 0.0,
) -> Inspection:
    """It was looked at from outside: new, changed (`known` None) or as before. Its folder is being
    filled `held_until` then (monotonic)."""
    if known is not None and known.state is not FileState.UNSETTLED:
        return known
    verdict = judge(sighting, now=now, settle=settle, limit=limit)
    if verdict is Verdict.READY:
        if now >= held_until:
            return Inspection(FileState.UNREAD)
        growing = Verdict.GROWING
        return Inspection(FileState.UNSETTLED, growing.value, retry_at=held_until, verdict=growing)
    if verdict in (Verdict.TOO_BIG, Verdict.NOT_A_FILE):
        error = _never(verdict)
        return Inspection(FileState.REFUSED, error.what, error=error)
    again = max(due(sighting, settle=settle), now + 0.05)
    return Inspection(FileState.UNSETTLED, verdict.value, retry_at=again, verdict=verdict)


def read(known: Inspection, job: Job) -> Inspection:
    """It was read, and is a job."""
    return Inspection(FileState.READY, job=job, tries=known.tries)


def not_read(
    known: Inspection, error: Exception, sighting: Sighting, *, now: float, input_until: float
) -> Inspection:
    """Reading it raised: what that says of the file. `input_until` is when an input that is not
    there is given up. StillWrittenError makes it unsettled again."""
    match error:
        case StillWrittenError():
            verdict = Verdict.UNSETTLED
            return Inspection(FileState.UNSETTLED, verdict.value, retry_at=now, verdict=verdict)
        case DefaultsError():
            again = now + RETRY_INPUT
            # the mistake itself is told of the defaults, once for all who wait
            reason = f"until {error.file} is mended" if error.file else error.what
            return Inspection(FileState.BAD_DEFAULTS, reason, error=error, retry_at=again)
        case StillLookingError():
            again = now + RETRY_LOOK
            return Inspection(FileState.NEEDS_INPUT, error.what, error=error, retry_at=again)
        case NotYetError():
            again = now + RETRY_INPUT
            found = Inspection(FileState.NEEDS_INPUT, error.what, error=error, retry_at=again)
            return _until(found, input_until, now)
        case UnfinishedError():
            found = Inspection(FileState.UNPARSED, error.what, error=error)
            return _until(found, sighting.unchanged_since + PATIENCE_WITH_SYNTAX, now)
        case NoJobError():
            return Inspection(FileState.INPUT, error.what, error=error)
        case JobError():
            return Inspection(FileState.REFUSED, error.what, error=error)
        case OSError():
            reason = f"can't be read: {error.strerror or error}"
            return _refused_by_disk(FileState.UNREADABLE, reason, known, now)
    told = unreadable(error)  # no content may end the loop; it is told to its author instead
    return Inspection(FileState.REFUSED, told.what, error=told)


def claim_failed(known: Inspection, reason: str, *, now: float) -> Inspection:
    """The disk would not let us claim it."""
    return _refused_by_disk(FileState.UNCLAIMABLE, reason, known, now)


def input_arrived(known: Inspection) -> Inspection:
    """Some other file has come: perhaps what this one waits for."""
    if known.state in (FileState.NEEDS_INPUT, FileState.BAD_DEFAULTS):
        return Inspection(FileState.UNREAD, tries=known.tries)
    return known


def defaults_changed(known: Inspection) -> Inspection:
    """The defaults of its folder are others now: what was read of it may mean something else."""
    if known.state in (FileState.UNSETTLED, FileState.UNREAD):
        return known
    return Inspection(FileState.UNREAD, tries=known.tries)


def passed(known: Inspection, *, now: float) -> Inspection:
    """Time has passed: what was waited for is given up, or it is read again."""
    if now >= known.until:
        assert known.error is not None
        return Inspection(FileState.REFUSED, known.error.what, error=known.error)
    if known.state in WAITING and now >= known.retry_at:
        return Inspection(FileState.UNREAD, tries=known.tries)
    return known


def _until(found: Inspection, until: float, now: float) -> Inspection:
    waits = Inspection(
        found.state, found.reason, error=found.error, retry_at=found.retry_at, until=until
    )
    return passed(waits, now=now) if now >= until else waits


def _refused_by_disk(state: FileState, reason: str, known: Inspection, now: float) -> Inspection:
    tries = known.tries + 1
    again = now + backoff(tries, cap=RETRY_DISK)
    return Inspection(state, reason, retry_at=again, tries=tries)


def _never(verdict: Verdict) -> NeverAJobError:
    if verdict is Verdict.TOO_BIG:
        return NeverAJobError(
            f"The file is larger than {MAX_BYTES:,} bytes.",
            why="A job file is a few lines of text, a board some thousand; it was not opened.",
            remedy="Check that this is the file you meant to drop.",
        )
    return NeverAJobError(
        "This is not a regular file (a link, a pipe or a device).",
        why="Links are not followed and pipes are not read, so that no file can lead elsewhere.",
        remedy="Drop a copy of the file itself.",
    )

"""Which of the waiting files may be claimed, in which order, and which must be refused.

Between the inbox (what lies there) and the spool (what is claimed): peeks at every settled file
once, remembers what it said, and forgets it when the file changes. Time comes as arguments; files
are opened only through the `peek` it is given; nothing is moved here.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from daemon.errors import (
    DefaultsError,
    JobError,
    NotYetError,
    StillWrittenError,
    UnfinishedError,
    unreadable,
)
from daemon.inbox.changes import FileChange, FileChanges
from daemon.inbox.scanner import Inbox, Waiting
from daemon.inbox.settle import MAX_BYTES, Sighting, Verdict, due, judge
from daemon.jobfile import Job
from daemon.root.layout import DEFAULTS_NAME
from daemon.settings import Settings

PATIENCE_WITH_SYNTAX = 2.0
"""Seconds without change after which a file that does not parse is taken to be finished."""

MAX_PICTURE = 64_000_000
"""Bytes of a picture in again/; only its text chunks are read."""

_NOT_YET_RETRY = 1.0
_FOREVER = float("inf")
_WAITS: dict[type[JobError], str] = {
    NotYetError: "needs_input",
    UnfinishedError: "unparsed",
    DefaultsError: "bad_defaults",
}


@dataclass(slots=True)
class Opinion:
    """What a peek found: a job, or why not; `retry_at` (monotonic) when to look again."""

    identity: tuple[int, int, int]
    job: Job | None = None
    error: JobError | None = None
    trouble: str | None = None
    retry_at: float = _FOREVER
    tries: int = 0


class Intake:
    """The queue as the inbox shows it. `peek(path, project, again)` reads one file."""

    def __init__(self, inbox: Inbox, settings: Settings, peek: Callable[[Path], Job]) -> None:
        self.inbox = inbox
        self._settings = settings
        self._peek = peek
        self._unpeeked: dict[Path, None] = {}
        self._restless: set[Path] = set()
        self._opinions: dict[Path, Opinion] = {}
        self._flawed: set[Path] = set()  # those with an error or a trouble: few, looked at often
        self._changed = True
        self._changes = FileChanges()
        self._heap: list[tuple[int, tuple[int, str], Path]] = []

    # --- what comes in ------------------------------------------------------------------------

    def scan(self, *, now: float, wall: float, full: bool) -> int:
        """Look at the whole inbox; returns how many files are new or changed."""
        changed = self.inbox.scan(now=now, wall=wall, full=full)
        if full:
            for gone in self._opinions.keys() - self.inbox.files.keys():
                del self._opinions[gone]
        for waiting in changed:
            self._consider(waiting, now)
        return len(changed)

    def move_to(self, folder: Path) -> None:
        """The inbox is another folder from now on; what is known of the old one is forgotten."""
        self.inbox.move_to(folder)
        self._changes = FileChanges()
        for known in (self._unpeeked, self._restless, self._opinions, self._flawed, self._heap):
            known.clear()
        self._changed = True

    def hint(self, path: Path, *, now: float, wall: float, complete: bool) -> None:
        """An event named this path. Another file (a reference, defaults) may be what some waited
        for, or change what they mean."""
        waiting = self.inbox.hint(path, now=now, wall=wall, complete=complete)
        if waiting is not None:
            self._consider(waiting, now)
        elif path not in self.inbox.files:
            for _, opinion in self._flaws():
                if isinstance(opinion.error, NotYetError):
                    opinion.retry_at = now
            if path.name == DEFAULTS_NAME:
                for other in self._opinions.keys() & self.inbox.files.keys():
                    if other.is_relative_to(path.parent):
                        self._unpeeked[other] = None

    def look_again(self, *, now: float, wall: float) -> None:
        """Look at the files that were not settled, and retry what is due."""
        for path in list(self._restless):
            waiting = self.inbox.files.get(path)
            if waiting is None:
                self._restless.discard(path)
                continue
            self.inbox.look(path, now=now, wall=wall, complete=False)
            if path in self.inbox.files:
                self._consider(self.inbox.files[path], now)
        for waiting, opinion in self._flaws():
            if opinion.retry_at <= now:
                opinion.retry_at = _FOREVER
                self._unpeeked[waiting.path] = None

    def peek_some(self, *, now: float, clock: Callable[[], float], budget: float) -> bool:
        """Peek at unread files for about `budget` seconds; True if some are left."""
        end = clock() + budget
        while self._unpeeked:
            path = next(iter(self._unpeeked))
            del self._unpeeked[path]
            waiting = self.inbox.files.get(path)
            if waiting is not None:
                self._peek_one(waiting, now)
            if clock() >= end:
                break
        return bool(self._unpeeked)

    # --- what goes out ------------------------------------------------------------------------

    def next(self) -> tuple[Waiting, Job] | None:
        """The file to claim next: highest priority, then first come."""
        while self._heap:
            priority, arrived, path = self._heap[0]
            waiting, opinion = self.inbox.files.get(path), self._opinions.get(path)
            if (
                waiting is not None
                and opinion is not None
                and opinion.job is not None
                and opinion.identity == waiting.sighting.look.identity
                and (-opinion.job.priority, waiting.arrived) == (priority, arrived)
                and opinion.trouble is None
            ):
                return waiting, opinion.job
            heapq.heappop(self._heap)  # stale; whatever is true of the file now was pushed anew
        return None

    def refusals(self, *, now: float) -> list[tuple[Waiting, JobError]]:
        """Files that will never be jobs as they are, each with the reason."""
        return [
            (waiting, opinion.error)
            for waiting, opinion in self._flaws()
            if opinion.error is not None
            and opinion.trouble is None
            and waiting.path not in self._unpeeked
            and self._is_final(waiting, opinion.error, now)
        ]

    def unclaimable(self, waiting: Waiting, reason: str, *, now: float) -> None:
        """The claim failed (locked, no permission): say so in `status` and try later."""
        look = waiting.sighting.look
        opinion = self._opinions.setdefault(waiting.path, Opinion(look.identity))
        self._flawed.add(waiting.path)
        opinion.trouble = reason
        self._changes.waits(waiting.path, "unclaimable", reason)
        self._retry_later(opinion, now)

    def take_changes(self) -> list[FileChange]:
        """What has become of the files since this was last asked."""
        gone, self.inbox.gone = self.inbox.gone, []
        for path in gone:
            self._changes.removed(path)
        return self._changes.take()

    def claimed(self, path: Path) -> None:
        """The file was taken out of the inbox by us."""
        self._changes.claimed(path)
        self.removed(path)

    def removed(self, path: Path) -> None:
        """The file is no longer there."""
        self._changed = True
        self.inbox.forget(path)
        self._opinions.pop(path, None)
        self._unpeeked.pop(path, None)
        self._restless.discard(path)

    def take_changed(self) -> bool:
        """Whether the queue has changed since this was last asked."""
        changed, self._changed = self._changed, False
        return changed

    def deadline(self, *, now: float) -> float:
        """When time alone may change something here (monotonic)."""
        times = []
        for path in self._restless:
            waiting = self.inbox.files.get(path)
            if waiting is not None:
                times.append(max(due(waiting.sighting, settle=self._settings.settle), now + 0.05))
        for flawed, opinion in self._flaws():
            times.append(opinion.retry_at)
            if isinstance(opinion.error, UnfinishedError):
                times.append(flawed.sighting.unchanged_since + PATIENCE_WITH_SYNTAX)
        return min(times, default=_FOREVER)

    def in_order(self) -> list[tuple[Waiting, Job | None]]:
        """Everything that waits, in the order it would be claimed; unread files last."""

        def key(item: tuple[Waiting, Job | None]) -> tuple[int, int, tuple[int, str]]:
            waiting, job = item
            return (0 if job else 1, -(job.priority if job else 0), waiting.arrived)

        jobs = {path: opinion.job for path, opinion in self._opinions.items()}
        return sorted(((w, jobs.get(w.path)) for w in self.inbox.files.values()), key=key)

    def troubles(self) -> list[tuple[Path, str]]:
        """Files that wait for something, with what."""
        listed: list[tuple[Path, str]] = []
        for flawed, opinion in self._flaws():
            reason = opinion.trouble or (opinion.error.what if opinion.error else None)
            if reason:
                listed.append((flawed.path, reason))
        for path in self._restless:
            waiting = self.inbox.files.get(path)
            if waiting is not None:
                verdict = judge(waiting.sighting, now=0.0, settle=0.0)
                settled = verdict in (Verdict.READY, Verdict.UNSETTLED)
                listed.append((path, (Verdict.UNSETTLED if settled else verdict).value))
        listed += [(path, reason) for path, reason in self.inbox.unreadable.items()]
        return listed

    @property
    def is_stuck(self) -> bool:
        """Files wait, and each for something that time alone will not bring."""
        flawed = {waiting.path for waiting, opinion in self._flaws() if opinion.trouble}
        for path, waiting in self.inbox.files.items():
            verdict = judge(waiting.sighting, now=0.0, settle=0.0)
            if path not in flawed and verdict not in (Verdict.EMPTY, Verdict.DATALESS):
                return False
        return bool(self.inbox.files)

    @property
    def is_empty(self) -> bool:
        """Nothing here could become a job."""
        return not self.inbox.files

    # --- inside -------------------------------------------------------------------------------

    def _flaws(self) -> list[tuple[Waiting, Opinion]]:
        listed = []
        for path in list(self._flawed):
            waiting, opinion = self.inbox.files.get(path), self._opinions.get(path)
            if waiting is None or opinion is None or not (opinion.error or opinion.trouble):
                self._flawed.discard(path)
            else:
                listed.append((waiting, opinion))
        return listed

    def _consider(self, waiting: Waiting, now: float) -> None:
        path = waiting.path
        self._changed = True
        self._changes.seen(path)
        limit = MAX_PICTURE if self.inbox.is_again(path) else MAX_BYTES
        verdict = judge(waiting.sighting, now=now, settle=self._settings.settle, limit=limit)
        self._restless.discard(path)
        opinion = self._opinions.get(path)
        identity = waiting.sighting.look.identity
        if opinion is not None and opinion.identity != identity:
            del self._opinions[path]
            opinion = None
        if verdict is Verdict.READY:
            if opinion is None:
                self._unpeeked[path] = None
        elif verdict in (Verdict.TOO_BIG, Verdict.NOT_A_FILE):
            self._opinions[path] = Opinion(identity, error=_never(verdict))
            self._flawed.add(path)
        else:
            self._restless.add(path)
            if verdict is not Verdict.UNSETTLED:
                self._changes.waits(path, verdict.name.lower(), verdict.value)

    def _tell(self, path: Path, opinion: Opinion) -> None:
        """What a peek found: whether the file waits for something."""
        if opinion.trouble is not None:
            self._changes.waits(path, "unreadable", opinion.trouble)
        elif opinion.error is None:
            self._changes.ready(path)
        else:
            for kind, word in _WAITS.items():
                if isinstance(opinion.error, kind):
                    self._changes.waits(path, word, opinion.error.what)

    def _peek_one(self, waiting: Waiting, now: float) -> None:
        path, identity = waiting.path, waiting.sighting.look.identity
        tries = self._opinions[path].tries if path in self._opinions else 0
        opinion = Opinion(identity, tries=tries)
        self._changed = True
        self._opinions[path] = opinion
        try:
            opinion.job = self._peek(path)
        except FileNotFoundError:
            self.removed(path)
            return
        except StillWrittenError:
            waiting.sighting = Sighting(waiting.sighting.look, now)
            del self._opinions[path]
            self._restless.add(path)
            return
        except NotYetError as error:
            opinion.error, opinion.retry_at = error, now + _NOT_YET_RETRY
        except JobError as error:
            opinion.error = error
        except OSError as error:
            opinion.trouble = f"can't be read: {error.strerror or error}"
            self._retry_later(opinion, now)
        except Exception as error:  # no content may end the loop; it is told to its author instead
            opinion.error = unreadable(error)
        self._tell(path, opinion)
        if opinion.job is not None:
            heapq.heappush(self._heap, (-opinion.job.priority, waiting.arrived, path))
        else:
            self._flawed.add(path)

    def _retry_later(self, opinion: Opinion, now: float) -> None:
        opinion.tries = min(opinion.tries + 1, 6)
        opinion.retry_at = now + min(2.0**opinion.tries, 60.0)

    def _is_final(self, waiting: Waiting, error: JobError, now: float) -> bool:
        if isinstance(error, UnfinishedError):
            return now - waiting.sighting.unchanged_since >= PATIENCE_WITH_SYNTAX
        if isinstance(error, DefaultsError):
            return False  # not this file's fault: it waits until the defaults are mended
        if isinstance(error, NotYetError):
            since = max(waiting.queued_at, waiting.sighting.unchanged_since)
            return now - since >= self._settings.reference_wait
        return True


def _never(verdict: Verdict) -> JobError:
    if verdict is Verdict.TOO_BIG:
        return JobError(
            f"The file is larger than {MAX_BYTES:,} bytes.",
            why="A job file is a few lines of text; it was not opened.",
            remedy="Check that this is the file you meant to drop.",
        )
    return JobError(
        "This is not a regular file (a link, a pipe or a device).",
        why="Links are not followed and pipes are not read, so that no file can lead elsewhere.",
        remedy="Drop a copy of the file itself.",
    )

"""Which of the waiting files may be claimed, in which order, and which must be refused.

Between the inbox (what lies there) and the spool (what is claimed): keeps the state of every file,
reads each settled one once, and forgets what it read when the file changes. Files are opened only
through the `peek` it is given; nothing is moved here. What leads to which state is `inspection`'s.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from pathlib import Path

from daemon.errors import JobError, StillWrittenError, to_keep
from daemon.fs.moment import Moment
from daemon.inbox import inspection
from daemon.inbox.changes import FileChange, FileChanges
from daemon.inbox.inspection import WAITING, FileState, Inspection
from daemon.inbox.outline import outline
from daemon.inbox.scanner import Inbox, Waiting
from daemon.inbox.settle import MAX_BYTES, Sighting, Verdict
from daemon.jobfile import Job
from daemon.root.layout import DEFAULTS_NAMES
from daemon.settings import Settings

MAX_PICTURE = 64_000_000
"""Bytes of a picture that is made again; only its text chunks are read."""

_TIMED = WAITING | {FileState.UNSETTLED}
"""States that time alone may end."""


class WaitingQueue:
    """The queue as the inbox shows it. `peek(path)` reads one file; `is_deliberate(path, inode)`
    says that one of our own verbs dropped it, so that it need not wait for its folder."""

    def __init__(
        self,
        inbox: Inbox,
        settings: Settings,
        peek: Callable[[Path], Job],
        *,
        is_deliberate: Callable[[Path, int], bool] = lambda _path, _inode: False,
    ) -> None:
        self.inbox = inbox
        self._settings = settings
        self._peek = peek
        self._is_deliberate = is_deliberate
        self._index: dict[FileState, dict[Path, None]] = {state: {} for state in FileState}
        self._order: list[tuple[tuple[int, int], tuple[int, str], Path]] = []
        self._changed = True
        self._changes = FileChanges()

    # --- what comes in ------------------------------------------------------------------------

    def scan(self, at: Moment, *, full: bool) -> int:
        """Look at the whole inbox; returns how many files are new or changed. Raises OSError if the
        inbox itself can't be listed."""
        changed = self.inbox.scan(at, full=full)
        for waiting in changed:
            self._look(waiting, at)
        return len(changed)

    def move_to(self, folder: Path) -> None:
        """The inbox is another folder from now on; what is known of the old one is forgotten."""
        self.inbox.move_to(folder)
        self._changes = FileChanges()
        for paths in self._index.values():
            paths.clear()
        self._order.clear()
        self._changed = True

    def hint(self, path: Path, at: Moment, *, complete: bool, ours: bool = False) -> None:
        """An event named this path, or we put it there, so that nobody fills its folder. Another
        file (a reference, defaults) may be what some waited for, or change what they mean."""
        waiting = self.inbox.hint(path, at, complete=complete, ours=ours)
        if waiting is not None:
            self._look(waiting, at)
        elif path not in self.inbox.files:
            for state in (FileState.NEEDS_INPUT, FileState.BAD_DEFAULTS):
                for other in self._in(state):
                    self._set(other, inspection.input_arrived(other.inspection), at)
            if path.name in DEFAULTS_NAMES:
                self.defaults_changed(path, at)

    def defaults_changed(self, path: Path, at: Moment) -> None:
        """What was read of the jobs in that folder and below may mean something else now."""
        for other in self.inbox.files.values():
            if other.path.is_relative_to(path.parent):
                self._set(other, inspection.defaults_changed(other.inspection), at)

    def look_again(self, at: Moment) -> None:
        """Look at the files that were not settled, and retry or give up what is due."""
        for waiting in list(self._in(FileState.UNSETTLED)):
            self.inbox.look(waiting.path, at, complete=False)
            if waiting.path in self.inbox.files:
                self._look(self.inbox.files[waiting.path], at)
        for state in WAITING:
            for waiting in list(self._in(state)):
                self._set(waiting, inspection.passed(waiting.inspection, now=at.now), at)

    def peek_some(self, at: Moment, *, clock: Callable[[], float], budget: float) -> bool:
        """Read unread files for about `budget` seconds; True if some are left."""
        end = clock() + budget
        for waiting in self._in(FileState.UNREAD):
            self._read(waiting, at)
            if clock() >= end:
                break
        return bool(self._index[FileState.UNREAD])

    # --- what goes out ------------------------------------------------------------------------

    def next(self) -> tuple[Waiting, Job] | None:
        """The file to claim next: by its folder's turn, then highest priority, then first come."""
        while self._order:
            first, arrived, path = self._order[0]
            waiting = self.inbox.files.get(path)
            if waiting is not None:
                job = waiting.inspection.job
                known = (self.inbox.rank(path, job.priority), waiting.arrived) if job else None
                if job is not None and known == (first, arrived):
                    return waiting, job
            heapq.heappop(self._order)  # stale; whatever is true of the file now was pushed anew
        return None

    def refusals(self) -> list[tuple[Waiting, JobError]]:
        """Files that will never be jobs as they are, each with the reason."""
        found = []
        for waiting in self._in(FileState.REFUSED):
            assert waiting.inspection.error is not None
            found.append((waiting, waiting.inspection.error))
        return found

    def unclaimable(self, waiting: Waiting, reason: str, at: Moment) -> None:
        """The claim failed (locked, no permission): say so in `status` and try later."""
        self._set(waiting, inspection.claim_failed(waiting.inspection, reason, now=at.now), at)

    def claimed(self, path: Path) -> None:
        """The file was taken out of the inbox by us."""
        self._bury()
        self._changes.claimed(path)
        self.removed(path)
        self._bury()

    def removed(self, path: Path) -> None:
        """The file is no longer there."""
        self._changed = True
        self.inbox.forget(path)

    # --- what is shown ------------------------------------------------------------------------

    def take_changes(self, at: Moment) -> list[FileChange]:
        """What has become of the files since this was last asked."""
        self._bury()
        return self._changes.take(at.now)

    def take_changed(self) -> bool:
        """Whether the queue has changed since this was last asked."""
        changed, self._changed = self._changed, False
        return changed

    def deadline(self) -> float:
        """When time alone may change something here (monotonic)."""
        found = (waiting.inspection for state in _TIMED for waiting in self._in(state))
        return min((min(each.retry_at, each.until) for each in found), default=inspection.NEVER)

    def in_order(self) -> list[tuple[Waiting, Job | None]]:
        """Everything that waits, in the order it would be claimed; unread files last."""

        def key(waiting: Waiting) -> tuple[int, tuple[int, int], tuple[int, str]]:
            job = waiting.inspection.job
            first = self.inbox.rank(waiting.path, job.priority if job else 0)
            return (0 if job else 1, first, waiting.arrived)

        return [(w, w.inspection.job) for w in sorted(self.inbox.jobs(), key=key)]

    def troubles(self) -> list[tuple[Path, str]]:
        """Files that wait for something, with what."""
        listed = [
            (waiting.path, waiting.inspection.reason)
            for state in (*WAITING, FileState.REFUSED, FileState.UNSETTLED)
            for waiting in self._in(state)
        ]
        return listed + list(self.inbox.unreadable.items())

    @property
    def is_stuck(self) -> bool:
        """Files wait, and each for something that time alone will not bring."""
        return not self.is_empty and all(each.inspection.is_stuck for each in self.inbox.jobs())

    @property
    def is_empty(self) -> bool:
        """Nothing here could become a job."""
        return next(self.inbox.jobs(), None) is None

    # --- inside -------------------------------------------------------------------------------

    def _look(self, waiting: Waiting, at: Moment) -> None:
        """Looked at from outside. What was read of other content is of no use."""
        self._bury()
        self._changed = True
        self._changes.seen(waiting.path)
        limit = MAX_PICTURE if self.inbox.is_again(waiting.path) else MAX_BYTES
        self._set(
            waiting,
            inspection.looked_at(
                waiting.sighting,
                waiting.known_inspection,
                now=at.now,
                settle=self._settings.settle,
                limit=limit,
                held_until=self._held_until(waiting, at),
            ),
            at,
        )

    def _held_until(self, waiting: Waiting, at: Moment) -> float:
        until = self.inbox.held_until(waiting.path)
        inode = waiting.sighting.look.inode
        if at.now < until and not self._is_deliberate(waiting.path, inode):
            return until
        return 0.0

    def _bury(self) -> None:
        """What has left the inbox, in the order in which it did, is told and no longer known."""
        gone, self.inbox.gone = self.inbox.gone, []
        self._changed |= bool(gone)
        for path in gone:
            self._changes.removed(path)
            if path not in self.inbox.files:
                for paths in self._index.values():
                    paths.pop(path, None)

    def _read(self, waiting: Waiting, at: Moment) -> None:
        self._changed = True
        try:
            job = self._peek(waiting.path)
        except FileNotFoundError:
            self.removed(waiting.path)
        except Exception as error:  # judged there: no content may end the loop
            to_keep(error)
            if isinstance(error, StillWrittenError):
                waiting.sighting = Sighting(waiting.sighting.look, at.now)
            since = max(waiting.queued_at, waiting.sighting.unchanged_since)
            until = since + self._settings.reference_wait
            told = inspection.not_read(
                waiting.inspection, error, waiting.sighting, now=at.now, input_until=until
            )
            self._set(waiting, told, at)
        else:
            self._set(waiting, inspection.read(waiting.inspection, outline(job)), at)

    def _set(self, waiting: Waiting, found: Inspection, at: Moment) -> None:
        """The only place where a file's state changes: index, order and news follow from it."""
        before = waiting.inspection
        if found is before and waiting.path in self._index[found.state]:
            return
        self._index[before.state].pop(waiting.path, None)
        waiting.inspection, waiting.inspected = found, waiting.sighting.look
        self._index[found.state][waiting.path] = None
        if found.job is not None:
            first = self.inbox.rank(waiting.path, found.job.priority)
            heapq.heappush(self._order, (first, waiting.arrived, waiting.path))
            self._changes.ready(waiting.path)
        elif found.state in WAITING:
            self._changes.waits(waiting.path, found.state.value, found.reason, at.now)
        elif found.verdict is not None and found.verdict is not Verdict.UNSETTLED:
            word = found.verdict.name.lower()
            self._changes.waits(waiting.path, word, found.reason, at.now)

    def _in(self, state: FileState) -> Iterator[Waiting]:
        """The files in this state now; what has left the inbox meanwhile is dropped."""
        paths = self._index[state]
        for path in list(paths):
            waiting = self.inbox.files.get(path)
            if waiting is None or waiting.inspection.state is not state:
                paths.pop(path, None)
            else:
                yield waiting

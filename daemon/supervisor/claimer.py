"""From the inbox to the spool: claims what is next, refuses what will never be a job.

Claims only as far ahead as the worker needs, so that everything else stays in the inbox, where a
person can change it. Knows nothing of the worker.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

from daemon.errors import IsABoardError, IsMarksError, JobError, fault
from daemon.fs.moment import Moment
from daemon.fs.retry import backoff, concerns_all, said
from daemon.inbox.queue import WaitingQueue
from daemon.inbox.scanner import Waiting, drop_of
from daemon.inbox.turns import Hours, may_begin
from daemon.jobfile.cast_remarks import is_question
from daemon.jobs.claimed_job import ClaimedJob, End
from daemon.jobs.ending import cancelled
from daemon.jobs.jobs import Jobs
from daemon.models import vocabulary
from daemon.notify.events import BoardMoved, Event, JobClaimed, Warned
from daemon.notify.log_lines import job_label
from daemon.protocol.outcome import Outcome
from daemon.spool.ticket import Dropped

LOOK_AHEAD = 2
"""Jobs claimed at once at least: the one being rendered and the next, so that the worker never
waits. Where pictures share steps, as many as fill the worker's hand."""

MAX_HELD = 8
"""Claimed jobs at most, those that wait for better times (a full disk) included."""


class Claimer:
    """Moves files of `queue` into `jobs`. `trouble` says what keeps every file from being
    claimed, if something does; it is tried again at `retry_at` (monotonic). What lies in later/
    may begin in `hours` alone. What is a board and no job, `adopt` takes out of the inbox,
    and says where to and what is odd about that;
    what marks say, `obey` does, and says what it did."""

    def __init__(
        self,
        queue: WaitingQueue,
        jobs: Jobs,
        emit: Callable[[Event], None],
        *,
        hours: Hours | None = None,
        adopt: Callable[[Path], tuple[Path, str]] | None = None,
        obey: Callable[[Path], str] | None = None,
    ) -> None:
        self._adopt = adopt
        self.moved: Callable[[], None] = _nobody
        """Hears that a board has moved."""
        self._obey = obey
        self._hours = hours
        self._queue = queue
        self._inbox = queue.inbox
        self._jobs = jobs
        self._emit = emit
        self._tries = 0
        self.retry_at = 0.0
        self.trouble: str | None = None

    def refuse(self, at: Moment) -> None:
        """Move every file that will never be a job to failed/, with the reason beside it."""
        for waiting, error in self._queue.refusals():
            self._refuse(waiting, error, at)

    def claim(self, at: Moment, pictures: int) -> None:
        """Claim what is next while there is room: the worker can take so many `pictures` at
        most."""
        if at.now < self.retry_at:
            return
        while True:
            found = self._queue.next()
            if found is None or not self._may_begin(found[0].path, at):
                self._tries, self.trouble = 0, None
                return
            if not self._has_room(at, pictures, self._inbox.place(found[0].path).turn):
                return
            try:
                self._claim(found[0], at)
            except OSError as error:
                if concerns_all(error):
                    self._wait(error, at)
                    return
                self._queue.unclaimable(found[0], _reason(error), at)
            except Exception as error:  # a bug that this file meets keeps no other waiting
                self._unclaimed(found[0], error, at)

    def cancel(self, file: str, at: Moment) -> str | None:
        """Cancel a waiting file (relative to the inbox); returns why not, or None."""
        waiting = self._inbox.files.get(self._inbox.folder / file) or self._otherwise_spelt(file)
        if waiting is None:
            return f"{file} is neither waiting nor being worked on."
        try:
            self._jobs.refuse(self._dropped(waiting), cancelled(begun=False), at)
        except OSError as trouble:
            return f"{file} {_reason(trouble)}."
        self._queue.claimed(waiting.path)
        return None

    def left(self, at: Moment) -> int | None:
        """How many files stay where none of them can be begun now: each waits for a person or for
        its hours. None if one can."""
        number = 0
        for waiting in self._inbox.jobs():
            if not waiting.inspection.is_stuck and self._may_begin(waiting.path, at):
                return None
            number += 1
        return number

    def look_again(self, at: Moment) -> None:
        """What was given back waits again from this moment on."""
        given_back, self._jobs.given_back = self._jobs.given_back, []
        for place in given_back:
            self._queue.hint(self._inbox.folder / place, at, complete=False)

    def _otherwise_spelt(self, file: str) -> Waiting | None:
        """The one waiting file of that name whose accents are other signs."""
        wanted = unicodedata.normalize("NFC", file)
        found = [
            waiting
            for path, waiting in self._inbox.files.items()
            if unicodedata.normalize("NFC", path.relative_to(self._inbox.folder).as_posix())
            == wanted
        ]
        return found[0] if len(found) == 1 else None

    # --- inside -------------------------------------------------------------------------------

    def _refuse(self, waiting: Waiting, error: JobError, at: Moment) -> None:
        try:
            if isinstance(error, IsABoardError) and self._adopt is not None:
                project = self._inbox.place(waiting.path).project
                home, said = self._adopt(waiting.path)
                self._emit(BoardMoved(waiting.path.name, project, str(home)))
                if said:
                    self._emit(Warned(said))
                self._jobs.left.append(self._inbox.folder_of(waiting.path))  # empty now, perhaps
                self.moved()
            else:
                self._jobs.refuse(self._dropped(waiting), self._end_of(waiting, error), at)
        except FileNotFoundError:
            self._queue.removed(waiting.path)
        except OSError as trouble:
            self._queue.unclaimable(waiting, _reason(trouble), at)
        except Exception as error:  # as above
            self._unclaimed(waiting, error, at)
        else:
            self._queue.claimed(waiting.path)

    def _unclaimed(self, waiting: Waiting, error: Exception, at: Moment) -> None:
        self._queue.unclaimable(waiting, f"Hotfolder has a fault of its own: {fault(error)}", at)

    def _end_of(self, waiting: Waiting, error: JobError) -> End:
        """What becomes of a file that is no job: marks of pictures are obeyed. Raises OSError."""
        if not isinstance(error, IsMarksError) or self._obey is None:
            return End(Outcome.FAILED, error)
        try:
            return End(Outcome.DONE, self._obey(waiting.path))
        except JobError as wrong:
            return End(Outcome.FAILED, wrong)

    def _claim(self, waiting: Waiting, at: Moment) -> None:
        """Raises OSError if it can't be claimed."""
        try:
            job = self._jobs.claim(self._dropped(waiting), at)
        except FileNotFoundError:
            self._queue.removed(waiting.path)
            return
        self._tries, self.trouble = 0, None
        self._queue.claimed(waiting.path)
        if job is not None:
            self._tell(job)
        self.look_again(at)

    def _dropped(self, waiting: Waiting) -> Dropped:
        return drop_of(
            self._inbox,
            waiting.path,
            queued_at=waiting.queued_at,
            queued_wall=waiting.queued_wall,
        )

    def _tell(self, job: ClaimedJob) -> None:
        subject = self._jobs.subjects.of_job(job)
        self._emit(JobClaimed(subject, job.facts.prompt, len(job.plan.pictures)))
        for warning in job.plan.warnings:
            text = f"{job_label(subject)}: {warning}"
            topic = f"words of {job.plan.project}" if vocabulary.is_warning(warning) else ""
            if is_question(warning):  # of one word, which other shots of the board have as well
                topic = f"{job.plan.project}: {warning}"
            self._emit(Warned(text, job=job.number, topic=topic))

    def _wait(self, error: OSError, at: Moment) -> None:
        self.trouble = f"nothing can be claimed: {said(error)}"
        self.retry_at = at.now + backoff(self._tries)
        self._tries += 1

    def _may_begin(self, path: Path, at: Moment) -> bool:
        return may_begin(self._inbox.place(path).turn, self._hours, wall=at.wall)

    def _has_room(self, at: Moment, pictures: int, turn: int) -> bool:
        """Jobs that wait, or that killed a worker and let others go first, keep no place; nor do
        those before which the next one goes."""
        ready = [job for job in self._jobs.active.values() if _keeps_a_place(job, turn, at)]
        left = sum(len(job.to_render) + len(job.in_hand) for job in ready)
        return (
            (len(ready) < LOOK_AHEAD or left < pictures)
            and len(self._jobs.claimed) < max(MAX_HELD, pictures)
            and self._jobs.trouble is None
        )


def _nobody() -> None:
    """Nobody listens."""


def _keeps_a_place(job: ClaimedJob, turn: int, at: Moment) -> bool:
    ticket = job.claim.ticket
    return job.not_before <= at.now and not ticket.deaths and ticket.said.turn >= turn


def _reason(error: OSError) -> str:
    return f"can't be claimed: {error.strerror or error}"

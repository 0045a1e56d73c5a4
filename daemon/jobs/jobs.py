"""Claimed jobs: from the claim through renders and publication to done or failed.

Each step of a job's life is one method, called by the supervisor when its cause has happened; all
that a crash must not lose is in the spool before the method returns. Knows nothing of the worker
process: it says which render is next, and is told what became of it. What the disk refuses now is
tried again by `tend`.
"""

from __future__ import annotations

from collections.abc import Callable

from daemon.errors import JobError
from daemon.fs.moment import Moment
from daemon.fs.retry import concerns_all, is_for_good, said
from daemon.jobs import claimed_job, retry_policy
from daemon.jobs.admission import Admission, GiveBack, PutOff
from daemon.jobs.claimed_job import ClaimedJob, End, JobState, StagedPicture, Work
from daemon.jobs.duplicates import Duplicates
from daemon.jobs.ending import Ending, cancelled
from daemon.jobs.fence import fenced
from daemon.jobs.planning import Planning
from daemon.jobs.publication import Publication
from daemon.jobs.restoration import restore_if_gone
from daemon.jobs.subjects import Subjects
from daemon.notify.events import Event, PicturePublished, Warned
from daemon.outbox.reservations import Reservations
from daemon.plan.plan import Picture
from daemon.plan.prepare import Preparer
from daemon.protocol.messages import Ready, Rendered
from daemon.protocol.outcome import Outcome
from daemon.root.layout import Layout
from daemon.spool import claim_files
from daemon.spool.spool import Spool
from daemon.spool.ticket import Dropped


class Jobs:
    """The claimed jobs of one root, by number. `trouble` says what the disk refuses now, if so;
    `tell` hears of every picture published and of every end. `reference_wait` is in seconds."""

    def __init__(
        self,
        layout: Layout,
        preparer: Preparer,
        draw_seed: Callable[[], int],
        tell: Callable[[Event], None],
        *,
        reference_wait: float,
    ) -> None:
        self._layout = layout
        self._tell = tell
        self._spool = Spool(layout, self._say)
        reservations = Reservations(layout)
        self._publication = Publication(layout, reservations)
        self._ending = Ending(layout, self._publication, reservations)
        self._duplicates = Duplicates()
        self._admission = Admission(
            Planning(preparer, reservations, draw_seed),
            self._publication,
            self._duplicates,
            self._say,
            reference_wait=reference_wait,
        )
        self.subjects = Subjects(layout.outbox)
        self._jobs: dict[int, ClaimedJob] = {}
        self.given_back: list[str] = []
        """Files that wait in the inbox again, relative to it; whoever looks at them takes them."""
        self.left: list[str] = []
        """The folders of the inbox out of which finished jobs came, for who looks at them."""
        self.trouble: str | None = None

    # --- what there is ------------------------------------------------------------------------

    @property
    def active(self) -> dict[int, ClaimedJob]:
        """The jobs that have been admitted, by number."""
        return {number: job for number, job in self._jobs.items() if job.work is not None}

    @property
    def claimed(self) -> list[ClaimedJob]:
        """All of them, those that wait for their plan or for their end included."""
        return list(self._jobs.values())

    @property
    def is_empty(self) -> bool:
        return not self._jobs

    @property
    def retries(self) -> list[float]:
        """When (monotonic) something backed off is to be tried again."""
        return [job.not_before for job in self._jobs.values()]

    # --- starting -----------------------------------------------------------------------------

    def recover(self, at: Moment) -> None:
        """Take up every claimed job of an earlier run where it stood. Raises OSError; may be
        repeated then."""
        self._publication.stage.mend()
        self._spool.open(self._duplicates.learn)
        self._jobs.clear()
        for claim in self._spool.recover():
            queued_at = at.now - max(0.0, at.wall - claim.ticket.queued_wall)
            job = self._jobs[claim.number] = ClaimedJob(claim, queued_at)
            fenced(self._admit, job, at, self._say)
        self._publication.sweep(self._jobs.values())

    def claim(self, dropped: Dropped, at: Moment) -> ClaimedJob | None:
        """Claim a waiting file and plan it; None if it turned out not to be a job to render now.
        Raises OSError if it can't be claimed."""
        job = self._take(dropped, at)
        if self._duplicates.is_second_save(job.claim, at.now):
            self._end(job, End(Outcome.DUPLICATE, "the same file was claimed a moment ago"), at)
        else:
            fenced(self._admit, job, at, self._say)
        return job if job.is_at_work else None

    def refuse(self, dropped: Dropped, end: End, at: Moment) -> None:
        """End a waiting file that will not be rendered. Raises OSError if it can't be claimed."""
        self._end(self._take(dropped, at), end, at)

    # --- rendering ----------------------------------------------------------------------------

    def in_order(self, at: Moment) -> list[ClaimedJob]:
        """Jobs with a picture to render now, the next one first."""
        return claimed_job.in_order(self._jobs.values(), at.now)

    def begin(self, job: ClaimedJob, picture: Picture) -> None:
        """The picture goes to the worker: the attempt is counted first. Raises OSError."""
        self._publication.stage.mend()
        if not job.tries.attempt_begun:
            job.claim = claim_files.begin_attempt(job.claim)
        job.hand_down(picture.render.index)

    def take_back(self, job: ClaimedJob, index: int, *, lost: bool) -> None:
        """The worker has not finished this picture; `lost` with the worker itself, so that the
        next time is another attempt."""
        job.let_go(index)
        job.tries.attempt_begun = job.tries.attempt_begun and not lost

    def worker_died(self, job: ClaimedJob, last_words: str, at: Moment) -> None:
        """The worker died while rendering this job alone; the third time, the job is the cause."""
        try:
            job.claim = claim_files.record_death(job.claim)
        except OSError as error:
            self._put_off(job, error, at)
            return
        blame = retry_policy.blame(job.claim.ticket, last_words)
        if blame is not None:
            job.request(End(Outcome.FAILED, blame))

    def back_off(self, job: ClaimedJob, reason: str, at: Moment, *, for_all: bool) -> float:
        """A trouble that is not the job's: try again later; returns the pause in seconds. One that
        every job would meet is `for_all`: nothing more is claimed meanwhile."""
        seconds = job.tries.pause()
        if job.end is None:  # one that is to end waits for nothing
            job.wait(at.now + seconds, reason)
        self.trouble = reason if for_all else self.trouble
        return seconds

    def rendered(self, event: Rendered, ready: Ready, at: Moment) -> None:
        """A picture lies in the stage; `tend` publishes it."""
        job = self._jobs.get(event.job)
        if job is not None and job.is_at_work:
            job.stage(StagedPicture(event, ready, at.now))

    # --- ending -------------------------------------------------------------------------------

    def fail(self, job: ClaimedJob, what: str, why: str = "") -> None:
        """The job can't be done; it leaves once the worker holds none of its pictures."""
        job.request(End(Outcome.FAILED, JobError(what, why=why)))

    def cancel(self, number: int, end: End | None = None) -> bool:
        """A person wants it stopped, or it is to `end` otherwise; it leaves once the worker has let
        go of it. False if there is no such job."""
        if number in self._jobs:
            self._jobs[number].request(end or cancelled(begun=True))
        return number in self._jobs

    def tend(self, at: Moment) -> None:
        """Do whatever is due for each job: publish, leave, or be taken up once more. Troubles of
        the disk cost nothing but time; `trouble` says what they are."""
        for job in list(self._jobs.values()):
            if job.not_before <= at.now:
                fenced(self._advance, job, at, self._say)
        if self.is_empty:
            self.trouble = None

    # --- inside -------------------------------------------------------------------------------

    def _take(self, dropped: Dropped, at: Moment) -> ClaimedJob:
        claim, since = self._spool.claim(dropped, wall=at.wall), dropped.queued_at
        return self._jobs.setdefault(claim.number, ClaimedJob(claim, since, is_new=True))

    def _advance(self, job: ClaimedJob, at: Moment) -> None:
        try:
            restore_if_gone(self._spool, job, self._say)
        except OSError as error:
            self._put_off(job, error, at)
            return
        if job.state is JobState.ADMITTING:
            self._admit(job, at)
        elif job.state is JobState.ENDING:
            self._leave(job, at)
        elif self._publish(job, at) and not job.in_hand:
            end = End(Outcome.DONE) if job.is_complete else job.end
            if end is not None:
                self._end(job, end, at)

    def _publish(self, job: ClaimedJob, at: Moment) -> bool:
        """Publish what lies in the stage; False if the disk does not take it now."""
        try:
            while job.staged:
                index = job.staged[0].event.index
                if self._publication.publish_next(job):
                    job.tries.went_well()
                    self.trouble = None
                    about = self.subjects.of_picture(job, index), index, len(job.plan.pictures)
                    self._tell(PicturePublished(*about))
        except OSError as error:
            if not is_for_good(error):
                self._put_off(job, error, at)
                return False
            job.unstage_all()
            self.fail(job, "The picture can't be published.", said(error))
        return True

    def _admit(self, job: ClaimedJob, at: Moment) -> None:
        """Take a claim up, end it, give it back to the inbox, or leave it for later."""
        match self._admission.verdict(job, self._jobs.values(), at):
            case Work() as work:
                job.admit(work)
            case End() as end:
                self._end(job, end, at)
            case PutOff(error=error, seconds=None):
                self._put_off(job, error, at)
            case PutOff(seconds=float(seconds)):
                job.wait(at.now + seconds, "another job with its id is at work")
            case GiveBack():
                self._give_back(job, at)

    def _give_back(self, job: ClaimedJob, at: Moment) -> None:
        """Somebody is changing it, or its defaults, this moment: it waits in the inbox again."""
        try:
            is_back = self._spool.give_back(job.claim)
        except OSError as error:
            self._put_off(job, error, at)
            return
        if is_back:
            job.leave()
            del self._jobs[job.number]
            self._duplicates.forget(job.claim.ticket)
            self.given_back.append(job.claim.ticket.place)
        else:
            self._put_off(job, None, at)

    def _say(self, text: str) -> None:
        self._tell(Warned(text))

    def _put_off(self, job: ClaimedJob, error: Exception | None, at: Moment) -> None:
        """Something refuses to go on now: again later, in the state it is in."""
        job.wait(at.now + job.tries.pause(), said(error) if error else "its name is taken")
        if error is not None and concerns_all(error):
            self.trouble = said(error)

    def _end(self, job: ClaimedJob, end: End, at: Moment) -> None:
        job.decide(end)
        self._leave(job, at)

    def _leave(self, job: ClaimedJob, at: Moment) -> None:
        try:
            entry = self._ending.end(job, wall=at.wall)
        except OSError as error:
            self._put_off(job, error, at)
            return
        del self._jobs[job.number]
        self.left.append(job.claim.ticket.folder_in_inbox)
        self._spool.let_go(job.number)
        self._duplicates.learn(entry)
        self._tell(self.subjects.finished(entry, job))

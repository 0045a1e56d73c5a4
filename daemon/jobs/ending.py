"""The one way in which a claimed job leaves the spool, with a daemon and without.

Sidecars without a picture are withdrawn, the file goes to done/ or failed/ with a letter beside
it, the journal gets its line, and what the job held is let go. Knows no worker.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from daemon.errors import JobError, NeverAJobError, SpoiledError
from daemon.jobs.claimed_job import ClaimedJob, End, JobState
from daemon.jobs.planning import saved_work
from daemon.jobs.publication import Publication
from daemon.outbox.reservations import Reservations
from daemon.protocol.outcome import Outcome, is_failure
from daemon.root.layout import Layout
from daemon.root.own_command import own_command
from daemon.spool import claim_files, finish
from daemon.spool.homecoming import home_of
from daemon.spool.journal import JournalEntry
from daemon.spool.ticket import Claim
from daemon.text.failure_letter import explain


def cancelled(*, begun: bool) -> End:
    """A person wanted it stopped."""
    what = "You cancelled this job." if begun else "You cancelled this job before it was begun."
    return End(Outcome.CANCELLED, JobError(what))


class Ending:
    """Ends jobs of one root."""

    def __init__(
        self, layout: Layout, publication: Publication, reservations: Reservations
    ) -> None:
        self._layout = layout
        self._publication = publication
        self._reservations = reservations

    def end(self, job: ClaimedJob, *, wall: float) -> JournalEntry:
        """Take an ENDING job out of the spool; `wall` is now, in seconds since 1970.

        Raises OSError; may be repeated then: an end that is on disk is completed as it was
        intended, never begun anew."""
        assert job.state is JobState.ENDING
        assert job.end is not None
        begun = _intended(job.claim)
        if begun is not None:
            entry = finish.complete(self._layout, job.claim, begun)
        else:
            if job.work is None:
                self._recall(job)
            if job.end.outcome is not Outcome.DONE:
                self._publication.withdraw(job)
            draft = getattr(job.end.reason, "draft", "")
            intent = finish.Intent(_entry(job, job.end, wall), self._letter(job, job.end), draft)
            entry = finish.finish(self._layout, job.claim, intent, home=self._home(job))
        job.leave()
        self._publication.discard(job)
        self._reservations.release(job.number)
        return entry

    def _letter(self, job: ClaimedJob, end: End) -> str | None:
        """The text of why.txt, if there is to be one: not where nobody need look."""
        if end.outcome is Outcome.CANCELLED and not is_failure(end.outcome, end.words):
            return None
        if end.outcome is Outcome.DONE:  # marks that were obeyed: the log says what was done
            return None
        if isinstance(end.reason, str):
            return f"Not rendered again: {end.reason}.\n" if end.reason else None
        source = None
        if not job.claim.ticket.again:
            with contextlib.suppress(OSError):
                source = claim_files.read_job(job.claim)
        told = explain(
            end.reason, file=job.claim.ticket.file, source=source, command=own_command(self._layout)
        )
        if not job.claim.ticket.again:
            return told
        do = _KEEP if isinstance(end.reason, NeverAJobError) else _AGAIN
        return f"{told.rstrip()}\n\n{_PICTURE} {do}\n"

    def _home(self, job: ClaimedJob) -> Path | None:
        """Where a picture that was made again came from, if it goes back there."""
        if job.end is None or job.end.outcome is not Outcome.DONE or job.work is None:
            return None
        return home_of(self._layout, job.claim.ticket, job.work.facts.parent)

    def _recall(self, job: ClaimedJob) -> None:
        """What an earlier run had come to with a job that this one never took up."""
        work = None
        with contextlib.suppress(SpoiledError):
            job.records = claim_files.published(job.claim)
        with contextlib.suppress(SpoiledError):
            work = saved_work(job.claim)
        if work is not None and any(index > len(work.plan.pictures) for index in job.records):
            work = None  # they are not of one job
        self._publication.settle(job, work.plan if work is not None else None)
        job.work = work  # only now: what raised above is done again


def _intended(claim: Claim) -> finish.Intent | None:
    """What an earlier try to end it has come to; a spoiled intent is none, and is written anew."""
    try:
        return finish.intended(claim)
    except SpoiledError:
        finish.forget_intent(claim)
        return None


def _entry(job: ClaimedJob, end: End, wall: float) -> JournalEntry:
    ticket = job.claim.ticket
    return JournalEntry(
        job=ticket.number,
        file=ticket.file,
        project=ticket.project,
        again=ticket.again,
        folder=ticket.folder,
        outcome=end.outcome,
        finished_unix=wall,
        name=job.name,
        id=job.id or claim_files.said_id(job.claim),
        reason=end.words,
        images=job.images,
        parent=ticket.parent,
    )


_PICTURE = "The picture that you dropped lies beside this letter, as it was."
_AGAIN = "Drop it again once that is mended, or move it back to where you keep it."
_KEEP = "Move it back to where you keep it."


def end_without_daemon(layout: Layout, claim: Claim, end: End, *, wall: float) -> JournalEntry:
    """Take a claimed job out of the spool while no daemon runs; the caller holds the root's lock.
    `wall` is now, in seconds since 1970. Raises OSError."""
    reservations = Reservations(layout)
    job = ClaimedJob(claim, queued_at=0.0)
    job.decide(end)
    return Ending(layout, Publication(layout, reservations), reservations).end(job, wall=wall)

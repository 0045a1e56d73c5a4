"""What becomes of a claim that is to be taken up: work, an end, a way back, or another try later.

Decides only; `jobs` does what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from daemon.errors import (
    DefaultsError,
    JobError,
    NotYetError,
    SetupError,
    SpoiledError,
    StillLookingError,
    StillWrittenError,
)
from daemon.fs.moment import Moment
from daemon.jobs.claimed_job import ClaimedJob, End, Work
from daemon.jobs.duplicates import Duplicates
from daemon.jobs.planning import Planning
from daemon.jobs.publication import Publication
from daemon.jobs.retry_policy import SAME_ID
from daemon.protocol.outcome import Outcome
from daemon.spool import claim_files, finish

LOOK_AGAIN = 0.05
"""Seconds until a picture that is being looked at in the sandbox is asked about again."""


@dataclass(frozen=True, slots=True)
class PutOff:
    """Not now: again after the next pause, or after so many `seconds`; `error` is what refuses."""

    error: Exception | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Somebody is changing it, or its defaults, this moment: it waits in the inbox again."""


Verdict = Work | End | PutOff | GiveBack


class Admission:
    """Judges claims. A picture that a job names gets `reference_wait` seconds to come; `say` hears
    what became of spoiled state."""

    def __init__(
        self,
        planning: Planning,
        publication: Publication,
        duplicates: Duplicates,
        say: Callable[[str], None],
        *,
        reference_wait: float,
    ) -> None:
        self._say = say
        self._planning = planning
        self._publication = publication
        self._duplicates = duplicates
        self._reference_wait = reference_wait

    def verdict(self, job: ClaimedJob, others: Iterable[ClaimedJob], at: Moment) -> Verdict:
        """What to do with this job, whose work is then fixed on disk. Never raises for what the
        file says or the disk refuses."""
        try:
            if (begun := finish.intended(job.claim)) is not None:
                return End(begun.entry.outcome, begun.entry.reason)  # by an earlier run
            work = self._work(job)
        except (DefaultsError, StillWrittenError):
            return GiveBack()
        except StillLookingError:
            return PutOff(seconds=LOOK_AGAIN)
        except NotYetError as error:  # a reference vanished, or is half copied
            waited = at.wall - job.claim.ticket.claimed_wall
            return PutOff(error) if waited < self._reference_wait else End(Outcome.FAILED, error)
        except JobError as error:
            return End(Outcome.FAILED, error)
        except SpoiledError as error:
            return End(Outcome.FAILED, _spoiled(error))
        except (OSError, SetupError, ValueError, KeyError) as error:
            return PutOff(error)
        return self._once(job, work, others)

    def _work(self, job: ClaimedJob) -> Work:
        """What it is to make, and what of that is published already."""
        lost = None
        try:
            job.records = claim_files.published(job.claim)
        except SpoiledError as error:
            job.records, lost = {}, error
        is_begun = bool(job.records) or lost is not None
        work = self._planning.work_of(job, is_begun=is_begun)
        if not job.is_new:
            self._publication.settle(job, work.plan)
        if lost is not None:
            found = len(job.records)
            self._say(f"{lost.what}; #{job.number} goes on: {found} of its pictures are out")
        return work

    def _once(self, job: ClaimedJob, work: Work, others: Iterable[ClaimedJob]) -> Verdict:
        """Unless its `id` is another job's: then it waits for what becomes of that. What a person
        retries goes again, whatever its `id`."""
        if job.claim.ticket.parent is not None:
            return work
        others = list(others)
        first = self._duplicates.same_id(work.facts.id, others)
        if first is None:
            return work
        self._planning.release(job)
        if any(other.number == first for other in others):
            return PutOff(seconds=SAME_ID)  # it may still fail; then this one is rendered
        return End(Outcome.DUPLICATE, f"id {work.facts.id} is #{first}")


def _spoiled(error: SpoiledError) -> JobError:
    return JobError(
        "What Hotfolder had written down about this job can't be used any more.",
        why=f"{error.what}.",
        remedy="Its pictures, if any, are in the outbox. Drop the file again for a new set.",
    )

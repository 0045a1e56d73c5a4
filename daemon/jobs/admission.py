"""What becomes of a claim that is to be taken up: work, an end, a way back, or another try later.

Decides only; `jobs` does what it says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from daemon.errors import DefaultsError, JobError, NotYetError, SetupError, StillWrittenError
from daemon.fs.moment import Moment
from daemon.jobs.claimed_job import ClaimedJob, End, Work
from daemon.jobs.duplicates import Duplicates
from daemon.jobs.planning import Planning
from daemon.jobs.publication import Publication
from daemon.jobs.retry_policy import SAME_ID
from daemon.protocol.outcome import Outcome
from daemon.spool import finish


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
    """Judges claims. A picture that a job names gets `reference_wait` seconds to come."""

    def __init__(
        self,
        planning: Planning,
        publication: Publication,
        duplicates: Duplicates,
        *,
        reference_wait: float,
    ) -> None:
        self._planning = planning
        self._publication = publication
        self._duplicates = duplicates
        self._reference_wait = reference_wait

    def verdict(self, job: ClaimedJob, others: Iterable[ClaimedJob], at: Moment) -> Verdict:
        """What to do with this job, whose work is then fixed on disk. Never raises for what the
        file says or the disk refuses."""
        try:
            if (begun := finish.intended(job.claim)) is not None:
                return End(begun.outcome, begun.reason)  # by an earlier run
            work = self._planning.work_of(job)
            self._publication.settle(job, work.plan)
        except (DefaultsError, StillWrittenError):
            return GiveBack()
        except NotYetError as error:  # a reference vanished, or is half copied
            waited = at.wall - job.claim.ticket.claimed_wall
            return PutOff(error) if waited < self._reference_wait else End(Outcome.FAILED, error)
        except JobError as error:
            return End(Outcome.FAILED, error)
        except (OSError, SetupError, ValueError, KeyError) as error:
            return PutOff(error)
        return self._once(job, work, others)

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

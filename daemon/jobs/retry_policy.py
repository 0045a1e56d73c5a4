"""How often a claimed job is tried again, and when: every limit and every count in one place.

What must outlive this process (attempts, deaths) is counted in the ticket; what a restart may
forget is counted here. Troubles of the machine cost a job nothing but time, whatever their number.
"""

from __future__ import annotations

from dataclasses import dataclass

from daemon.errors import JobError
from daemon.fs.retry import backoff
from daemon.spool.ticket import Ticket

MAX_DEATHS = 3
"""Worker deaths while rendering one job alone after which the job is taken to be the cause."""

MAX_SHORTAGES = 5
"""Times memory may run out at a job (half a minute of pauses) before it is too big for us."""

SAME_ID = 1.0
"""Seconds between two looks at what became of another job with the same `id`."""


@dataclass(slots=True)
class Tries:
    """What one claimed job has met in this process.

    `transient` tries since something last went well; `shortages` of memory at it; whether the
    attempt that the ticket counts last goes on (`attempt_begun`); `alone` since a worker died
    that had it in hand together with others."""

    transient: int = 0
    shortages: int = 0
    attempt_begun: bool = False
    alone: bool = False

    def pause(self) -> float:
        """Count a try that failed; seconds until the next."""
        seconds = backoff(self.transient)
        self.transient += 1
        return seconds

    def went_well(self) -> None:
        """The next trouble is a first one again."""
        self.transient = 0

    def is_too_big(self) -> bool:
        """Memory has run out at this job: whether it has done so too often, after ever longer
        pauses, to be anyone else's doing."""
        self.shortages += 1
        return self.shortages >= MAX_SHORTAGES


def is_suspect(ticket: Ticket, tries: Tries) -> bool:
    """Whether it may be what kills workers, and is rendered alone: no other job is blamed for it,
    and it for no other."""
    return tries.alone or ticket.deaths > 0


def blame(ticket: Ticket, last_words: str) -> JobError | None:
    """The error to fail a job with once it has killed too many workers, else None."""
    if ticket.deaths < MAX_DEATHS:
        return None
    why = f"The worker died {ticket.deaths} times at it. Its last words:\n{last_words}"
    return JobError("Rendering this job kills the worker.", why=why.rstrip())

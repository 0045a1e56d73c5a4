"""What the keeper of boards asks of the daemon: which of its jobs are claimed, and to stop one.

Knows no board; tells jobs of boards by the `id` they bear.
"""

from __future__ import annotations

from pathlib import Path

from daemon.boards.deeds import Claimed, ClaimedTake, Hands
from daemon.boards.drops import id_of_file
from daemon.boards.key import TakeId, id_read
from daemon.errors import JobError
from daemon.fs.moment import Moment
from daemon.inbox.queue import WaitingQueue
from daemon.jobs.claimed_job import ClaimedJob, End
from daemon.jobs.ending import cancelled
from daemon.jobs.jobs import Jobs
from daemon.protocol.outcome import WITHDRAWN, Outcome
from daemon.root.layout import Layout
from daemon.supervisor.claimer import Claimer
from daemon.worker.pool import WorkerPool


def hands(
    layout: Layout, jobs: Jobs, waiting: WaitingQueue, claimer: Claimer, pool: WorkerPool
) -> Hands:
    """The hands of one daemon."""

    def claimed() -> Claimed | None:
        return {
            one: ClaimedTake(job.number, Path(job.claim.ticket.file).stem)
            for job in jobs.claimed
            if (one := _id(job)) is not None
        }

    def withdraw(number: int) -> None:
        stop(number, End(Outcome.CANCELLED, JobError(WITHDRAWN)))

    def cancel(number: int) -> None:
        stop(number, cancelled(begun=True))

    def stop(number: int, end: End) -> None:
        jobs.cancel(number, end)
        pool.cancel(number)

    def refuse(path: Path) -> None:
        at = Moment.read()
        waiting.hint(seen(path), at, complete=True)  # it may have come this moment
        claimer.cancel(path.relative_to(layout.inbox).as_posix(), at)

    def left(path: Path) -> None:
        waiting.claimed(seen(path))

    def arrived(path: Path) -> None:
        waiting.hint(seen(path), Moment.read(), complete=True)

    def seen(path: Path) -> Path:
        """As the queue knows it: the inbox may be a link."""
        return waiting.inbox.folder / path.relative_to(layout.inbox)

    return Hands(claimed, withdraw, cancel, refuse, left, arrived)


def _id(job: ClaimedJob) -> TakeId | None:
    """Of a job that was not admitted yet, its file tells."""
    if job.work is not None:
        return id_read(job.facts.id)
    try:
        return id_of_file(job.claim.job_file)
    except FileNotFoundError:
        return None

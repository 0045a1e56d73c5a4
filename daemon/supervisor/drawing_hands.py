"""What the keeper of drawings asks of the daemon: which of their jobs are claimed.

Knows no drawing; tells their jobs by the `id` they bear.
"""

from __future__ import annotations

from pathlib import Path

from daemon.drawings.keeper import Hands
from daemon.drawings.known import id_in
from daemon.fs.moment import Moment
from daemon.inbox.queue import WaitingQueue
from daemon.jobs.claimed_job import ClaimedJob
from daemon.jobs.jobs import Jobs
from daemon.root.layout import Layout


def hands(layout: Layout, jobs: Jobs, waiting: WaitingQueue) -> Hands:
    """The hands of one daemon."""

    def claimed() -> set[str]:
        return {one for job in jobs.claimed if (one := _id(job))}

    def left(path: Path) -> None:
        waiting.claimed(seen(path))

    def arrived(path: Path) -> None:
        waiting.hint(seen(path), Moment.read(), complete=True, ours=True)

    def seen(path: Path) -> Path:
        """As the queue knows it: the inbox may be a link."""
        inbox = waiting.inbox.folder
        return path if path.is_relative_to(inbox) else inbox / path.relative_to(layout.inbox)

    return Hands(claimed, left, arrived, waiting.inbox.held_until)


def _id(job: ClaimedJob) -> str:
    """Of a job that was not admitted yet, its file tells."""
    if job.work is not None:
        return job.facts.id or ""
    try:
        return id_in(job.claim.job_file)
    except FileNotFoundError:
        return ""

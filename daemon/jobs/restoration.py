"""A claimed job whose folder in the spool was deleted under the daemon, written down once more.

All of it but the job file's bytes is in memory, and those are still open.
"""

from __future__ import annotations

from collections.abc import Callable

from daemon.jobs.claimed_job import ClaimedJob
from daemon.jobs.planning import save
from daemon.spool.claim_files import record_published
from daemon.spool.spool import Spool


def restore_if_gone(spool: Spool, job: ClaimedJob, say: Callable[[str], None]) -> None:
    """As it lay there; `say` hears of it. Raises OSError; may be repeated."""
    if spool.has(job.claim):
        return
    spool.restore(job.claim)
    if job.work is not None:
        save(job.claim, job.work)
        record_published(job.claim, job.records)
    say(f"#{job.number}: its folder in .hotfolder/spool was deleted; it was made anew")

"""Does a step of one job so that a fault of our own in it costs this job and no other.

A job that is at work fails with a letter that says so; one whose end itself fails waits, and is
tried again. Knows nothing of what the step does.
"""

from __future__ import annotations

from collections.abc import Callable

from daemon.errors import our_fault
from daemon.fs.moment import Moment
from daemon.jobs.claimed_job import ClaimedJob, End, JobState
from daemon.protocol.outcome import Outcome

Step = Callable[[ClaimedJob, Moment], None]

SOON = 0.1
"""Seconds until a job that is to end over a fault is looked at again."""


def fenced(step: Step, job: ClaimedJob, at: Moment, say: Callable[[str], None]) -> None:
    """Do `step`; `say` hears of a fault, once while it is the same. Never raises what is no
    system's exit."""
    try:
        step(job, at)
    except Exception as error:  # a bug: whatever it is, it is this job's alone
        blame = our_fault(error)
        if job.reason != blame.why:
            say(f"#{job.number}: {blame}")
        if job.is_at_work:
            job.unstage_all()  # what can't be published would be met again before the end
        if job.state in (JobState.ENDING, JobState.GONE):
            pause = job.tries.pause()
        else:
            job.request(End(Outcome.FAILED, blame))
            pause = SOON
        job.wait(at.now + pause, blame.why)

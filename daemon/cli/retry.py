"""`hotfolder retry`: finished jobs go again, under new numbers that remember the old."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from daemon.cli.known_jobs import KnownJob
from daemon.cli.names import Names, choose
from daemon.cli.printing import say, say_error
from daemon.cli.wake import arrived, prepared_root
from daemon.errors import ExitCode, UsageError
from daemon.protocol.outcome import Outcome
from daemon.root.layout import Layout
from daemon.spool.resubmit import resubmit


def retry(arguments: argparse.Namespace) -> int:
    """Copy finished jobs back into the inbox; with --all, those that failed, of all or of those
    named. 1 if one of them can't go again (then none goes), 2 if a name means none or several."""
    layout = prepared_root(arguments)
    if not arguments.job and not arguments.all:
        raise UsageError("Say which jobs to retry (numbers, names or folders), or --all.")
    jobs, unfinished = _chosen(layout, arguments.job)
    if arguments.all:
        jobs, unfinished = _unmended(layout, jobs), []
    for job in unfinished:
        say_error(f"{job.label} has not come to its end yet: it {_doing(job)}.")
    lost = [job for job in jobs if not _is_there(layout, job)]
    for job in lost:
        say_error(f"The file of {job.label} is no longer at {job.kept or 'a known place'}.")
    if unfinished or lost:
        return ExitCode.FAILED
    for job in jobs:
        assert job.entry is not None
        target = resubmit(layout, job.entry)
        arrived(layout, target)
        say(f"{job.label} goes again as {target.relative_to(layout.root)}")
    if not jobs:
        say("nothing that failed waits for another try")
    return ExitCode.OK


def _chosen(layout: Layout, words: Sequence[str]) -> tuple[list[KnownJob], list[KnownJob]]:
    """Those that are over, and those that are not; all there are if no word says which."""
    if words:
        return choose(layout, words, _is_over)
    return [job for job in Names(layout).jobs if job.is_over], []


def _is_over(job: KnownJob) -> bool:
    return job.is_over


def _unmended(layout: Layout, jobs: Sequence[KnownJob]) -> list[KnownJob]:
    """Those that failed, whose files are there, and that nobody has retried."""
    entries = [job.entry for job in Names(layout).jobs if job.entry is not None]
    retried = {entry.parent for entry in entries}
    return [
        job
        for job in jobs
        if job.entry is not None
        and job.entry.outcome is Outcome.FAILED
        and job.number not in retried
        and _is_there(layout, job)
    ]


def _is_there(layout: Layout, job: KnownJob) -> bool:
    return bool(job.kept) and (layout.root / job.kept).is_file()


def _doing(job: KnownJob) -> str:
    return "waits in the inbox" if job.is_waiting else "is being worked on"

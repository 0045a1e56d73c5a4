"""`hotfolder retry`: finished jobs go again, under new numbers that remember the old."""

from __future__ import annotations

import argparse
import os
import stat
from collections.abc import Sequence

from daemon.boards.ends import is_id
from daemon.boards.orders import RETRY
from daemon.boards.progress import Stage
from daemon.cli.board_orders import give, pictures
from daemon.cli.board_words import Chosen
from daemon.cli.boards import Boards
from daemon.cli.chosen import Words, choose
from daemon.cli.known_jobs import KnownJob
from daemon.cli.names import Names
from daemon.cli.printing import say, say_error
from daemon.cli.wake import arrived, prepared_root
from daemon.errors import ExitCode, SettingsError, UsageError
from daemon.protocol.outcome import Outcome
from daemon.root import drop_notes
from daemon.root.layout import Layout
from daemon.root.lock import is_held
from daemon.root.own_command import command_here, typed
from daemon.spool.resubmit import resubmit


def retry(arguments: argparse.Namespace) -> int:
    """Copy finished jobs back into the inbox; with --all, those that failed, of all or of those
    named, but for files whose mistake nobody has mended. Pictures of a board are made again that
    failed, were cancelled or deleted. 1 if one of them can't go again (then none goes), 2 if a
    name means none or several."""
    layout = prepared_root(arguments)
    if not arguments.job and not arguments.all:
        raise UsageError("Say which jobs to retry (numbers, names or folders), or --all.")
    meant = _chosen(layout, arguments.job)
    jobs, unfinished = meant.jobs, meant.others
    if arguments.all:
        jobs, unfinished = _unmended(layout, jobs), []
    for job in unfinished:
        say_error(f"{job.label} has not come to its end yet: it {_doing(job)}.")
    unasked = _unasked(layout, jobs)
    jobs = [job for job in jobs if job not in unasked] if arguments.all else jobs
    failed = len(jobs)
    lost = _unfit(layout, jobs)
    jobs = [job for job in jobs if job not in lost] if arguments.all else jobs
    jobs = _without_mistakes(layout, jobs) if arguments.all and jobs else jobs
    for job in () if arguments.all else unasked:
        say_error(f"The board {job.project} no longer asks for {job.label}.")
    unfit = not arguments.all and bool(lost or unasked)
    if unfinished or unfit or _are_there(meant.pictures):
        return ExitCode.FAILED
    for job in jobs:
        _go_again(layout, job)
    stages = (Stage.FAILED,) if arguments.all else _TO_RETRY
    for chosen in meant.pictures:
        _again(layout, chosen, stages)
    if not jobs and not meant.pictures and not failed:
        say("nothing that failed waits for another try")
    return ExitCode.OK


def _go_again(layout: Layout, job: KnownJob) -> None:
    assert job.entry is not None
    target = resubmit(layout, job.entry)
    arrived(layout, target)
    say(f"{job.label} goes again as {target.relative_to(layout.root)}")


def _chosen(layout: Layout, words: Sequence[str]) -> Words:
    """Those that are over, and those that are not; all there are if no word says which."""
    if words:
        return choose(layout, words, _is_over)
    return Words([job for job in Names(layout).jobs if job.is_over])


# --- pictures of boards ---------------------------------------------------------------------------

_TO_RETRY = (Stage.FAILED, Stage.CANCELLED, Stage.DELETED)


def _are_there(words: Sequence[Chosen]) -> bool:
    """Whether one picture alone was named that can't be made again, which is said."""
    found = False
    for chosen in words:
        for take in chosen.takes if chosen.is_exact else ():
            name = chosen.name_of(take)
            if take.stage is Stage.DONE and take.made is not None:
                image = f"outbox/{take.made.image}"
                say_error(f"{name} is there: {image}. Delete it first, or drop it into more/.")
                found = True
            elif take.stage not in _TO_RETRY:
                say_error(f"{name} has not come to its end yet: {take.stage.value}.")
                found = True
    return found


def _again(layout: Layout, chosen: Chosen, stages: Sequence[Stage]) -> None:
    takes = [take for take in chosen.takes if take.stage in stages]
    if not takes:
        words = " or ".join("was deleted" if s is Stage.DELETED else s.value for s in stages)
        say(f"nothing of {chosen.label} {words}")
        return
    give(layout, RETRY, chosen, takes)
    say(f"{chosen.label} goes again: {pictures(len(takes))}")
    if chosen.board.place.is_paused:
        resume = command_here(layout, f"resume {typed(chosen.board.name)}")
        say_error(f"{chosen.board.name} is paused; `{resume}`.")
    elif not is_held(layout.lock_file):
        say_error("No daemon runs now; it is done once one does.")


def _unasked(layout: Layout, jobs: Sequence[KnownJob]) -> list[KnownJob]:
    """Jobs of boards whose pictures nobody asks for any more: put back, they would be taken out
    again at once."""
    ours = [job for job in jobs if job.entry is not None and is_id(job.entry.id)]
    if not ours:
        return []
    boards = [board.progress for board in Boards(layout, patiently=True).all()]
    wanted = {take.take.id for progress in boards if progress for take in progress.takes}
    return [job for job in ours if job.entry is not None and job.entry.id not in wanted]


# --- jobs -----------------------------------------------------------------------------------------


def _is_over(job: KnownJob) -> bool:
    return job.is_over


def _unmended(layout: Layout, jobs: Sequence[KnownJob]) -> list[KnownJob]:
    """Those that failed, whose files are there, and that nobody has retried."""
    retried = {_retries(layout, job) for job in Names(layout).jobs}
    return [
        job
        for job in jobs
        if job.entry is not None
        and job.entry.outcome is Outcome.FAILED
        and job.number not in retried
        and _is_there(layout, job)
    ]


def _retries(layout: Layout, job: KnownJob) -> int | None:
    """The job that this one is another try of, be it over, claimed or waiting."""
    if not job.is_waiting:
        return job.entry.parent if job.entry else job.parent
    try:
        inode = os.lstat(layout.inbox / job.place).st_ino
    except OSError:
        return None
    note = drop_notes.find(layout, job.place, inode)
    return note.parent if note else None


def _without_mistakes(layout: Layout, jobs: list[KnownJob]) -> list[KnownJob]:
    """Those that would not fail again over what their own files say; of the others it is told."""
    from daemon.cli.unmended import Mistakes  # reads job files: much to import

    try:
        mistakes = Mistakes(layout)
    except SettingsError:  # the daemon says so, and waits
        return jobs
    wrong = {job.number: error for job in jobs if (error := mistakes.of(job)) is not None}
    for job in jobs:
        if job.number in wrong:
            error = wrong[job.number]
            line = f", line {error.line}" if error.line else ""
            say_error(f"{job.label} is left out until {job.kept}{line} is mended: {error.what}")
    return [job for job in jobs if job.number not in wrong]


def _unfit(layout: Layout, jobs: Sequence[KnownJob]) -> list[KnownJob]:
    """Those whose file is gone, or was none (a link, a pipe), which is said."""
    unfit = []
    for job in jobs:
        if not _is_there(layout, job):
            say_error(f"The file of {job.label} is no longer at {job.kept or 'a known place'}.")
        elif not stat.S_ISREG(os.lstat(layout.root / job.kept).st_mode):
            say_error(
                f"{job.label} can't go again: {job.kept} is no file, but a link, a pipe or a "
                "folder. Drop a copy of the file itself."
            )
        else:
            continue
        unfit.append(job)
    return unfit


def _is_there(layout: Layout, job: KnownJob) -> bool:
    return bool(job.kept) and os.path.lexists(layout.root / job.kept)


def _doing(job: KnownJob) -> str:
    return "waits in the inbox" if job.is_waiting else "is being worked on"

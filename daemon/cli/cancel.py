"""`hotfolder cancel`: stop jobs, waiting or claimed, by number, name, folder or pattern, and
pictures of boards, whether they have a job yet or not.

Asks the daemon where one runs, and acts on the files themselves where none does.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

from daemon.boards.orders import CANCEL
from daemon.boards.progress import OPEN, TakeNow
from daemon.cli.board_orders import give, held_briefly, lacking, pictures
from daemon.cli.board_words import Chosen
from daemon.cli.chosen import choose
from daemon.cli.known_jobs import KnownJob
from daemon.cli.names import Names
from daemon.cli.printing import say, say_error
from daemon.cli.wake import prepared_root
from daemon.errors import ExitCode, NoDaemonError
from daemon.inbox.scanner import Inbox, drop_of
from daemon.protocol.outcome import Outcome
from daemon.root import commands
from daemon.root.commands import Cancel
from daemon.root.layout import Layout
from daemon.root.lock import is_held
from daemon.root.own_command import command_here, typed
from daemon.spool.spool import Spool
from daemon.spool.ticket import Claim

PATIENCE = 10.0
"""Seconds a running daemon gets to answer."""


def cancel(arguments: argparse.Namespace) -> int:
    """Cancel the jobs that are named; 1 if one of them could not be, 2 if a name means none or
    several (then nothing is done)."""
    layout = prepared_root(arguments)
    meant = choose(layout, arguments.job, _can_be_cancelled, _is_to_come)
    for job in meant.others:
        say_error(f"{job.label} has come to its end: {job.state}.")
    trouble = bool(meant.others)
    for job, why in _cancelled(layout, meant.jobs) if meant.jobs else ():
        trouble |= bool(why)
        if why:
            say_error(why)
        else:
            say(f"cancelled {job.label}; its file goes to failed/, with a letter beside it")
    for chosen in meant.pictures:
        trouble |= not _cancel_pictures(layout, chosen)
    return ExitCode.FAILED if trouble else ExitCode.OK


def _can_be_cancelled(job: KnownJob) -> bool:
    return not job.is_over


def _is_to_come(take: TakeNow) -> bool:
    return take.stage in OPEN


def _cancelled(layout: Layout, jobs: Sequence[KnownJob]) -> list[tuple[KnownJob, str]]:
    """Each with why it could not be cancelled, or nothing."""
    if is_held(layout.lock_file):
        return [(job, _by_daemon(layout, job)) for job in jobs]
    with held_briefly(layout):
        spool = Spool(layout)
        spool.open()
        return [(job, _without_daemon(layout, spool, job)) for job in jobs]


# --- pictures of a board --------------------------------------------------------------------------


def _cancel_pictures(layout: Layout, chosen: Chosen) -> bool:
    """Whether all that is to be made was cancelled. Without a daemon those that have a job are
    cancelled now, and of the others it is written down."""
    takes = [take for take in chosen.takes if _is_to_come(take)]
    if left := lacking(chosen, "be cancelled"):
        say_error(f"{left} Until then take out of the board what is not to be made.")
    if not takes and left:
        return False
    if not takes:
        name = typed(chosen.board.name)
        see = command_here(layout, f"status {name}")
        say_error(f"Nothing of {chosen.label} is still to be made; see `{see}`.")
        return False
    if not is_held(layout.lock_file):
        jobs = _jobs_of(layout, chosen, takes)
        for _, why in _cancelled(layout, list(jobs.values())) if jobs else ():
            if why:
                say_error(why)
        takes_left = [take for take in takes if take.take.id not in jobs]
    else:
        takes_left = takes
    if takes_left:
        give(layout, CANCEL, chosen, takes_left)
    again = f"`{command_here(layout, f'retry {chosen.typed}')}` makes them after all"
    say(f"cancelled {chosen.label}: {pictures(len(takes))}; {again}")
    return not left


def _jobs_of(layout: Layout, chosen: Chosen, takes: Sequence[TakeNow]) -> dict[str, KnownJob]:
    """The jobs of pictures, by the pictures' ids."""
    jobs = [job for job in Names(layout).jobs if not job.is_over]
    by_place = {job.place: job for job in jobs}
    project, found = chosen.board.name, {}
    for take in takes:
        places = (f"{turn}{project}/{take.take.name}.json" for turn in ("", "urgent/", "later/"))
        job = next((by_place[place] for place in places if place in by_place), None)
        if job is not None:
            found[take.take.id] = job
    return found


# --- a daemon runs --------------------------------------------------------------------------------


def _by_daemon(layout: Layout, job: KnownJob) -> str:
    why = _ask(layout, job)
    if why and job.is_waiting:  # claimed a moment ago, perhaps
        now = [other for other in Names(layout).jobs if other.place == job.place]
        claimed = [other for other in now if other.number is not None and not other.is_over]
        if claimed:
            return _ask(layout, claimed[-1])
    return why


def _ask(layout: Layout, job: KnownJob) -> str:
    """Why it could not be cancelled, or nothing. Raises NoDaemonError."""
    reply = commands.ask(layout, Cancel(job.place if job.number is None else job.number))
    answer = commands.answer_of(reply, patience=PATIENCE)
    if answer is None:
        raise NoDaemonError("The daemon does not answer; see `hotfolder status`.")
    return "" if answer.ok else answer.why or f"{job.label} could not be cancelled."


# --- none runs ------------------------------------------------------------------------------------


def _without_daemon(layout: Layout, spool: Spool, job: KnownJob) -> str:
    from daemon.jobs.ending import cancelled, end_without_daemon

    wall = time.time()
    claim = _claimed(layout, spool, job, wall)
    if claim is None:
        return f"{job.label} is neither waiting nor claimed any more."
    end = cancelled(begun=not job.is_waiting)
    entry = end_without_daemon(layout, claim, end, wall=wall)
    if entry.outcome is not Outcome.CANCELLED:
        return f"{job.label} had come to its end: {entry.outcome}."
    return ""


def _claimed(layout: Layout, spool: Spool, job: KnownJob, wall: float) -> Claim | None:
    """Its claim; a waiting file is claimed now."""
    if job.number is not None:
        return next((claim for claim in spool.recover() if claim.number == job.number), None)
    inbox = Inbox(layout.inbox.resolve())
    path = inbox.folder / job.place
    dropped = drop_of(inbox, path, queued_at=time.monotonic(), queued_wall=wall)
    try:
        return spool.claim(dropped, wall=wall)
    except FileNotFoundError:
        return None

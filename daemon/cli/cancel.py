"""`hotfolder cancel`: stop a job by its number, or a waiting file by its name.

Asks the daemon where one runs, and acts on the files themselves where none does.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from daemon.cli.printing import say, say_error
from daemon.cli.wake import job_number, prepared_root
from daemon.errors import ExitCode, NoDaemonError
from daemon.inbox.candidates import walk
from daemon.inbox.scanner import Inbox
from daemon.protocol.outcome import Outcome
from daemon.root import commands
from daemon.root.commands import Cancel
from daemon.root.layout import Layout
from daemon.root.lock import RootLock, is_held
from daemon.spool.journal import JournalEntry
from daemon.spool.spool import Spool
from daemon.spool.ticket import Claim, Dropped

PATIENCE = 10.0
"""Seconds a running daemon gets to answer."""


def cancel(arguments: argparse.Namespace) -> int:
    """Cancel jobs by number, or waiting files by name; 1 if one of them could not be."""
    layout = prepared_root(arguments)
    return max(_cancel(layout, word) for word in arguments.job)


def _cancel(layout: Layout, word: str) -> int:
    job = job_number(word)
    wanted: int | str = job if job is not None else _waiting_name(layout, word)
    if is_held(layout.lock_file):
        reply = commands.ask(layout, Cancel(wanted))
        answer = commands.answer_of(reply, patience=PATIENCE)
        if answer is None:
            raise NoDaemonError("The daemon does not answer; see `hotfolder status`.")
        if not answer.ok:
            say_error(answer.why)
            return ExitCode.FAILED
    else:
        entry = _cancel_without_daemon(layout, wanted)
        if entry is None:
            say_error(f"{word} is neither waiting nor claimed.")
            return ExitCode.FAILED
        if entry.outcome is not Outcome.CANCELLED:
            say_error(f"{word} had come to its end: {entry.outcome}.")
            return ExitCode.FAILED
    say(f"cancelled {word}; its file goes to failed/, with a letter beside it")
    return ExitCode.OK


def _cancel_without_daemon(layout: Layout, wanted: int | str) -> JournalEntry | None:
    """How the job ended; None if there is none."""
    from daemon.jobs.ending import cancelled, end_without_daemon

    lock = RootLock(layout.lock_file)
    lock.take()
    try:
        spool, wall = Spool(layout), time.time()
        spool.open()
        claim = _claimed(layout, spool, wanted, wall)
        if claim is None:
            return None
        end = cancelled(begun=isinstance(wanted, int))
        return end_without_daemon(layout, claim, end, wall=wall)
    finally:
        lock.release()


def _claimed(layout: Layout, spool: Spool, wanted: int | str, wall: float) -> Claim | None:
    """The claim of this job number, or of this waiting file, taken now."""
    if isinstance(wanted, int):
        return next((claim for claim in spool.recover() if claim.number == wanted), None)
    inbox = Inbox(layout.inbox.resolve())
    path = inbox.folder / wanted
    if path not in {found.path for found in walk(inbox.folder)}:
        return None
    dropped = Dropped(path, inbox.project(path), inbox.is_again(path), time.monotonic(), wall)
    try:
        return spool.claim(dropped, wall=wall)
    except FileNotFoundError:
        return None


def _waiting_name(layout: Layout, word: str) -> str:
    path = Path(os.path.abspath(word))  # noqa: PTH100 (links are not to be followed)
    return str(path.relative_to(layout.inbox)) if path.is_relative_to(layout.inbox) else word

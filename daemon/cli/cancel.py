"""`hotfolder cancel`: stop a job by its number, or a waiting file by its name.

Asks the daemon where one runs, and acts on the files themselves where none does.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

from daemon.cli.wake import job_number, prepared_root
from daemon.errors import ExitCode, JobError, NoDaemonError
from daemon.inbox.scanner import Inbox, walk
from daemon.root import commands
from daemon.root.layout import Layout
from daemon.root.lock import RootLock, is_held
from daemon.spool.spool import Spool

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
        reply = commands.ask(layout, "cancel", job=wanted)
        answer = commands.answer_of(reply, patience=PATIENCE)
        if answer is None:
            raise NoDaemonError("The daemon does not answer; see `hotfolder status`.")
        if not answer["ok"]:
            print(f"hotfolder: {answer['why']}", file=sys.stderr)
            return ExitCode.FAILED
    elif not _cancel_without_daemon(layout, wanted):
        print(f"hotfolder: {word} is neither waiting nor claimed.", file=sys.stderr)
        return ExitCode.FAILED
    print(f"cancelled {word}; its file goes to failed/, with a letter beside it")
    return ExitCode.OK


def _cancel_without_daemon(layout: Layout, wanted: int | str) -> bool:
    from daemon.text.failure_letter import explain

    lock = RootLock(layout.lock_file)
    lock.take()
    try:
        spool, now = Spool(layout), time.time()
        spool.open()
        if isinstance(wanted, str):
            inbox = Inbox(layout.inbox.resolve())
            path = inbox.folder / wanted
            if path not in {found.path for found in walk(inbox.folder)}:
                return False
            project, again = inbox.project(path), inbox.is_again(path)
            claim = spool.claim(path, project=project, again=again, queued=now, wall=now)
        else:
            found = [claim for claim in spool.recover() if claim.number == wanted]
            if not found:
                return False
            claim = found[0]
        error = JobError("You cancelled this job while no daemon was running.")
        entry: dict[str, Any] = {"reason": error.what, "images": []}
        why = explain(error, file=claim.ticket.file)
        spool.finish(claim, outcome="cancelled", why=why, entry=entry, wall=now)
    except FileNotFoundError:
        return False
    finally:
        lock.release()
    return True


def _waiting_name(layout: Layout, word: str) -> str:
    path = Path(os.path.abspath(word))  # noqa: PTH100 (links are not to be followed)
    return str(path.relative_to(layout.inbox)) if path.is_relative_to(layout.inbox) else word

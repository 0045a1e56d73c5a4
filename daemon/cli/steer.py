"""`hotfolder pause|resume|cancel|retry`: what can also be done with files, said in words.

Works through the control folder when a daemon runs, and on the files themselves when none does.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

from daemon.errors import JobError, NoDaemonError, UsageError
from daemon.inbox.scanner import Inbox, walk
from daemon.root import commands
from daemon.root.create import prepare
from daemon.root.layout import WHY_SUFFIX, Layout, find_root
from daemon.root.lock import RootLock, is_held
from daemon.spool.spool import Spool

PATIENCE = 10.0


def pause(arguments: argparse.Namespace) -> int:
    """Nothing more is claimed until `resume`; what renders now is finished."""
    layout = _layout(arguments)
    layout.paused_file.touch()
    wake(layout)
    print("paused: nothing more is begun until `hotfolder resume`")
    return 0


def resume(arguments: argparse.Namespace) -> int:
    """Undo `pause`."""
    layout = _layout(arguments)
    layout.paused_file.unlink(missing_ok=True)
    wake(layout)
    print("resumed")
    return 0


def cancel(arguments: argparse.Namespace) -> int:
    """Cancel jobs by number, or waiting files by name; 1 if one of them could not be."""
    layout = _layout(arguments)
    return max(_cancel(layout, word) for word in arguments.job)


def _cancel(layout: Layout, word: str) -> int:
    job = _number(word)
    wanted: int | str = job if job is not None else _waiting_name(layout, word)
    if is_held(layout.lock_file):
        reply = commands.ask(layout, "cancel", job=wanted)
        answer = commands.answer_of(reply, patience=PATIENCE)
        if answer is None:
            raise NoDaemonError("The daemon does not answer; see `hotfolder status`.")
        if not answer["ok"]:
            print(f"hotfolder: {answer['why']}", file=sys.stderr)
            return 1
    elif not _cancel_without_daemon(layout, wanted):
        print(f"hotfolder: {word} is neither waiting nor claimed.", file=sys.stderr)
        return 1
    print(f"cancelled {word}; its file goes to failed/, with a letter beside it")
    return 0


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


def retry(arguments: argparse.Namespace) -> int:
    """Copy finished jobs back into the inbox, under new numbers that remember the old."""
    layout = _layout(arguments)
    if bool(arguments.job) == arguments.all:
        raise UsageError("Say which jobs to retry (numbers or file names), or --all.")
    spool = Spool(layout)
    entries = {int(entry["job"]): entry for entry in spool.journal() if "kept" in entry}
    if arguments.all:
        chosen = _all_failed(layout, entries)
    else:
        chosen = [_entry(layout, entries, word) for word in arguments.job]
    for entry in chosen:
        target = spool.resubmit(
            layout.root / entry["kept"],
            project=entry["project"],
            again=bool(entry.get("again")),
            parent=int(entry["job"]),
        )
        arrived(layout, target)
        print(f"#{entry['job']} goes again as {target.relative_to(layout.root)}")
    if not chosen:
        print("nothing that failed waits for another try")
    return 0


def _all_failed(layout: Layout, entries: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    retried = {entry.get("parent") for entry in entries.values()}
    return [
        entry
        for number, entry in sorted(entries.items())
        if entry["outcome"] == "failed"
        and number not in retried
        and (layout.root / entry["kept"]).is_file()
    ]


def _entry(layout: Layout, entries: dict[int, dict[str, Any]], word: str) -> dict[str, Any]:
    number = _number(word)
    if number is None:
        number = _named(layout, entries, word.removesuffix(WHY_SUFFIX))
    if number not in entries:
        raise UsageError(f"There is no finished job #{number}.")
    if not (layout.root / entries[number]["kept"]).is_file():
        raise UsageError(f"The file of #{number} is no longer at {entries[number]['kept']}.")
    return entries[number]


def _named(layout: Layout, entries: dict[int, dict[str, Any]], word: str) -> int:
    """The job kept under this name (or path): the newest, failed ones before done ones."""
    path = Path(os.path.abspath(word))  # noqa: PTH100 (links are not to be followed)
    exact = str(path.relative_to(layout.root)) if path.is_relative_to(layout.root) else word
    named = [
        (entry["outcome"] not in ("done", "duplicate"), number)
        for number, entry in entries.items()
        if entry["kept"] == exact or Path(entry["kept"]).name == word
    ]
    if not named:
        raise UsageError(f"No finished job is kept as {word}; see failed/ and done/.")
    return max(named)[1]


# --- shared with `submit` -----------------------------------------------------------------------


def wake(layout: Layout) -> None:
    """Have a running daemon look now instead of a second later."""
    if is_held(layout.lock_file):
        commands.ask(layout, "wake")


def arrived(layout: Layout, file: Path) -> None:
    """Tell a running daemon that this file in its inbox is complete."""
    if is_held(layout.lock_file):
        commands.ask(layout, "arrived", file=str(file.relative_to(layout.inbox)))


def _layout(arguments: argparse.Namespace) -> Layout:
    layout = Layout(find_root(arguments.root))
    prepare(layout)
    return layout


def _number(word: str) -> int | None:
    digits = word.removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() else None


def _waiting_name(layout: Layout, word: str) -> str:
    path = Path(os.path.abspath(word))  # noqa: PTH100 (links are not to be followed)
    return str(path.relative_to(layout.inbox)) if path.is_relative_to(layout.inbox) else word

"""`hotfolder retry`: finished jobs go again, under new numbers that remember the old."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

from daemon.cli.printing import say
from daemon.cli.wake import arrived, job_number, prepared_root
from daemon.errors import ExitCode, UsageError
from daemon.protocol.outcome import Outcome
from daemon.root.layout import WHY_SUFFIX, Layout
from daemon.spool import journal
from daemon.spool.journal import JournalEntry
from daemon.spool.resubmit import resubmit


def retry(arguments: argparse.Namespace) -> int:
    """Copy finished jobs back into the inbox, under new numbers that remember the old."""
    layout = prepared_root(arguments)
    if bool(arguments.job) == arguments.all:
        raise UsageError("Say which jobs to retry (numbers or file names), or --all.")
    entries = {entry.job: entry for entry in journal.read(layout) if entry.kept}
    if arguments.all:
        chosen = _all_failed(layout, entries)
    else:
        chosen = [_entry(layout, entries, word) for word in arguments.job]
    for entry in chosen:
        target = resubmit(layout, entry)
        arrived(layout, target)
        say(f"#{entry.job} goes again as {target.relative_to(layout.root)}")
    if not chosen:
        say("nothing that failed waits for another try")
    return ExitCode.OK


def _all_failed(layout: Layout, entries: Mapping[int, JournalEntry]) -> list[JournalEntry]:
    retried = {entry.parent for entry in entries.values()}
    return [
        entry
        for number, entry in sorted(entries.items())
        if entry.outcome is Outcome.FAILED
        and number not in retried
        and (layout.root / entry.kept).is_file()
    ]


def _entry(layout: Layout, entries: Mapping[int, JournalEntry], word: str) -> JournalEntry:
    number = job_number(word)
    if number is None:
        number = _named(layout, entries, word.removesuffix(WHY_SUFFIX))
    if number not in entries:
        raise UsageError(f"There is no finished job #{number}.")
    if not (layout.root / entries[number].kept).is_file():
        raise UsageError(f"The file of #{number} is no longer at {entries[number].kept}.")
    return entries[number]


def _named(layout: Layout, entries: Mapping[int, JournalEntry], word: str) -> int:
    """The job kept under this name (or path): the newest, failed ones before done ones."""
    path = Path(os.path.abspath(word))  # noqa: PTH100 (links are not to be followed)
    exact = str(path.relative_to(layout.root)) if path.is_relative_to(layout.root) else word
    named = [
        (not entry.outcome.is_good, number)
        for number, entry in entries.items()
        if entry.kept == exact or Path(entry.kept).name == word
    ]
    if not named:
        raise UsageError(f"No finished job is kept as {word}; see failed/ and done/.")
    return max(named)[1]

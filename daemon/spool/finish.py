"""The end of a claimed job: its file to done/ or failed/, a letter beside it, a journal line.

The intent (outcome.json) is written first, so that an end which a crash cut short is completed by
the next start; the journal may then hold two lines of one number, of which readers keep the last.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from daemon.errors import SpoiledError
from daemon.fs import atomic, naming
from daemon.fs.read import read_file
from daemon.protocol.outcome import is_failure
from daemon.root import state_files
from daemon.root.create import make_folder, open_folder
from daemon.root.layout import Layout
from daemon.root.letters import letter_of, may_lie_at
from daemon.spool import journal
from daemon.spool.claim_files import write_json
from daemon.spool.homecoming import bring_record
from daemon.spool.journal import JournalEntry
from daemon.spool.ticket import Claim, Ticket


@dataclass(frozen=True, slots=True)
class Intent:
    """How a job is to end: its journal line, the text of its why.txt, if there is to be one, and
    the job as YAML to be laid beside it, where the file itself can't be mended."""

    entry: JournalEntry
    why: str | None
    draft: str = ""


def finish(
    layout: Layout, claim: Claim, intent: Intent, *, home: Path | None = None
) -> JournalEntry:
    """Move the job file to done/ or failed/, or to its `home`, write why.txt beside it, add a line
    to the journal; returns that line, which says where the file is kept. Raises OSError; then
    `complete` goes on once the intent is on disk."""
    place = home or _free_place(layout, claim.ticket, intent)
    return complete(layout, claim, _intend(layout, claim, intent, place))


def intended(claim: Claim) -> Intent | None:
    """How a job was to end whose end was begun and cut short by a crash; None if it was not.
    Raises SpoiledError for an intent that is none of ours or leads out of done/ and failed/;
    OSError."""
    file = claim.folder / "outcome.json"
    try:
        content = state_files.read_json(file)
        if not isinstance(content, dict):
            raise TypeError("it is no intent")
        entry, why = JournalEntry.from_json(content["line"]), content["why"]
        draft = content.get("draft", "")
    except FileNotFoundError:
        return None
    except (KeyError, TypeError) as error:
        raise SpoiledError(f"{state_files.named(file)}: {error}") from None
    is_ours = entry is not None and entry.job == claim.number and _is_shelf(entry.kept)
    is_told = isinstance(why, str | None) and isinstance(draft, str)
    if entry is None or not is_ours or not is_told:
        raise SpoiledError(f"{state_files.named(file)}: it is no end of this job")
    return Intent(entry, why, draft)


def forget_intent(claim: Claim) -> None:
    """The end of this job is decided anew. Raises OSError."""
    file = claim.folder / "outcome.json"
    if file.is_dir() and not file.is_symlink():
        shutil.rmtree(file)
    else:
        file.unlink(missing_ok=True)


def complete(layout: Layout, claim: Claim, intent: Intent) -> JournalEntry:
    """Carry out what `finish` intended; may be repeated. Raises OSError."""
    target = layout.root / intent.entry.kept
    while os.path.lexists(claim.job_file):
        try:
            make_folder(layout, target.parent)
            atomic.move_new(claim.job_file, target)
        except FileExistsError:
            if os.path.lexists(target) and _is_same(claim.job_file, target):
                os.unlink(claim.job_file)  # a crash came between link (or copy) and unlink
                break
            target = _free_place(layout, claim.ticket, intent)
            intent = _intend(layout, claim, intent, target)
    bring_record(layout, claim.ticket, target)
    if intent.why is not None:
        write_letter(layout, target, intent.why)
    if intent.draft:
        _write_draft(layout, target, intent.draft)
    journal.append(layout, intent.entry)
    shutil.rmtree(claim.folder, ignore_errors=True)
    return intent.entry


def write_letter(layout: Layout, file: Path, text: str) -> None:
    """NAME.why.txt beside a job file. Raises OSError."""
    letter = letter_of(open_folder(layout, file.parent) / file.name)
    if not may_lie_at(letter):  # put there since the name was chosen
        letter = naming.free_name(letter.parent, letter.name)
    atomic.replace(letter, text.encode("utf-8", "replace"))


def _write_draft(layout: Layout, file: Path, text: str) -> None:
    """NAME.yaml beside a picture; once, however often an end is carried out. Raises OSError."""
    folder, content = open_folder(layout, file.parent), text.encode("utf-8", "replace")
    place = folder / naming.fit(file.stem, ".yaml")
    if place.is_file() and read_file(place) == content:
        return
    atomic.replace(naming.free_name(folder, place.name), content)


def _shelf(layout: Layout, ticket: Ticket, entry: JournalEntry) -> Path:
    """The folder a finished job's file is kept in."""
    top = layout.failed if is_failure(entry.outcome, entry.reason) else layout.done
    folder = top.joinpath(ticket.project, ticket.said.remake)
    return folder if naming.has_room_for_names(folder) else top


def _free_place(layout: Layout, ticket: Ticket, intent: Intent) -> Path:
    """A name that is free together with that of its letter."""
    folder = open_folder(layout, _shelf(layout, ticket, intent.entry))
    if intent.why is None:
        return naming.free_name(folder, ticket.file)
    return naming.free_name(folder, ticket.file, lambda path: may_lie_at(letter_of(path)))


def _intend(layout: Layout, claim: Claim, intent: Intent, place: Path) -> Intent:
    """The intent, on disk, with the place the file goes to."""
    kept = place.relative_to(layout.root).as_posix()
    intent = replace(intent, entry=replace(intent.entry, kept=kept))
    content = {"line": intent.entry.to_json(), "why": intent.why, "draft": intent.draft}
    write_json(claim, "outcome.json", content)
    return intent


def _is_shelf(kept: str) -> bool:
    """Whether this is a place in done/ or failed/, or what stands in for them, or in the outbox,
    where pictures that were made again come from."""
    return "/" in kept and kept.split("/")[0].split("-")[0] in ("done", "failed", "outbox")


def _is_same(one: Path, other: Path) -> bool:
    """One file under two names, or a copy of it."""
    if os.path.samestat(os.lstat(one), os.lstat(other)):
        return True
    return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)

"""What lies in a claimed job's folder beside the job file, read and written whole.

    ticket.json     where it came from, and how often it was tried
    plan.json       every picture of it, fixed before the first is begun
    published.json  which pictures have reached the outbox

Each write is durable before it returns; all of them raise OSError. What is read back may be
anything by then: it is what was written, or a SpoiledError.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from daemon.errors import SpoiledError
from daemon.fs import atomic
from daemon.fs.read import read_regular
from daemon.protocol.codec import as_body
from daemon.root import state_files
from daemon.spool.publication_record import PublicationRecord
from daemon.spool.ticket import Claim, Ticket

MOST_ID = 200
"""Letters of an `id`, as a job may have it."""


def read_job(claim: Claim) -> bytes:
    """The job file's bytes."""
    return read_regular(claim.job_file)


def said_id(claim: Claim) -> str | None:
    """The `id` in a job file of ours (JSON) that was never planned, None if it has none: whoever
    dropped it must know it again."""
    try:
        said = json.loads(read_job(claim)) if claim.ticket.suffix == ".json" else None
    except (OSError, ValueError, RecursionError):
        return None
    said = said.get("job", said) if isinstance(said, dict) else None
    found = said.get("id") if isinstance(said, dict) else None
    return found if isinstance(found, str) and 0 < len(found) <= MOST_ID else None


def begin_attempt(claim: Claim) -> Claim:
    """Count an attempt, durably, before anything is rendered."""
    return _update(claim, replace(claim.ticket, attempts=claim.ticket.attempts + 1))


def record_death(claim: Claim) -> Claim:
    """Count a worker death, durably."""
    return _update(claim, replace(claim.ticket, deaths=claim.ticket.deaths + 1))


def write_ticket(claim: Claim) -> None:
    write_json(claim, "ticket.json", as_body(claim.ticket))


def read_ticket(folder: Path) -> Ticket | None:
    """The ticket in a folder of the spool, None if there is none. Raises SpoiledError for one that
    is not of this folder, or that would lead out of the root; OSError."""
    file = folder / "ticket.json"
    try:
        ticket = state_files.read_as(Ticket, file)
    except FileNotFoundError:
        return None
    project = ticket.project
    if (
        ticket.number != int(folder.name)
        or not state_files.is_name(ticket.file)
        or not state_files.is_name(f"job{ticket.suffix}")
        or (project and not state_files.is_inside(project))
        or ticket.attempts < 0
        or ticket.deaths < 0
    ):
        raise SpoiledError(f"{state_files.named(file)}: it is no ticket of this job")
    return ticket


def save_plan(claim: Claim, plan: str) -> None:
    """Its name is on the disk with the first attempt; before that there is nothing to go by it."""
    _write(claim.folder / "plan.json", plan.encode("utf-8"), sync_name=False)


def load_plan(claim: Claim) -> object:
    """The plan as JSON, None if there is none. Raises SpoiledError, OSError."""
    try:
        return state_files.read_json(claim.folder / "plan.json")
    except FileNotFoundError:
        return None


def published(claim: Claim) -> dict[int, PublicationRecord]:
    """Publication records by picture index (from 1). Raises SpoiledError, OSError."""
    file = claim.folder / "published.json"
    try:
        found = state_files.read_json(file)
        if not isinstance(found, dict):
            raise ValueError(f"a {type(found).__name__} where records by picture were to be")
        return {_index(word): PublicationRecord.from_json(each) for word, each in found.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SpoiledError(f"{state_files.named(file)}: {error}") from error


def _index(word: str) -> int:
    if not word.isascii() or not word.isdecimal() or not 0 < int(word) < 10_000:
        raise ValueError(f"{word[:20]!r} is no picture")
    return int(word)


def record_published(
    claim: Claim, records: Mapping[int, PublicationRecord], *, sync_name: bool = True
) -> None:
    content = {index: record.to_json() for index, record in records.items()}
    write_json(claim, "published.json", content, sync_name=sync_name)


def write_json(claim: Claim, name: str, content: object, *, sync_name: bool = True) -> None:
    """A file of the claim, for nobody else's eyes; `sync_name` as `atomic.replace` has it."""
    _write(claim.folder / name, json.dumps(content).encode("ascii"), sync_name=sync_name)


def _write(file: Path, data: bytes, *, sync_name: bool = True) -> None:
    """Over whatever stands there."""
    try:
        atomic.replace(file, data, mode=0o600, sync_name=sync_name)
    except IsADirectoryError:
        state_files.set_aside(file)
        atomic.replace(file, data, mode=0o600, sync_name=sync_name)


def _update(claim: Claim, ticket: Ticket) -> Claim:
    changed = Claim(claim.folder, ticket)
    write_ticket(changed)
    return changed

"""What lies in a claimed job's folder beside the job file, read and written whole.

    ticket.json     where it came from, and how often it was tried
    plan.json       every picture of it, fixed before the first is begun
    published.json  which pictures have reached the outbox

Each write is durable before it returns; all of them raise OSError.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

from daemon.fs import atomic
from daemon.fs.read import read_regular
from daemon.spool.publication_record import PublicationRecord
from daemon.spool.ticket import Claim, Ticket


def read_job(claim: Claim) -> bytes:
    """The job file's bytes."""
    return read_regular(claim.job_file)


def begin_attempt(claim: Claim) -> Claim:
    """Count an attempt, durably, before anything is rendered."""
    return _update(claim, replace(claim.ticket, attempts=claim.ticket.attempts + 1))


def record_death(claim: Claim) -> Claim:
    """Count a worker death, durably."""
    return _update(claim, replace(claim.ticket, deaths=claim.ticket.deaths + 1))


def write_ticket(claim: Claim) -> None:
    write_json(claim, "ticket.json", asdict(claim.ticket))


def read_ticket(folder: Path) -> Ticket | None:
    """The ticket, or None if there is none that makes sense. Raises OSError if the disk does not
    give it to us now."""
    try:
        return Ticket(**json.loads((folder / "ticket.json").read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def save_plan(claim: Claim, plan: str) -> None:
    atomic.replace(claim.folder / "plan.json", plan.encode("utf-8"))


def load_plan(claim: Claim) -> str | None:
    try:
        return (claim.folder / "plan.json").read_text("utf-8")
    except FileNotFoundError:
        return None


def published(claim: Claim) -> dict[int, PublicationRecord]:
    """Publication records by picture index (from 1). Raises ValueError for a file that is none
    of ours, OSError."""
    try:
        found = json.loads((claim.folder / "published.json").read_bytes())
        return {int(index): PublicationRecord.from_json(each) for index, each in found.items()}
    except FileNotFoundError:
        return {}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"published.json is not ours: {error}") from error


def record_published(claim: Claim, records: Mapping[int, PublicationRecord]) -> None:
    content = {index: record.to_json() for index, record in records.items()}
    write_json(claim, "published.json", content)


def write_json(claim: Claim, name: str, content: object) -> None:
    """A file of the claim, for nobody else's eyes."""
    atomic.replace(claim.folder / name, json.dumps(content).encode("ascii"), mode=0o600)


def _update(claim: Claim, ticket: Ticket) -> Claim:
    changed = Claim(claim.folder, ticket)
    write_ticket(changed)
    return changed

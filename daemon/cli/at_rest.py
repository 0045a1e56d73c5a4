"""What lies in a root that no daemon works on, in the form of the status snapshot.

A job's state is where its files are, so looking is enough: claimed ones in the spool, waiting ones
in the inbox, ended ones in the journal. Standard library only.
"""

from __future__ import annotations

import os

from daemon.errors import SpoiledError
from daemon.inbox import remedies
from daemon.inbox.candidates import walk
from daemon.inbox.drawn_folders import DrawnFolders
from daemon.inbox.leftovers import leftovers
from daemon.protocol.json_object import JsonObject
from daemon.root.inbox_places import LATER
from daemon.root.layout import Layout
from daemon.root.status_file import Snapshot
from daemon.spool import claim_files
from daemon.spool.ledger import Ledger


def look(layout: Layout, *, wall: float) -> Snapshot:
    """Everything but what only a daemon knows; `wall` is now, in seconds since 1970."""
    held, queue = _held(layout), _queue(layout)
    ends = Ledger(layout).to_json(wall, waiting=queue["number"], in_hand=len(held))
    return {
        "schema": 1,
        "paused": layout.paused_file.exists(),
        "current": [],
        "held": held,
        "queue": queue,
        "troubles": [],
        **remedies.to_json(leftovers(layout, wall=wall)),
        "workers": [],
        "notices": [],
        **ends,
    }


def _held(layout: Layout) -> list[JsonObject]:
    """The claimed jobs, by number."""
    try:
        names = sorted(
            name for name in os.listdir(layout.spool) if name.isascii() and name.isdigit()
        )
    except OSError:
        return []
    return [held for name in names if (held := _claim(layout, name)) is not None]


def _claim(layout: Layout, name: str) -> JsonObject | None:
    """One claimed job; None for a claim that never happened."""
    folder = layout.spool / name
    try:
        files = os.listdir(folder)
    except OSError:
        files = ["job"]
    try:
        ticket = claim_files.read_ticket(folder)
    except (OSError, SpoiledError):  # the job is there all the same
        ticket = None
    if not any(file.startswith("job") or file == "outcome.json" for file in files):
        return None
    return {
        "job": int(name),
        "name": str(ticket.file) if ticket else "unknown",
        "file": str(ticket.file) if ticket else "",
        "project": str(ticket.project) if ticket else "",
        "state": "ending" if "outcome.json" in files else "claimed",
        "reason": "",
        "retry_unix": None,
        "pictures": None,
        "published": None,
        "attempts": ticket.attempts if ticket else None,
    }


def _queue(layout: Layout) -> JsonObject:
    """What a daemon would find, by name alone."""
    drawn = DrawnFolders(layout)
    files = sorted(
        str(found.path.relative_to(layout.inbox))
        for found in walk(layout.inbox)
        if found.path.suffix.lower() != ".txt" or not drawn.owns(found.path)
    )
    later = sum(file.startswith(f"{LATER}/") for file in files)
    return {"number": len(files), "files": files, "later": later, "estimate_seconds": None}

"""Where a picture goes that was made again: back into the outbox, if it was moved out of it.

Its record, which may have come along, goes with it wherever it goes.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from unicodedata import normalize

from daemon.fs import atomic, naming
from daemon.fs.read import read_regular
from daemon.root.create import make_folder
from daemon.root.layout import Layout
from daemon.spool import journal
from daemon.spool.ticket import Ticket

MAX_RECORD = 1_000_000


def home_of(layout: Layout, ticket: Ticket, origin: int | None) -> Path | None:
    """The place in the outbox at which the job `origin` published this picture, if nothing lies
    there now. Raises OSError."""
    if not ticket.again or origin is None:
        return None
    images: tuple[str, ...] = ()
    for entry in journal.read(layout):
        if entry.job == origin:
            images = entry.images
    for image in images:
        place = layout.outbox / image
        if _same_name(place.name, ticket.file) and not os.path.lexists(place):
            return place
    return None


def bring_record(layout: Layout, ticket: Ticket, picture: Path) -> None:
    """The record that lay beside a dropped picture goes to where the picture is now. What can't be
    moved stays where it is."""
    if not ticket.again:
        return
    record = (layout.inbox / ticket.place).with_suffix(".json")
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
        if os.lstat(record).st_size > MAX_RECORD:
            return
        if not _same_name(json.loads(read_regular(record))["result"]["image"], ticket.file):
            return
        make_folder(layout, picture.parent)
        place = picture.with_suffix(".json")
        try:
            atomic.move_new(record, place)
        except FileExistsError:
            atomic.move_new(record, naming.free_name(place.parent, place.name))


def _same_name(one: str, other: str) -> bool:
    return normalize("NFC", one) == normalize("NFC", other)

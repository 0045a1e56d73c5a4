"""How a job of a board ended, by its line in the journal; what counts where it was made twice.

Pure. Standard library only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from daemon.boards.reconcile import Known
from daemon.protocol.outcome import WITHDRAWN, Outcome
from daemon.spool.journal import JournalEntry

_ID = re.compile(r"(.+)/(.+)@([0-9a-f]{12})\.([0-9a-f]{24})", re.DOTALL)
"""BOARD/SHOT@RECIPE.KEY: the `id` of a job of a board."""


def id_parts(text: str | None) -> tuple[str, ...] | None:
    """Board, shot, recipe and key of a board's `id`; None of one that a person gave."""
    found = _ID.fullmatch(text or "")
    return found.groups() if found else None


def is_id(text: str | None) -> bool:
    """Whether this is the `id` of a job of a board."""
    return id_parts(text) is not None


@dataclass(frozen=True, slots=True)
class Made:
    """How a picture's last `job` ended: `name` is what it was called, `image` its picture below the
    outbox, "" if there is none; `reason` and `kept` (its file, below the root) are of one that did
    not go well."""

    state: Known
    name: str
    image: str = ""
    job: int = 0
    reason: str = ""
    kept: str = ""


def made_of(entry: JournalEntry) -> Made | None:
    """None of a line that says nothing of a picture."""
    if entry.outcome is Outcome.DUPLICATE:
        return None
    if entry.outcome is Outcome.DONE:
        image = entry.images[0] if entry.images else ""
        return Made(Known.DONE, PurePosixPath(image).stem or entry.name, image, entry.job)
    state = Known.FAILED
    if entry.outcome is Outcome.CANCELLED:
        state = Known.WITHDRAWN if entry.reason == WITHDRAWN else Known.CANCELLED
    is_unplanned = entry.name == PurePosixPath(entry.file).name  # nobody had read its own name
    name = entry.name.removesuffix(".json") if is_unplanned else entry.name
    return Made(state, name, "", entry.job, entry.reason, entry.kept)


def later(before: Made | None, made: Made) -> Made:
    """What is known once a picture's next job has ended: what was made stays made, under the name
    it was given first."""
    if before is None:
        return made
    if before.state is Known.DONE and made.state is Known.WITHDRAWN:
        return before  # the board took back what it was asked to make again
    if before.state is Known.DONE and made.state is not Known.DONE:
        return replace(before, job=made.job)
    return replace(made, name=before.name)

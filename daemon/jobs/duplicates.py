"""Jobs that are not rendered because they were already: the same `id`, or an editor's second save.

In memory; the ids of done jobs come back from the journal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from daemon.jobs.claimed_job import ClaimedJob
from daemon.protocol.outcome import Outcome
from daemon.spool.claim_files import read_job
from daemon.spool.journal import JournalEntry
from daemon.spool.ticket import Claim, Ticket

SECOND_SAVE = 5.0
"""Seconds after a claim within which the same bytes under the same name are an editor's echo."""


class Duplicates:
    """Remembers which ids are done, and what was claimed a moment ago."""

    def __init__(self) -> None:
        self._done: dict[str, int] = {}
        self._recent: dict[str, tuple[bytes, float]] = {}  # digests

    def learn(self, entry: JournalEntry) -> None:
        """A job has ended; done under an `id`, it is the only one of that."""
        if entry.id and entry.outcome is Outcome.DONE:
            self._done[entry.id] = entry.job

    def same_id(self, identity: str | None, others: Iterable[ClaimedJob]) -> int | None:
        """The job that was done under this `id`, or may yet be."""
        if identity is None:
            return None
        if identity in self._done:
            return self._done[identity]
        return next((other.number for other in others if other.id == identity), None)

    def is_second_save(self, claim: Claim, at: float) -> bool:
        """Whether an editor's second save re-created a file just claimed, byte for byte; `at` in
        monotonic seconds. What our own verbs drop is meant."""
        key = _key(claim.ticket)
        try:
            data = hashlib.sha256(read_job(claim)).digest()
        except OSError:
            return False
        before = self._recent.get(key)
        self._recent = {k: v for k, v in self._recent.items() if at - v[1] < SECOND_SAVE}
        if before is not None and before[0] == data and at - before[1] < SECOND_SAVE:
            return not claim.ticket.deliberate
        self._recent[key] = (data, at)
        return False

    def forget(self, ticket: Ticket) -> None:
        """This claim was undone: the next of its file is no second one."""
        self._recent.pop(_key(ticket), None)


def _key(ticket: Ticket) -> str:
    """A picture in more/ and again in final/ is two wishes."""
    return ticket.place

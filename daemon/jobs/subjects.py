"""What events say of the job they are about. Plain facts, taken from claims and plans."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from daemon.jobs.claimed_job import Active
from daemon.notify.events import Subject
from daemon.spool.spool import Claim


@dataclass(frozen=True, slots=True)
class Subjects:
    """Makes subjects; pictures lie in `outbox` (absolute)."""

    outbox: Path

    def of_claim(self, claim: Claim) -> Subject:
        """A job without a plan: it has no pictures."""
        ticket = claim.ticket
        return Subject(ticket.number, ticket.file, ticket.file, ticket.project, ())

    def of_job(self, active: Active) -> Subject:
        """With every picture, where it is published or else where it is meant to be."""
        stems = [self._stem(active, index) for index in range(1, len(active.plan.pictures) + 1)]
        return self._subject(active, stems)

    def of_picture(self, active: Active, index: int) -> Subject:
        """With this picture alone."""
        return self._subject(active, [self._stem(active, index)])

    def of_published(self, active: Active) -> Subject:
        """With the pictures that lie in the outbox."""
        indices = [index for index in sorted(active.records) if active.is_published(index)]
        return self._subject(active, [self._stem(active, index) for index in indices])

    def _subject(self, active: Active, stems: list[str]) -> Subject:
        ticket = active.claim.ticket
        pictures = tuple(str(self.outbox / f"{stem}.png") for stem in stems)
        return Subject(active.number, active.name, ticket.file, ticket.project, pictures)

    def _stem(self, active: Active, index: int) -> str:
        stem: str = active.records.get(index, {}).get("stem", active.picture(index).output)
        return stem

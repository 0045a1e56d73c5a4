"""What events say of the job they are about. Plain facts, taken from plans and the journal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from daemon.jobs.claimed_job import ClaimedJob
from daemon.notify.events import JobFinished, Subject
from daemon.spool.journal import JournalEntry


@dataclass(frozen=True, slots=True)
class Subjects:
    """Makes subjects; pictures lie in `outbox` (absolute)."""

    outbox: Path

    def of_job(self, job: ClaimedJob) -> Subject:
        """With every picture, where it is published or else where it is meant to be."""
        stems = [_stem(job, index) for index in range(1, len(job.plan.pictures) + 1)]
        return self._subject(job, stems)

    def of_picture(self, job: ClaimedJob, index: int) -> Subject:
        """With this picture alone."""
        return self._subject(job, [_stem(job, index)])

    def finished(self, entry: JournalEntry) -> JobFinished:
        """The end that a line of the journal remembers, with the pictures in the outbox."""
        pictures = tuple(str(self.outbox / image) for image in entry.images)
        return JobFinished(
            Subject(entry.job, entry.name, entry.file, entry.project, pictures),
            outcome=entry.outcome,
            kept=entry.kept.rpartition("/")[0],
            reason=entry.reason,
            images=entry.images,
        )

    def _subject(self, job: ClaimedJob, stems: Iterable[str]) -> Subject:
        ticket = job.claim.ticket
        pictures = tuple(str(self.outbox / f"{stem}.png") for stem in stems)
        return Subject(job.number, job.name, ticket.file, ticket.project, pictures)


def _stem(job: ClaimedJob, index: int) -> str:
    record = job.records.get(index)
    return record.stem if record is not None else job.picture(index).output

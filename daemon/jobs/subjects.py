"""What events say of the job they are about. Plain facts, taken from plans and the journal."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

from daemon.jobs.claimed_job import ClaimedJob
from daemon.notify.events import JobFinished, Subject
from daemon.root.letters import letter_of
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

    def finished(self, entry: JournalEntry, job: ClaimedJob) -> JobFinished:
        """The end that a line of the journal remembers, with the pictures in the outbox."""
        pictures = tuple(str(self.outbox / image) for image in entry.images)
        subject = Subject(entry.job, entry.name, entry.file, entry.project, pictures)
        path = str(self.outbox.parent / entry.kept) if entry.kept else ""
        has_letter = bool(path) and not entry.outcome.is_good
        return JobFinished(
            replace(subject, **_marks(job)),
            outcome=entry.outcome,
            kept=entry.kept.rpartition("/")[0],
            reason=entry.reason,
            images=entry.images,
            path=path,
            letter=str(letter_of(Path(path))) if has_letter else None,
        )

    def _subject(self, job: ClaimedJob, stems: Iterable[str]) -> Subject:
        ticket = job.claim.ticket
        pictures = tuple(f"{self.outbox}{os.sep}{stem}.png" for stem in stems)  # for every step
        return Subject(job.number, job.name, ticket.file, ticket.project, pictures, **_marks(job))


class _Marks(TypedDict):
    id: str | None
    board: str | None
    shot: str | None
    take: int | None


def _marks(job: ClaimedJob) -> _Marks:
    """The id of a job, and which picture of a board it makes; of one that was never planned,
    nothing is known."""
    work = job.work
    said = work.plan.pictures[0].block.get("board") if work and work.plan.pictures else None
    block = said if isinstance(said, Mapping) else {}
    board, shot, take = (block.get(key) for key in ("board", "shot", "take"))
    return {
        "id": job.id,
        "board": board if isinstance(board, str) else None,
        "shot": shot if isinstance(shot, str) else None,
        "take": take if type(take) is int else None,
    }


def _stem(job: ClaimedJob, index: int) -> str:
    record = job.records.get(index)
    return record.stem if record is not None else job.picture(index).output

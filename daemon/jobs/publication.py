"""From a picture in the stage to picture and sidecar in the outbox, exactly once.

What is being published is recorded in the job's spool first, so that after a crash we know whether
the commit happened, even if a person has moved the picture away since.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path

from daemon.errors import SpoiledError
from daemon.jobs.claimed_job import ClaimedJob, StagedPicture
from daemon.outbox.publisher import Publisher
from daemon.outbox.reservations import Reservations
from daemon.outbox.stage import Stage
from daemon.plan.plan import Picture, Plan
from daemon.protocol.json_object import JsonObject
from daemon.protocol.messages import Ready
from daemon.protocol.render import Render
from daemon.records.sidecar import Course, sidecar
from daemon.root.layout import Layout
from daemon.spool.claim_files import record_published
from daemon.spool.publication_record import PublicationRecord
from daemon.text.printable import iso


class Publication:
    """Publishes pictures of claimed jobs and keeps the record of it."""

    def __init__(self, layout: Layout, reservations: Reservations) -> None:
        self._folder = layout.stage
        self.stage = Stage(layout)
        self._publisher = Publisher(layout, self.stage)
        self._reservations = reservations

    def settle(self, job: ClaimedJob, plan: Plan | None) -> None:
        """After a crash: what was being published either was, or is to be rendered again; without
        its plan, the latter. Raises OSError; may be repeated."""
        if plan is not None and any(index > len(plan.pictures) for index in job.records):
            raise SpoiledError(f"#{job.number}: more pictures are recorded than were planned")
        found = self._recollect(job, plan) if plan is not None else False
        unsettled = [(i, each) for i, each in job.records.items() if not each.is_published]
        for index, record in unsettled:
            if plan is not None and self._was_published(plan, index, record):
                job.records[index] = PublicationRecord(record.stem, True)
            else:
                self._publisher.withdraw(record.stem, job.number)
                del job.records[index]
        if unsettled or found:
            record_published(job.claim, job.records)

    def _recollect(self, job: ClaimedJob, plan: Plan) -> bool:
        """The record of what is published may have been lost: the outbox tells, where a picture
        lies beside its sidecar under its planned name or the next ones. True if one does that we
        had no record of. Raises OSError."""
        unknown = [each for each in plan.pictures if each.render.index not in job.records]
        before = len(job.records)
        for picture in unknown:
            names = (picture.output, *(f"{picture.output}-{mark}" for mark in range(2, 10)))
            found = (name for name in names if self._publisher.is_out(name, job.number))
            if (stem := next(found, None)) is not None:
                job.records[picture.render.index] = PublicationRecord(stem, True)
        return len(job.records) > before

    def publish_next(self, job: ClaimedJob) -> bool:
        """Publish the first staged picture, under its planned name or the next free one; False if
        it no longer lies in the stage, and is to be rendered again. Any name on the way that is
        not there (a folder of the outbox, the spool's own) is an OSError like others.

        Raises OSError if the disk can't take it or the record of it now; it can be repeated, and
        what is published stays so."""
        picture = job.staged[0]
        index = picture.event.index
        if job.is_published(index) or os.path.lexists(self._place(job.picture(index))):
            self._publish(job, picture)
        else:
            self.stage.mend()
            job.records.pop(index, None)
            record_published(job.claim, job.records)
        job.unstage()
        return job.is_published(picture.event.index)

    def _publish(self, job: ClaimedJob, picture: StagedPicture) -> None:
        index = picture.event.index
        if not job.is_published(index):
            stem = self._commit(job, picture)
            seconds = picture.event.timings.total
            job.records[index] = PublicationRecord(stem, True, seconds=seconds)
        # What was written before the commit says as much once the stage is asked.
        record_published(job.claim, job.records, sync_name=False)

    def _commit(self, job: ClaimedJob, picture: StagedPicture) -> str:
        index = picture.event.index
        staged = self._place(job.picture(index))
        known = job.records.get(index)
        stem = known.stem if known is not None else job.picture(index).output
        while True:
            job.records[index] = PublicationRecord(
                stem, False, stage=self.stage.inode, sha256=picture.event.sha256
            )
            record_published(job.claim, job.records)
            try:
                self._publisher.publish(staged, stem, _sidecar(job, picture, stem))
            except FileExistsError as error:
                if self._publisher.is_shut:
                    raise OSError(errno.ENOTDIR, error.strerror, error.filename) from error
                stem = self._reservations.free_stem(stem, job.number)
            else:
                return stem

    def withdraw(self, job: ClaimedJob) -> None:
        """The job ends without these pictures: leave no sidecar of theirs. Raises OSError."""
        for record in job.records.values():
            if not record.is_published:
                self._publisher.withdraw(record.stem, job.number)

    def sweep(self, jobs: Iterable[ClaimedJob]) -> None:
        """Empty the stage of what none of these needs, unless one has no plan: what that needs is
        not known yet."""
        jobs = list(jobs)
        if all(job.work is not None for job in jobs):
            self.stage.sweep(path for job in jobs for path in self.staged(job))

    def discard(self, job: ClaimedJob) -> None:
        """A job has left: what it still has in the stage goes with it."""
        self.stage.discard(self.staged(job))

    def staged(self, job: ClaimedJob) -> list[Path]:
        """Where its pictures lie until they are published."""
        if job.work is None:
            return []
        return [self._place(picture) for picture in job.plan.pictures]

    def _was_published(self, plan: Plan, index: int, record: PublicationRecord) -> bool:
        staged = self._place(plan.pictures[index - 1])
        return self._publisher.was_published(
            staged, record.stem, plan.number, stage=record.stage, sha256=record.sha256
        )

    def _place(self, picture: Picture) -> Path:
        """In this root's stage, wherever the root lay when the job was planned."""
        return self._folder / Path(picture.render.stage).name


def _sidecar(job: ClaimedJob, picture: StagedPicture, stem: str) -> JsonObject:
    event, ticket = picture.event, job.claim.ticket
    planned = job.picture(event.index)
    course = Course(
        job_file=ticket.file,
        image=f"{stem.rsplit('/', 1)[-1]}.png",
        attempt=ticket.attempts,
        parent=ticket.parent or job.facts.parent,
        queued_at=iso(ticket.queued_wall),
        queued=max(0.0, picture.at - event.timings.total - job.queued_at),
        warnings=(*job.plan.warnings, *_otherwise(planned.render, picture.ready)),
    )
    return sidecar(planned.block, event, picture.ready, course)


def _otherwise(render: Render, ready: Ready) -> tuple[str, ...]:
    """That a picture which was to come out again was made with something else, if so."""
    before = render.made_with
    other = before.differs(ready.device, ready.versions) if before else ""
    return (f"It was made again with {other}: its pixels may differ.",) if other else ()

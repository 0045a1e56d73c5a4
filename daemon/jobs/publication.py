"""From a picture in the stage to picture and sidecar in the outbox, exactly once.

What is being published is recorded in the job's spool first, so that after a crash we know whether
the commit happened, even if a person has moved the picture away since.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from daemon.jobs.claimed_job import Active
from daemon.outbox.publisher import Outbox
from daemon.protocol.messages import Ready, Rendered
from daemon.records.sidecar import sidecar
from daemon.spool.spool import Spool
from daemon.text.printable import iso


class Publishing:
    """Publishes pictures of claimed jobs and keeps the record of it."""

    def __init__(self, spool: Spool, outbox: Outbox) -> None:
        self._spool = spool
        self._outbox = outbox

    def settle(self, active: Active) -> None:
        """After a crash: what was being published either was, or is to be rendered again."""
        unsettled = [i for i, record in active.records.items() if record["state"] != "published"]
        for index in unsettled:
            record = active.records[index]
            staged = Path(active.picture(index).render.stage)
            if self._outbox.was_published(staged, record["stem"], record.get("stage")):
                record["state"] = "published"
            else:
                self._outbox.withdraw(record["stem"])
                del active.records[index]
        if unsettled:
            self._spool.record_published(active.claim, active.records)

    def publish(self, active: Active, event: Rendered, ready: Ready, at: float) -> None:
        """Publish one picture that lies in the stage, under its planned name or the next free one.

        Raises FileNotFoundError if it no longer lies there, OSError if the disk can't take it or
        the record of it now; it can be repeated, and what is published stays so."""
        if not active.is_published(event.index):
            stem = self._commit(active, event, ready, at)
            active.records[event.index] = {
                "state": "published",
                "stem": stem,
                "seconds": event.timings.get("total"),
            }
        self._spool.record_published(active.claim, active.records)

    def _commit(self, active: Active, event: Rendered, ready: Ready, at: float) -> str:
        picture = active.picture(event.index)
        staged = Path(picture.render.stage)
        stem = str(active.records.get(event.index, {}).get("stem", picture.output))
        while True:
            staged.stat()
            active.records[event.index] = {
                "state": "publishing",
                "stem": stem,
                "stage": self._outbox.stage_inode,
            }
            self._spool.record_published(active.claim, active.records)
            record = self._sidecar(active, event, ready, at, stem)
            try:
                self._outbox.publish(staged, stem, record)
            except FileExistsError:
                stem = self._outbox.free_stem(stem, active.number)
            else:
                return stem

    def disown(self, active: Active, index: int) -> None:
        """The staged picture is gone: it is to be rendered again."""
        active.records.pop(index, None)
        self._spool.record_published(active.claim, active.records)

    def withdraw(self, active: Active) -> None:
        """The job ends without these pictures: leave no sidecar of theirs."""
        for record in active.records.values():
            if record["state"] != "published":
                self._outbox.withdraw(record["stem"])

    def _sidecar(
        self, active: Active, event: Rendered, ready: Ready, at: float, stem: str
    ) -> dict[str, Any]:
        total = float(event.timings.get("total") or 0.0)
        ticket = active.claim.ticket
        return sidecar(
            block=active.picture(event.index).block,
            rendered=event,
            ready=ready,
            job_file=ticket.file,
            image=f"{stem.rsplit('/', 1)[-1]}.png",
            attempt=ticket.attempts,
            parent=ticket.parent or active.facts.parent,
            queued_at=iso(ticket.queued_wall),
            queued=max(0.0, at - total - active.queued_at),
            warnings=active.plan.warnings,
        )

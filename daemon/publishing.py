"""From a picture in the stage to picture and sidecar in the outbox, exactly once.

What is being published is recorded in the job's spool first, so that after a crash we know whether
the commit happened, even if a person has moved the picture away since.
"""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

from daemon.active import Active, iso
from daemon.outbox import Outbox
from daemon.protocol import Ready, Rendered
from daemon.sidecar import sidecar
from daemon.spool import Spool

# The machine's trouble, not the job's: these never cost an attempt and are tried again.
TRANSIENT = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EMFILE,
        errno.ENFILE,
        errno.EIO,
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.ENOENT,
        errno.ESTALE,
        errno.EBUSY,
        errno.ENOTDIR,
    }
)


class Publishing:
    """Publishes pictures of claimed jobs and keeps the record of it."""

    def __init__(self, spool: Spool, outbox: Outbox) -> None:
        self._spool = spool
        self._outbox = outbox

    def settle(self, active: Active) -> None:
        """After a crash: what was being published either was, or lies in the stage to be again."""
        for index, record in active.records.items():
            if record["state"] == "published":
                continue
            staged = Path(active.picture(index).render.stage)
            if self._outbox.was_published(staged, record["stem"]):
                record["state"] = "published"
        self._spool.record_published(active.claim, active.records)

    def publish(self, active: Active, event: Rendered, ready: Ready, at: float) -> None:
        """Publish one picture that lies in the stage, under its planned name or the next free one.

        Raises OSError if the outbox can't take it now; nothing is lost and it can be repeated."""
        picture = active.picture(event.index)
        stem = active.records.get(event.index, {}).get("stem", picture.output)
        while True:
            active.records[event.index] = {"state": "publishing", "stem": stem}
            self._spool.record_published(active.claim, active.records)
            record = self._sidecar(active, event, ready, at, stem)
            try:
                self._outbox.publish(Path(picture.render.stage), stem, record)
                break
            except FileExistsError:
                stem = self._another_stem(picture.output, active.number)
        active.records[event.index] = {
            "state": "published",
            "stem": stem,
            "seconds": event.timings.get("total"),
        }
        self._spool.record_published(active.claim, active.records)

    def _another_stem(self, stem: str, number: int) -> str:
        for mark in range(2, 1_000_000):
            if not self._outbox.taken(f"{stem}-{mark}", number):
                return f"{stem}-{mark}"
        raise FileExistsError(errno.EEXIST, "a million pictures of one name", stem)

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
            parent=ticket.parent or active.job.parent,
            queued_at=iso(ticket.queued_wall),
            queued=max(0.0, at - total - active.queued_at),
            warnings=active.plan.warnings,
        )

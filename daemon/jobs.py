"""Claimed jobs: from the claim through plan, renders and publication to done or failed.

Each step of a job's life is one method, called by the supervisor when its cause has happened; all
that a crash must not lose is in the spool before the method returns. Knows nothing of the worker
process: it says which render is next, and is told what became of it.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from daemon.errors import HotfolderError, JobError, NotYetError
from daemon.inbox import Waiting
from daemon.jobfile import Job
from daemon.outbox import Outbox
from daemon.plan import Picture, Plan, plan_from_json, plan_to_json
from daemon.protocol import Ready, Rendered
from daemon.reader import Reader
from daemon.sidecar import sidecar
from daemon.spool import Claim, Spool
from daemon.why import explain

MAX_DEATHS = 3
"""Worker deaths while rendering one job alone after which the job is taken to be the cause."""

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


@dataclass(slots=True)
class Active:
    """A claimed job at work. `queued_at` is the first sight, on this process's monotonic clock."""

    claim: Claim
    job: Job
    plan: Plan
    queued_at: float
    records: dict[int, dict[str, Any]] = field(default_factory=dict)
    sent: set[int] = field(default_factory=set)
    rendered: list[tuple[Rendered, Ready, float]] = field(default_factory=list)
    not_before: float = 0.0
    transient_tries: int = 0
    attempt_begun: bool = False
    cancelled: bool = False
    failure: tuple[str, str] | None = None

    @property
    def number(self) -> int:
        return self.claim.number

    @property
    def name(self) -> str:
        return self.plan.name

    def picture(self, index: int) -> Picture:
        return self.plan.pictures[index - 1]

    def is_published(self, index: int) -> bool:
        return self.records.get(index, {}).get("state") == "published"

    @property
    def to_render(self) -> list[Picture]:
        """Pictures not yet published, rendered or with the worker, in order."""
        waiting = {rendered.index for rendered, _, _ in self.rendered}
        return [
            picture
            for picture in self.plan.pictures
            if not self.is_published(picture.render.index)
            and picture.render.index not in self.sent
            and picture.render.index not in waiting
        ]

    @property
    def is_complete(self) -> bool:
        return all(self.is_published(picture.render.index) for picture in self.plan.pictures)


@dataclass(frozen=True, slots=True)
class Finished:
    """A job that has left the spool; `file` as dropped, in `project`."""

    number: int
    name: str
    file: str
    project: str
    outcome: str
    kept: str
    reason: str
    images: tuple[str, ...]


class Jobs:
    """The claimed jobs of one root, by number."""

    def __init__(
        self,
        spool: Spool,
        outbox: Outbox,
        reader: Reader,
        draw_seed: Callable[[], int],
        tell: Callable[[Finished], None],
    ) -> None:
        self._spool = spool
        self._outbox = outbox
        self._reader = reader
        self._draw_seed = draw_seed
        self._tell = tell
        self.active: dict[int, Active] = {}
        self._recent: dict[tuple[str, str], tuple[bytes, float]] = {}
        self._done_ids: dict[str, int] = {}

    # --- starting -----------------------------------------------------------------------------

    def recover(self, *, now: float, wall: float) -> None:
        """Take up every claimed job of an earlier run where it stood."""
        for entry in self._spool.journal():
            if entry.get("id") and entry.get("outcome") == "done":
                self._done_ids[str(entry["id"])] = int(entry["job"])
        claims = self._spool.recover()
        stages = []
        for claim in claims:
            queued_at = now - max(0.0, wall - claim.ticket.queued_wall)
            active = self._adopt(claim, queued_at=queued_at, wall=wall)
            if active is not None:
                self._settle_publications(active)
                stages += [Path(picture.render.stage) for picture in active.plan.pictures]
        self._outbox.sweep(stages)
        for active in list(self.active.values()):
            self._finish_if_complete(active, wall=wall)

    def claim(
        self, waiting: Waiting, *, project: str, again: bool, now: float, wall: float
    ) -> Active | None:
        """Claim a waiting file and plan it; None if it turned out not to be a job to render (then
        it has been moved to failed/ or done/). Raises OSError if it can't be claimed."""
        claim = self._spool.claim(
            waiting.path, project=project, again=again, queued=waiting.queued_wall, wall=wall
        )
        if self._is_second_save(claim, now):
            self._finish_unplanned(claim, "duplicate", "the same file a moment ago", None, wall)
            return None
        return self._adopt(claim, queued_at=waiting.queued_at, wall=wall)

    def refuse(
        self,
        waiting: Waiting,
        error: HotfolderError,
        *,
        project: str,
        again: bool,
        wall: float,
        outcome: str = "failed",
    ) -> None:
        """Move a waiting file that will not be rendered to failed/, with the reason beside it."""
        claim = self._spool.claim(
            waiting.path, project=project, again=again, queued=waiting.queued_wall, wall=wall
        )
        self._refuse_claim(claim, error, wall, outcome)

    # --- rendering ----------------------------------------------------------------------------

    def in_order(self, *, now: float) -> list[Active]:
        """Jobs with a picture to render now: priority first, then those that never killed a
        worker, then by number."""
        ready = [
            active
            for active in self.active.values()
            if active.to_render
            and not active.cancelled
            and active.failure is None
            and active.not_before <= now
        ]
        return sorted(ready, key=lambda a: (-a.job.priority, a.claim.ticket.deaths, a.number))

    def begin(self, active: Active, picture: Picture) -> None:
        """The picture goes to the worker: the attempt is counted first."""
        if not active.attempt_begun:
            active.claim = self._spool.begin_attempt(active.claim)
            active.attempt_begun = True
        active.sent.add(picture.render.index)

    def take_back(self, active: Active, index: int) -> None:
        """The worker is gone without having finished this picture."""
        active.sent.discard(index)
        active.attempt_begun = False

    def worker_died(self, active: Active, last_words: str, *, wall: float) -> None:
        """The worker died while rendering this job alone; the third time, the job is the cause."""
        active.claim = self._spool.record_death(active.claim)
        deaths = active.claim.ticket.deaths
        if deaths >= MAX_DEATHS:
            why = (
                f"The worker died {deaths} times while rendering it. Its last words:\n{last_words}"
            )
            self.fail(active, "Rendering this job kills the worker.", why.rstrip(), wall=wall)

    def back_off(self, active: Active, *, now: float) -> float:
        """A trouble that is not the job's: try again later; returns the pause in seconds."""
        pause = min(2.0**active.transient_tries, 300.0)
        active.transient_tries += 1
        active.not_before = now + pause
        return pause

    # --- ending -------------------------------------------------------------------------------

    def rendered(self, event: Rendered, ready: Ready, *, now: float, wall: float) -> OSError | None:
        """A picture lies in the stage: publish it. An OSError returned means that the outbox can't
        take it now; the picture is kept and `publish_pending` tries again."""
        active = self.active.get(event.job)
        if active is None:
            return None
        active.sent.discard(event.index)
        active.rendered.append((event, ready, now))
        return self.publish_pending(active, now=now, wall=wall)

    def publish_pending(self, active: Active, *, now: float, wall: float) -> OSError | None:
        """Publish what lies in the stage for this job; see `rendered`."""
        while active.rendered:
            event, ready, at = active.rendered[0]
            try:
                self._publish(active, event, ready, at)
            except OSError as error:
                if error.errno not in TRANSIENT:
                    self.fail(active, "The picture can't be published.", str(error), wall=wall)
                    return None
                self.back_off(active, now=now)
                return error
            active.rendered.pop(0)
            active.transient_tries = 0
        self._finish_if_complete(active, wall=wall)
        return None

    def fail(self, active: Active, what: str, why: str = "", *, wall: float) -> None:
        """The job can't be done; it leaves once the worker holds none of its pictures."""
        if active.failure is None:
            active.failure = (what, why)
        self._leave_if_idle(active, wall=wall)

    def cancel(self, active: Active, *, wall: float) -> None:
        """A person wants it stopped; it leaves once the worker has let go of it."""
        active.cancelled = True
        self._leave_if_idle(active, wall=wall)

    def returned(self, job: int, index: int, *, wall: float) -> Active | None:
        """The worker has let go of a picture without rendering it (cancelled or failed)."""
        active = self.active.get(job)
        if active is not None:
            active.sent.discard(index)
            self._leave_if_idle(active, wall=wall)
        return active

    # --- inside -------------------------------------------------------------------------------

    def _adopt(self, claim: Claim, *, queued_at: float, wall: float) -> Active | None:
        ticket = claim.ticket
        try:
            job = self._reader.job(
                claim.job_file, name=ticket.file, project=ticket.project, again=ticket.again
            )
            if job.id is not None and self._rendered_once(job.id) is not None:
                first = self._rendered_once(job.id)
                self._finish_unplanned(claim, "duplicate", f"id {job.id} is #{first}", job, wall)
                return None
            plan = self._plan(claim, job)
        except NotYetError as error:
            if wall - ticket.claimed_wall < 1.0 and not ticket.attempts:
                error.why = error.why or "It was there a moment ago and is gone."
            self._refuse_claim(claim, error, wall)
            return None
        except JobError as error:
            self._refuse_claim(claim, error, wall)
            return None
        active = Active(claim, job, plan, queued_at, records=self._spool.published(claim))
        self.active[claim.number] = active
        self._outbox.reserve((picture.output for picture in plan.pictures), claim.number)
        return active

    def _plan(self, claim: Claim, job: Job) -> Plan:
        saved = self._spool.load_plan(claim)
        if saved is not None:
            return plan_from_json(saved)
        if claim.ticket.parent is not None and job.parent is None:
            job = replace(job, parent=claim.ticket.parent)
        stem = claim.ticket.file.rsplit(".", 1)[0] or claim.ticket.file
        plan = self._reader.plan(
            job,
            number=claim.number,
            stem=stem,
            project=claim.ticket.project,
            draw_seed=self._draw_seed,
            taken=lambda name: self._outbox.taken(name, claim.number),
        )
        self._spool.save_plan(claim, plan_to_json(plan))
        return plan

    def _rendered_once(self, identity: str) -> int | None:
        if identity in self._done_ids:
            return self._done_ids[identity]
        for active in self.active.values():
            if active.job.id == identity:
                return active.number
        return None

    def _is_second_save(self, claim: Claim, now: float) -> bool:
        """An editor's second save re-creates a file just claimed, byte for byte."""
        key = (claim.ticket.project, claim.ticket.file)
        try:
            data = self._spool.read(claim)
        except OSError:
            return False
        before = self._recent.get(key)
        self._recent = {k: v for k, v in self._recent.items() if now - v[1] < 5.0}
        self._recent[key] = (data, now)
        return before is not None and before[0] == data and now - before[1] < 5.0

    def _settle_publications(self, active: Active) -> None:
        """After a crash: what was being published either was, or lies in the stage to be again."""
        for index, record in active.records.items():
            if record["state"] == "published":
                continue
            staged = Path(active.picture(index).render.stage)
            if self._outbox.was_published(staged, record["stem"]):
                record["state"] = "published"
        self._spool.record_published(active.claim, active.records)

    def _publish(self, active: Active, event: Rendered, ready: Ready, at: float) -> None:
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

    def _finish_if_complete(self, active: Active, *, wall: float) -> None:
        if active.is_complete:
            if active.job.id is not None:
                self._done_ids[active.job.id] = active.number
            self._leave(active, "done", "", None, wall)
        else:
            self._leave_if_idle(active, wall=wall)

    def _leave_if_idle(self, active: Active, *, wall: float) -> None:
        if active.sent or active.number not in self.active:
            return
        if active.failure is not None:
            what, why = active.failure
            self._leave(active, "failed", what, JobError(what, why=why), wall)
        elif active.cancelled:
            error = JobError("You cancelled this job.")
            self._leave(active, "cancelled", error.what, error, wall)

    def _leave(
        self, active: Active, outcome: str, reason: str, error: JobError | None, wall: float
    ) -> None:
        images = tuple(
            f"{record['stem']}.png"
            for _, record in sorted(active.records.items())
            if record["state"] == "published"
        )
        text = None
        if error is not None:
            source = self._source(active.claim)
            text = explain(error, file=active.claim.ticket.file, source=source)
        entry: dict[str, Any] = {"id": active.job.id, "reason": reason, "images": list(images)}
        entry["parent"] = active.claim.ticket.parent
        ticket = active.claim.ticket
        kept = self._spool.finish(active.claim, outcome=outcome, why=text, entry=entry, wall=wall)
        self.active.pop(active.number, None)
        self._outbox.release(active.number)
        self._tell(
            Finished(
                active.number,
                active.name,
                ticket.file,
                ticket.project,
                outcome,
                str(kept),
                reason,
                images,
            )
        )

    def _refuse_claim(
        self, claim: Claim, error: HotfolderError, wall: float, outcome: str = "failed"
    ) -> None:
        source = self._source(claim)
        text = explain(error, file=claim.ticket.file, source=source)
        reason, shown = getattr(error, "what", str(error)), claim.ticket.file
        kept = self._spool.finish(
            claim, outcome=outcome, why=text, entry={"reason": reason, "images": []}, wall=wall
        )
        self._tell(
            Finished(
                claim.number, shown, shown, claim.ticket.project, outcome, str(kept), reason, ()
            )
        )

    def _finish_unplanned(
        self, claim: Claim, outcome: str, reason: str, job: Job | None, wall: float
    ) -> None:
        entry: dict[str, Any] = {"id": job.id if job else None, "reason": reason, "images": []}
        text, shown = f"Not rendered again: {reason}.\n", claim.ticket.file
        kept = self._spool.finish(claim, outcome=outcome, why=text, entry=entry, wall=wall)
        self._tell(
            Finished(
                claim.number, shown, shown, claim.ticket.project, outcome, str(kept), reason, ()
            )
        )

    def _source(self, claim: Claim) -> bytes | None:
        if claim.ticket.again:
            return None
        try:
            return self._spool.read(claim)
        except OSError:
            return None


def iso(wall: float) -> str:
    """Seconds since 1970 as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(wall, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"

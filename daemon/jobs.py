"""Claimed jobs: from the claim through plan, renders and publication to done or failed.

Each step of a job's life is one method, called by the supervisor when its cause has happened; all
that a crash must not lose is in the spool before the method returns. Knows nothing of the worker
process: it says which render is next, and is told what became of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from daemon.active import Active, Finished
from daemon.errors import HotfolderError, JobError, NotYetError
from daemon.inbox import Waiting
from daemon.jobfile import Job
from daemon.outbox import Outbox
from daemon.plan import Picture, Plan, plan_from_json, plan_to_json
from daemon.protocol import Ready, Rendered
from daemon.publishing import TRANSIENT, Publishing
from daemon.reader import Reader
from daemon.spool import Claim, Spool, Ticket
from daemon.why import explain

MAX_DEATHS = 3
"""Worker deaths while rendering one job alone after which the job is taken to be the cause."""


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
        self._publishing = Publishing(spool, outbox)
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
                self._publishing.settle(active)
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
                self._publishing.publish(active, event, ready, at)
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
        reason = getattr(error, "what", str(error))
        kept = self._spool.finish(
            claim, outcome=outcome, why=text, entry={"reason": reason, "images": []}, wall=wall
        )
        self._say(claim.ticket, claim.ticket.file, outcome, kept, reason, ())

    def _finish_unplanned(
        self, claim: Claim, outcome: str, reason: str, job: Job | None, wall: float
    ) -> None:
        entry: dict[str, Any] = {"id": job.id if job else None, "reason": reason, "images": []}
        text = f"Not rendered again: {reason}.\n"
        kept = self._spool.finish(claim, outcome=outcome, why=text, entry=entry, wall=wall)
        self._say(claim.ticket, claim.ticket.file, outcome, kept, reason, ())

    def _say(
        self,
        ticket: Ticket,
        name: str,
        outcome: str,
        kept: Path,
        reason: str,
        images: tuple[str, ...],
    ) -> None:
        place, project = str(kept), ticket.project
        self._tell(
            Finished(ticket.number, name, ticket.file, project, outcome, place, reason, images)
        )

    def _source(self, claim: Claim) -> bytes | None:
        if claim.ticket.again:
            return None
        try:
            return self._spool.read(claim)
        except OSError:
            return None

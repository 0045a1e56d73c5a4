"""Claimed jobs: from the claim through plan, renders and publication to done or failed.

Each step of a job's life is one method, called by the supervisor when its cause has happened; all
that a crash must not lose is in the spool before the method returns. Knows nothing of the worker
process: it says which render is next, and is told what became of it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from daemon.active import Active, Finished
from daemon.errors import HotfolderError, JobError, NotYetError, SetupError
from daemon.inbox import Waiting
from daemon.jobfile import Job
from daemon.outbox import Outbox
from daemon.plan import Picture, Plan, plan_from_json, plan_to_json
from daemon.protocol import Ready, Rendered
from daemon.publishing import TRANSIENT, Publishing
from daemon.reader import Reader
from daemon.spool import Claim, Spool
from daemon.why import explain

MAX_DEATHS = 3
"""Worker deaths while rendering one job alone after which the job is taken to be the cause."""


PATIENCE_AFTER_CLAIM = 10.0
"""Seconds a claimed job may still be held open by its writer, or lack a reference it had."""


@dataclass(frozen=True, slots=True)
class Later:
    """A claimed job that could not be read or planned yet; tried again at `not_before`."""

    claim: Claim
    queued_at: float
    not_before: float
    tries: int


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
        self.trouble: str | None = None
        self._later: list[Later] = []
        self._recent: dict[tuple[str, str], tuple[bytes, float]] = {}
        self._done_ids: dict[str, int] = {}

    # --- starting -----------------------------------------------------------------------------

    def recover(self, *, now: float, wall: float) -> None:
        """Take up every claimed job of an earlier run where it stood."""
        for entry in self._spool.journal():
            if entry.get("id") and entry.get("outcome") == "done":
                self._done_ids[str(entry["id"])] = int(entry["job"])
        for claim in self._spool.recover():
            queued_at = now - max(0.0, wall - claim.ticket.queued_wall)
            active = self._adopt(claim, queued_at=queued_at, now=now, wall=wall)
            if active is not None:
                self._publishing.settle(active)
        if not self._later:  # what those need from the stage is not known yet
            pictures = [p for active in self.active.values() for p in active.plan.pictures]
            self._outbox.sweep([Path(picture.render.stage) for picture in pictures])

    def claim(
        self, waiting: Waiting, *, project: str, again: bool, now: float, wall: float
    ) -> Active | None:
        """Claim a waiting file and plan it; None if it turned out not to be a job to render now.
        Raises OSError if it can't be claimed."""
        claim = self._spool.claim(
            waiting.path, project=project, again=again, queued=waiting.queued_wall, wall=wall
        )
        if self._is_second_save(claim, now):
            self._end(claim, None, "duplicate", "the same file was claimed a moment ago", now, wall)
            return None
        return self._adopt(claim, queued_at=waiting.queued_at, now=now, wall=wall)

    def refuse(
        self,
        waiting: Waiting,
        error: HotfolderError,
        *,
        project: str,
        again: bool,
        now: float,
        wall: float,
        outcome: str = "failed",
    ) -> None:
        """Move a waiting file that will not be rendered to failed/, with the reason beside it."""
        claim = self._spool.claim(
            waiting.path, project=project, again=again, queued=waiting.queued_wall, wall=wall
        )
        self._end(claim, None, outcome, error, now, wall)

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
        """The picture goes to the worker: the attempt is counted first. Raises OSError."""
        if not active.attempt_begun:
            active.claim = self._spool.begin_attempt(active.claim)
            active.attempt_begun = True
        active.sent.add(picture.render.index)

    def take_back(self, active: Active, index: int) -> None:
        """The worker is gone without having finished this picture."""
        active.sent.discard(index)
        active.attempt_begun = False

    def worker_died(self, active: Active, last_words: str, *, now: float) -> None:
        """The worker died while rendering this job alone; the third time, the job is the cause."""
        try:
            active.claim = self._spool.record_death(active.claim)
        except OSError as error:
            self._back_off(active, error, now)
            return
        deaths = active.claim.ticket.deaths
        if deaths >= MAX_DEATHS:
            why = f"The worker died {deaths} times at it. Its last words:\n{last_words}"
            self.fail(active, "Rendering this job kills the worker.", why.rstrip())

    def back_off(self, active: Active, *, now: float) -> float:
        """A trouble that is not the job's: try again later; returns the pause in seconds."""
        pause = _pause(active.transient_tries)
        active.transient_tries += 1
        active.not_before = now + pause
        return pause

    # --- ending -------------------------------------------------------------------------------

    def rendered(self, event: Rendered, ready: Ready, *, now: float) -> None:
        """A picture lies in the stage; `tend` publishes it."""
        active = self.active.get(event.job)
        if active is not None:
            active.sent.discard(event.index)
            active.rendered.append((event, ready, now))

    def fail(self, active: Active, what: str, why: str = "") -> None:
        """The job can't be done; it leaves once the worker holds none of its pictures."""
        if active.failure is None:
            active.failure = (what, why)

    def tend(self, *, now: float, wall: float) -> None:
        """Do whatever is due for each job: publish, leave, or be read once more. Troubles of the
        disk cost nothing but time; `trouble` says what they are."""
        later, self._later = self._later, []
        for item in later:
            if item.not_before > now:
                self._later.append(item)
            else:
                self._adopt(item.claim, queued_at=item.queued_at, now=now, wall=wall, before=item)
        for active in list(self.active.values()):
            if active.not_before <= now:
                self._advance(active, now, wall)
        if not self.active and not self._later:
            self.trouble = None

    @property
    def retries(self) -> list[float]:
        """Times (monotonic) at which something backed off is to be tried again."""
        later = [item.not_before for item in self._later]
        return later + [active.not_before for active in self.active.values()]

    @property
    def is_empty(self) -> bool:
        return not self.active and not self._later

    # --- inside -------------------------------------------------------------------------------

    def _advance(self, active: Active, now: float, wall: float) -> None:
        try:
            while active.rendered:
                self._publishing.publish(active, *active.rendered[0])
                active.rendered.pop(0)
                active.transient_tries, self.trouble = 0, None
            if not active.sent:
                self._leave(active, now, wall)
        except OSError as error:
            if error.errno in TRANSIENT:
                self._back_off(active, error, now)
            else:
                active.rendered.clear()
                self.fail(active, "The picture can't be published.", str(error))

    def _leave(self, active: Active, now: float, wall: float) -> None:
        if active.is_complete:
            if active.job.id is not None:
                self._done_ids[active.job.id] = active.number
            self._end(active.claim, active, "done", "", now, wall)
        elif active.failure is not None:
            what, why = active.failure
            self._end(active.claim, active, "failed", JobError(what, why=why), now, wall)
        elif active.cancelled:
            error = JobError("You cancelled this job.")
            self._end(active.claim, active, "cancelled", error, now, wall)

    def _back_off(self, active: Active, error: OSError, now: float) -> None:
        self.back_off(active, now=now)
        self.trouble = f"{error.strerror or error} ({error.filename or 'outbox'})"

    def _adopt(
        self,
        claim: Claim,
        *,
        queued_at: float,
        now: float,
        wall: float,
        before: Later | None = None,
    ) -> Active | None:
        ticket, tries = claim.ticket, before.tries + 1 if before else 0
        try:
            if (intent := self._spool.intended(claim)) is not None:
                self._spool.complete(claim)
                self._say(claim, None, *intent)
                return None
            job = self._reader.job(
                claim.job_file, name=ticket.file, project=ticket.project, again=ticket.again
            )
            if job.id is not None and (first := self._rendered_once(job.id)) is not None:
                self._end(claim, None, "duplicate", f"id {job.id} is #{first}", now, wall)
                return None
            plan = self._plan(claim, job)
            records = self._spool.published(claim)
        except NotYetError as error:
            if wall - ticket.claimed_wall < PATIENCE_AFTER_CLAIM:
                self._later.append(Later(claim, queued_at, now + 0.5, tries))
            else:
                self._end(claim, None, "failed", error, now, wall)
            return None
        except JobError as error:
            self._end(claim, None, "failed", error, now, wall)
            return None
        except (OSError, SetupError) as error:
            self.trouble = f"#{claim.number}: {error}"
            self._later.append(Later(claim, queued_at, now + _pause(tries), tries))
            return None
        active = Active(claim, job, plan, queued_at, records=records)
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

    def _end(
        self,
        claim: Claim,
        active: Active | None,
        outcome: str,
        reason: str | HotfolderError,
        now: float,
        wall: float,
    ) -> None:
        """The job leaves the spool; raises OSError only for a job that `tend` will end again."""
        said = str(getattr(reason, "what", reason))
        images = _images(active) if active else ()
        entry: dict[str, Any] = {
            "id": active.job.id if active else None,
            "reason": said,
            "images": list(images),
            "parent": claim.ticket.parent,
        }
        try:
            self._spool.finish(
                claim, outcome=outcome, why=self._note(claim, reason), entry=entry, wall=wall
            )
        except OSError as error:
            if active is not None:
                raise
            self.trouble = f"#{claim.number}: {error}"
            self._later.append(Later(claim, now, now + _pause(1), 1))
            return
        if active is not None:
            self.active.pop(active.number, None)
            self._outbox.release(active.number)
        self._say(claim, active, outcome, said)

    def _say(self, claim: Claim, active: Active | None, outcome: str, reason: str) -> None:
        ticket = claim.ticket
        name = active.name if active else ticket.file
        images = _images(active) if active else ()
        kept = self._spool.kept(claim, outcome)
        self._tell(
            Finished(
                ticket.number, name, ticket.file, ticket.project, outcome, kept, reason, images
            )
        )

    def _note(self, claim: Claim, reason: str | HotfolderError) -> str | None:
        """The text of why.txt, if there is to be one."""
        if isinstance(reason, str):
            return f"Not rendered again: {reason}.\n" if reason else None
        source = None
        if not claim.ticket.again:
            with contextlib.suppress(OSError):
                source = self._spool.read(claim)
        return explain(reason, file=claim.ticket.file, source=source)


def _images(active: Active) -> tuple[str, ...]:
    return tuple(
        f"{record['stem']}.png"
        for _, record in sorted(active.records.items())
        if record["state"] == "published"
    )


def _pause(tries: int) -> float:
    """Seconds to wait after so many tries: 1, 2, 4 … 300."""
    return min(2.0**tries, 300.0)

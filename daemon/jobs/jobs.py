"""Claimed jobs: from the claim through renders and publication to done or failed.

Each step of a job's life is one method, called by the supervisor when its cause has happened; all
that a crash must not lose is in the spool before the method returns. Knows nothing of the worker
process: it says which render is next, and is told what became of it. What the disk refuses now is
tried again by `tend`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from daemon.errors import DefaultsError, HotfolderError, JobError, NotYetError, SetupError
from daemon.fs.retry import backoff, concerns_all, is_for_good, said
from daemon.inbox.scanner import Waiting
from daemon.jobs.admission import Adopting
from daemon.jobs.claimed_job import Active
from daemon.jobs.publication import Publishing
from daemon.jobs.subjects import Subjects
from daemon.notify import events
from daemon.outbox.publisher import Outbox
from daemon.plan.job_reader import StillWrittenError
from daemon.plan.plan import Picture
from daemon.protocol.messages import Ready, Rendered
from daemon.protocol.outcome import Outcome
from daemon.spool.spool import Claim, Spool
from daemon.text.failure_letter import explain

MAX_DEATHS = 3
"""Worker deaths while rendering one job alone after which the job is taken to be the cause."""

MAX_SHORTAGES = 5
"""Times memory may run out at a job (half a minute of pauses) before it is too big for us."""

SECOND_SAVE = 5.0
"""Seconds after a claim within which the same bytes under the same name are an editor's echo."""


@dataclass(frozen=True, slots=True)
class Later:
    """A claimed job that can't be taken up (or, with `end`, ended) yet; again at `not_before`."""

    claim: Claim
    queued_at: float
    not_before: float
    tries: int
    end: tuple[str, str | HotfolderError] | None = None


class Jobs:
    """The claimed jobs of one root, by number. `trouble` says what the disk refuses now, if so."""

    def __init__(
        self,
        spool: Spool,
        outbox: Outbox,
        adopting: Adopting,
        tell: Callable[[events.Event], None],
        *,
        reference_wait: float,
    ) -> None:
        self._spool = spool
        self._outbox = outbox
        self._adopting = adopting
        self._publishing = Publishing(spool, outbox)
        self.subjects = Subjects(outbox.folder)
        self._tell = tell
        self._reference_wait = reference_wait
        self.active: dict[int, Active] = {}
        self.trouble: str | None = None
        self._later: list[Later] = []
        self._recent: dict[tuple[str, str], tuple[bytes, float]] = {}
        self._done_ids: dict[str, int] = {}

    # --- starting -----------------------------------------------------------------------------

    def recover(self, *, now: float, wall: float) -> None:
        """Take up every claimed job of an earlier run where it stood. May be repeated after an
        OSError."""
        self.active.clear()
        self._later.clear()
        for entry in self._spool.journal():
            if entry.get("id") and entry.get("outcome") == "done":
                self._done_ids[str(entry["id"])] = int(entry["job"])
        for claim in self._spool.recover():
            queued_at = now - max(0.0, wall - claim.ticket.queued_wall)
            self._adopt(Later(claim, queued_at, now, 0), now=now, wall=wall)
        if not self._later:  # what those need from the stage is not known yet
            self._outbox.sweep(path for active in self.active.values() for path in _staged(active))

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
        return self._adopt(Later(claim, waiting.queued_at, now, 0), now=now, wall=wall)

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
        """Move a waiting file that will not be rendered to failed/, with the reason beside it.
        Raises OSError if it can't be claimed."""
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
        return sorted(ready, key=lambda a: (-a.facts.priority, a.claim.ticket.deaths, a.number))

    def begin(self, active: Active, picture: Picture) -> None:
        """The picture goes to the worker: the attempt is counted first. Raises OSError."""
        if not active.attempt_begun:
            active.claim = self._spool.begin_attempt(active.claim)
            active.attempt_begun = True
        active.sent.add(picture.render.index)

    def take_back(self, active: Active, index: int, *, lost: bool) -> None:
        """The worker has not finished this picture; `lost` with the worker itself, so that the
        next time is another attempt."""
        active.sent.discard(index)
        active.attempt_begun = active.attempt_begun and not lost

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

    def back_off(self, active: Active, trouble: str | None = None, *, now: float) -> float:
        """A trouble that is not the job's: try again later; returns the pause in seconds.
        `trouble` is one that every job would meet, so nothing more is claimed meanwhile."""
        seconds = backoff(active.transient_tries)
        active.transient_tries += 1
        active.not_before = now + seconds
        self.trouble = trouble or self.trouble
        return seconds

    def is_too_big(self, active: Active) -> bool:
        """Memory has run out at this job: whether it has done so too often, after ever longer
        pauses, to be anyone else's doing."""
        active.shortages += 1
        return active.shortages >= MAX_SHORTAGES

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

    def cancel(self, number: int) -> bool:
        """A person wants it stopped; it leaves once the worker has let go of it. False if there
        is no such job at work."""
        for position, item in enumerate(self._later):
            if item.claim.number == number:
                error = JobError("You cancelled this job.")
                self._later[position] = Later(
                    item.claim, item.queued_at, 0.0, 0, end=("cancelled", error)
                )
                return True
        active = self.active.get(number)
        if active is not None:
            active.cancelled = True
        return active is not None

    def tend(self, *, now: float, wall: float) -> None:
        """Do whatever is due for each job: publish, leave, or be taken up once more. Troubles of
        the disk cost nothing but time; `trouble` says what they are."""
        later, self._later = self._later, []
        for item in later:
            if item.not_before > now:
                self._later.append(item)
            elif item.end is not None:
                self._end(item.claim, None, *item.end, now, wall, tries=item.tries + 1)
            else:
                self._adopt(item, now=now, wall=wall)
        for active in list(self.active.values()):
            if active.not_before <= now or active.cancelled:
                self._advance(active, now, wall)
        if self.is_empty:
            self.trouble = None

    @property
    def retries(self) -> list[float]:
        """Times (monotonic) at which something backed off is to be tried again."""
        later = [item.not_before for item in self._later]
        return later + [active.not_before for active in self.active.values()]

    @property
    def held(self) -> int:
        """How many jobs are claimed."""
        return len(self.active) + len(self._later)

    @property
    def is_empty(self) -> bool:
        return self.held == 0

    # --- inside -------------------------------------------------------------------------------

    def _advance(self, active: Active, now: float, wall: float) -> None:
        try:
            while active.rendered:
                self._publish_next(active)
            if not active.sent:
                self._leave(active, now, wall)
        except OSError as error:
            if is_for_good(error):
                active.rendered.clear()
                self.fail(active, "The picture can't be published.", said(error))
            else:
                self._back_off(active, error, now)

    def _publish_next(self, active: Active) -> None:
        event, ready, at = active.rendered[0]
        try:
            self._publishing.publish(active, event, ready, at)
        except FileNotFoundError:
            self._outbox.mend()
            self._publishing.disown(active, event.index)  # the stage is gone: render it again
        else:
            active.transient_tries, self.trouble = 0, None
            subject = self.subjects.of_picture(active, event.index)
            count = len(active.plan.pictures)
            self._tell(events.PicturePublished(subject, event.index, count))
        active.rendered.pop(0)

    def _leave(self, active: Active, now: float, wall: float) -> None:
        if active.is_complete:
            if active.facts.id is not None:
                self._done_ids[active.facts.id] = active.number
            self._end(active.claim, active, "done", "", now, wall)
        elif active.failure is not None:
            what, why = active.failure
            self._end(active.claim, active, "failed", JobError(what, why=why), now, wall)
        elif active.cancelled:
            error = JobError("You cancelled this job.")
            self._end(active.claim, active, "cancelled", error, now, wall)

    def _back_off(self, active: Active, error: OSError, now: float) -> None:
        self.back_off(active, said(error) if concerns_all(error) else None, now=now)

    def _adopt(self, item: Later, *, now: float, wall: float) -> Active | None:
        """Take a claim up, end it, give it back to the inbox, or leave it for later."""
        claim = item.claim
        try:
            if (intent := self._spool.intended(claim)) is not None:
                self._spool.complete(claim)
                self._say(claim, None, *intent)
                return None
            active = self._adopting.adopt(claim, queued_at=item.queued_at)
            self._publishing.settle(active)
        except (DefaultsError, StillWrittenError):
            self._give_back(item, now)
            return None
        except NotYetError as error:  # a reference vanished, or is half copied
            if wall - claim.ticket.claimed_wall < self._reference_wait:
                self._put_off(item, now, None)
            else:
                self._end(claim, None, "failed", error, now, wall)
            return None
        except JobError as error:
            self._end(claim, None, "failed", error, now, wall)
            return None
        except (OSError, SetupError, ValueError, KeyError) as error:
            self._put_off(item, now, error)
            return None
        identity = active.facts.id
        if identity is not None and (first := self._same_id(identity)) is not None:
            self._outbox.release(claim.number)
            if first in self.active:  # it may still fail; then this one is rendered
                self._later.append(Later(claim, item.queued_at, now + 1.0, item.tries))
            else:
                self._end(claim, None, "duplicate", f"id {identity} is #{first}", now, wall)
            return None
        self.active[claim.number] = active
        return active

    def _give_back(self, item: Later, now: float) -> None:
        """Somebody is changing it, or its defaults, this moment: it waits in the inbox again."""
        try:
            if self._spool.give_back(item.claim):
                ticket = item.claim.ticket
                self._recent.pop((ticket.project, ticket.file), None)
                return
        except OSError as error:
            self._put_off(item, now, error)
            return
        self._put_off(item, now, None)

    def _put_off(self, item: Later, now: float, error: Exception | None) -> None:
        again_at = now + backoff(item.tries)
        self._later.append(
            Later(item.claim, item.queued_at, again_at, item.tries + 1, end=item.end)
        )
        if error is not None and concerns_all(error):
            self.trouble = f"#{item.claim.number}: {said(error)}"

    def _same_id(self, identity: str) -> int | None:
        if identity in self._done_ids:
            return self._done_ids[identity]
        for active in self.active.values():
            if active.facts.id == identity:
                return active.number
        return None

    def _is_second_save(self, claim: Claim, now: float) -> bool:
        """An editor's second save re-creates a file just claimed, byte for byte. What our own
        verbs drop is meant."""
        key = (claim.ticket.project, claim.ticket.file)
        try:
            data = self._spool.read(claim)
        except OSError:
            return False
        before = self._recent.get(key)
        self._recent = {k: v for k, v in self._recent.items() if now - v[1] < SECOND_SAVE}
        if before is not None and before[0] == data and now - before[1] < SECOND_SAVE:
            return not claim.ticket.deliberate
        self._recent[key] = (data, now)
        return False

    def _end(
        self,
        claim: Claim,
        active: Active | None,
        outcome: str,
        reason: str | HotfolderError,
        now: float,
        wall: float,
        *,
        tries: int = 0,
    ) -> None:
        """The job leaves the spool; raises OSError only for a job that `tend` will end again."""
        words = str(getattr(reason, "what", reason))
        images = _images(active) if active else ()
        entry: dict[str, Any] = {
            "name": active.name if active else claim.ticket.file,
            "id": active.facts.id if active else None,
            "reason": words,
            "images": list(images),
            "parent": claim.ticket.parent,
        }
        try:
            if active is not None and outcome != "done":
                self._publishing.withdraw(active)
            self._spool.finish(
                claim, outcome=outcome, why=self._note(claim, reason), entry=entry, wall=wall
            )
        except OSError as error:
            if active is not None:
                raise
            item = Later(claim, now, now, tries, end=(outcome, reason))
            self._put_off(item, now, error)
            return
        if active is not None:
            self.active.pop(active.number, None)
            self._outbox.discard(_staged(active))
        self._outbox.release(claim.number)
        self._say(claim, active, outcome, words)

    def _say(self, claim: Claim, active: Active | None, outcome: str, reason: str) -> None:
        of, ended = self.subjects, Outcome(outcome)
        subject = of.of_published(active) if active else of.of_claim(claim)
        images = _images(active) if active else ()
        self._tell(
            events.JobFinished(subject, ended, self._spool.kept(claim, outcome), reason, images)
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


def _staged(active: Active) -> list[Path]:
    return [Path(picture.render.stage) for picture in active.plan.pictures]

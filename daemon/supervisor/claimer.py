"""From the inbox to the spool: claims what is next, refuses what will never be a job.

Claims only as far ahead as the worker needs, so that everything else stays in the inbox, where a
person can change it. Knows nothing of the worker.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from daemon.errors import JobError
from daemon.fs.retry import backoff, concerns_all, said
from daemon.inbox.queue import Intake
from daemon.jobs.claimed_job import Active
from daemon.jobs.jobs import Jobs
from daemon.notify.events import Event, JobClaimed, Warned
from daemon.text.printable import one_line

LOOK_AHEAD = 2
"""Jobs claimed at once at least: the one being rendered and the next, so that the worker never
waits. Where pictures share steps, as many as fill the worker's hand."""

MAX_HELD = 8
"""Claimed jobs at most, those that wait for better times (a full disk) included."""


class Claiming:
    """Moves files of `intake` into `jobs`."""

    def __init__(self, intake: Intake, jobs: Jobs, emit: Callable[[Event], None]) -> None:
        self._intake = intake
        self._inbox = intake.inbox
        self._jobs = jobs
        self._emit = emit
        self._tries = 0
        self.retry_at = 0.0
        self.trouble: str | None = None

    def refuse(self, now: float, wall: float) -> None:
        """Move every file that will never be a job to failed/, with the reason beside it."""
        for waiting, error in self._intake.refusals(now=now):
            project, again = self.place(waiting.path)
            try:
                self._jobs.refuse(waiting, error, project=project, again=again, now=now, wall=wall)
                self._intake.claimed(waiting.path)
            except FileNotFoundError:
                self._intake.removed(waiting.path)
            except OSError as trouble:
                self._intake.unclaimable(waiting, _reason(trouble), now=now)

    def claim(self, now: float, wall: float, pictures: int) -> None:
        """Claim what is next while there is room: the worker can take so many `pictures` at most.
        `trouble` says what keeps every file from being
        claimed, if something does; it is tried again at `retry_at`."""
        if now < self.retry_at:
            return
        while self._has_room(now, pictures):
            found = self._intake.next()
            if found is None:
                return
            waiting, _ = found
            project, again = self.place(waiting.path)
            try:
                active = self._jobs.claim(waiting, project=project, again=again, now=now, wall=wall)
            except FileNotFoundError:
                self._intake.removed(waiting.path)
                continue
            except OSError as error:
                if concerns_all(error):
                    self._wait(error, now)
                    return
                self._intake.unclaimable(waiting, _reason(error), now=now)
                continue
            self._tries, self.trouble = 0, None
            self._intake.claimed(waiting.path)
            if active is not None:
                self._tell(active)

    def cancel(self, file: str, now: float, wall: float) -> str | None:
        """Cancel a waiting file (relative to the inbox); returns why not, or None."""
        waiting = self._inbox.files.get(self._inbox.folder / file)
        if waiting is None:
            return f"{file} is neither waiting nor being worked on."
        project, again = self.place(waiting.path)
        error = JobError("You cancelled this job before it was begun.")
        try:
            self._jobs.refuse(
                waiting,
                error,
                project=project,
                again=again,
                now=now,
                wall=wall,
                outcome="cancelled",
            )
        except OSError as trouble:
            return f"{file} {_reason(trouble)}."
        self._intake.claimed(waiting.path)
        return None

    def place(self, path: Path) -> tuple[str, bool]:
        """(project, whether it is a picture to be rendered again) of a waiting file."""
        return self._inbox.project(path), self._inbox.is_again(path)

    def _tell(self, active: Active) -> None:
        subject = self._jobs.subjects.of_job(active)
        self._emit(JobClaimed(subject, active.facts.prompt, len(active.plan.pictures)))
        for warning in active.plan.warnings:
            text = f"#{active.number} {one_line(active.name, 60)}: {warning}"
            self._emit(Warned(text, job=active.number))

    def _wait(self, error: OSError, now: float) -> None:
        self.trouble = f"nothing can be claimed: {said(error)}"
        self.retry_at = now + backoff(self._tries)
        self._tries += 1

    def _has_room(self, now: float, pictures: int) -> bool:
        """Jobs that wait, or that killed a worker and let others go first, keep no place."""
        actives = self._jobs.active.values()
        ready = [a for a in actives if a.not_before <= now and not a.claim.ticket.deaths]
        left = sum(len(a.to_render) + len(a.sent) for a in ready)
        return (
            (len(ready) < LOOK_AHEAD or left < pictures)
            and self._jobs.held < max(MAX_HELD, pictures)
            and self._jobs.trouble is None
        )


def _reason(error: OSError) -> str:
    return f"can't be claimed: {error.strerror or error}"

"""Which picture goes to the workers next, and whether any can: the link between jobs and pool.

Pictures go in the order of the jobs: what can't be taken now keeps everything behind it waiting, so
that none is overtaken. Also answers whether work may be claimed at all, which it may not while the
default model is missing. Knows nothing of files in the inbox.
"""

from __future__ import annotations

from daemon.errors import SetupError
from daemon.fs.moment import Moment
from daemon.fs.retry import said
from daemon.jobs.claimed_job import ClaimedJob
from daemon.jobs.jobs import Jobs
from daemon.plan.model_choice import ModelChoice
from daemon.plan.plan import Picture
from daemon.supervisor.keep_awake import KeepAwake
from daemon.worker.pool import WorkerPool

STAY_AWAKE = 30.0
"""Seconds after the last picture until the machine may sleep again."""


class Dispatch:
    """Hands pictures of `jobs` to `pool`, and keeps the machine awake meanwhile."""

    def __init__(self, jobs: Jobs, pool: WorkerPool, models: ModelChoice, awake: KeepAwake) -> None:
        self._jobs = jobs
        self._pool = pool
        self._models = models
        self._awake = awake
        self._expecting = False

    def hand_down(self, at: Moment) -> bool:
        """Send every picture that a worker takes now; True if any was sent."""
        sent, expecting = False, self._expecting
        self._expecting = False
        for job in self._jobs.in_order(at):
            for picture in job.to_render:
                if not self._send(job, picture, at):
                    return sent
                sent = True
        if expecting:
            self._warm(at)
        return sent

    def _send(self, job: ClaimedJob, picture: Picture, at: Moment) -> bool:
        try:
            card = self._models.fixed_card(job.facts.model)
        except SetupError as error:
            self._jobs.fail(job, error.what, error.remedy)
            return False
        alone = job.is_suspect
        slot = self._pool.place_for(picture.render, card, alone=alone, at=at)
        if slot is None:
            why = self._pool.refusal(picture.render, card, at)
            if why is not None:
                self._jobs.fail(job, "No machine of the cluster can make this picture.", why)
            return False
        try:
            self._jobs.begin(job, picture)
        except OSError as error:
            self._jobs.back_off(job, said(error), at, for_all=True)
            return False
        slot.send(job.plan.to_send(picture), alone=alone)
        self._awake.hold()
        return True

    def expect(self) -> None:
        """A file has come whose job will need a model."""
        self._expecting = True

    def _warm(self, at: Moment) -> None:
        """Have a worker load the model that was used last, or the default one. If that was wrong it
        costs a start, and nothing waits."""
        card = self._pool.last_card
        if card is None:
            try:
                card = self._models.card()
            except SetupError:
                return  # the job will tell
        self._pool.warm(card, at)

    def rest(self, at: Moment) -> None:
        """Let the machine sleep once nothing has been rendered for a while."""
        if not self._pool.has_pictures and at.now - self._pool.idle_since > STAY_AWAKE:
            self._awake.release()

    # --- the default model ----------------------------------------------------------------------

    def check_model(self, at: Moment, *, stay: bool) -> None:
        """Look for the default model once: without it, raises SetupError, or blocks the pool if the
        daemon is to `stay`."""
        try:
            self._models.card()
        except SetupError as error:
            if not stay:
                raise
            self._pool.block(str(error), at)

    def may_claim(self, at: Moment) -> bool:
        """Whether a worker can be had, as far as is known; a missing default model is looked for
        again when the pool's time has come."""
        if self._pool.blocked is None:
            return True
        if not self._pool.may_start(at):
            return False
        self._models.forget()
        try:
            self._models.card()
        except SetupError as error:
            self._pool.block(str(error), at)
            return False
        self._pool.clear()
        return True

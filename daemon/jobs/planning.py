"""From a claimed file to its work: read once, planned once, and fixed on disk from then on.

A job whose plan is saved is taken up by that plan alone: neither its file nor settings, defaults or
models are looked at again, so nothing that changed meanwhile can change or fail it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace

from daemon.errors import HotfolderError, JobError, unreadable
from daemon.jobs.claimed_job import ClaimedJob, Facts, Work
from daemon.outbox.reservations import Reservations
from daemon.plan.plan import plan_from_json, plan_to_json
from daemon.plan.prepare import Preparer
from daemon.spool import claim_files
from daemon.spool.ticket import Claim


class Planning:
    """Finds out what a claimed file asks for, and reserves its names."""

    def __init__(
        self, preparer: Preparer, reservations: Reservations, draw_seed: Callable[[], int]
    ) -> None:
        self._preparer = preparer
        self._reservations = reservations
        self._draw_seed = draw_seed

    def work_of(self, job: ClaimedJob) -> Work:
        """What this job is to make, fixed on disk, its names reserved. Raises JobError and its
        kinds, SetupError, OSError."""
        try:
            job.records = claim_files.published(job.claim)
            work = self._saved(job) or self._planned(job.claim)
        except (HotfolderError, OSError):
            raise
        except Exception as error:  # neither a file's content nor old state may end the daemon
            raise unreadable(error) from error
        self._reservations.reserve((each.output for each in work.plan.pictures), job.number)
        return work

    def release(self, job: ClaimedJob) -> None:
        """Its names are free for others."""
        self._reservations.release(job.number)

    def _saved(self, job: ClaimedJob) -> Work | None:
        try:
            work = saved_work(job.claim)
        except ValueError as error:
            if not job.records:
                return None  # of another version, say; nothing of it is out yet: plan anew
            raise JobError(
                "This job's plan can't be read, and some of its pictures are already made.",
                why=f"Its plan was perhaps written by another version ({error}).",
                remedy="Drop the file again for a new set.",
            ) from error
        return work and replace(work, plan=self._preparer.at_home(work.plan))

    def _planned(self, claim: Claim) -> Work:
        ticket = claim.ticket
        job = self._preparer.reader.job(
            claim.job_file, name=ticket.file, project=ticket.project, again=ticket.again
        )
        if ticket.parent is not None and job.parent is None:
            job = replace(job, parent=ticket.parent)
        plan = self._preparer.plan(
            job,
            number=claim.number,
            stem=ticket.file.rsplit(".", 1)[0] or ticket.file,
            project=ticket.project,
            draw_seed=self._draw_seed,
            taken=lambda name: self._reservations.taken(name, claim.number),
        )
        facts = Facts(
            prompt=job.sampling.prompt,
            model=self._preparer.models.name_for(job),
            id=job.id,
            priority=job.priority,
            parent=job.parent,
        )
        body = {"facts": asdict(facts), "plan": plan_to_json(plan)}
        claim_files.save_plan(claim, json.dumps(body, allow_nan=False))
        return Work(facts, plan)


def saved_work(claim: Claim) -> Work | None:
    """What an earlier run fixed for this claim, its paths as they were then; None if it had not
    come so far. Raises ValueError for a plan that can't be read, OSError."""
    text = claim_files.load_plan(claim)
    if text is None:
        return None
    try:
        saved = json.loads(text)
        return Work(Facts(**saved["facts"]), plan_from_json(saved["plan"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a plan: {error}") from error

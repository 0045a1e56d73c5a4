"""From a claimed file to a job at work: read once, planned once, and fixed on disk from then on.

A job whose plan is saved is taken up by that plan alone: neither its file nor settings, defaults or
models are looked at again, so nothing that changed meanwhile can change or fail it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace

from daemon.errors import HotfolderError, JobError
from daemon.inbox.queue import unreadable
from daemon.jobs.claimed_job import Active, Facts
from daemon.outbox.publisher import Outbox
from daemon.plan.job_reader import Reader
from daemon.plan.plan import Plan, plan_from_json, plan_to_json
from daemon.spool.spool import Claim, Spool


class Adopting:
    """Makes claims into active jobs."""

    def __init__(
        self, spool: Spool, outbox: Outbox, reader: Reader, draw_seed: Callable[[], int]
    ) -> None:
        self._spool = spool
        self._outbox = outbox
        self._reader = reader
        self._draw_seed = draw_seed

    def adopt(self, claim: Claim, *, queued_at: float) -> Active:
        """The job of this claim. Raises JobError and its kinds, SetupError, OSError."""
        try:
            facts, plan = self._saved(claim) or self._planned(claim)
            records = self._spool.published(claim)
        except (HotfolderError, OSError):
            raise
        except Exception as error:  # neither a file's content nor old state may end the daemon
            raise unreadable(error) from error
        self._outbox.reserve((picture.output for picture in plan.pictures), claim.number)
        return Active(claim, facts, plan, queued_at, records=records)

    def _saved(self, claim: Claim) -> tuple[Facts, Plan] | None:
        text = self._spool.load_plan(claim)
        if text is None:
            return None
        try:
            saved = json.loads(text)
            plan = plan_from_json(json.dumps(saved["plan"]))
            return Facts(**saved["facts"]), self._reader.at_home(plan)
        except (ValueError, KeyError, TypeError) as error:
            if not self._spool.published(claim):
                return None  # of another version, say; nothing of it is out yet: plan anew
            raise JobError(
                "This job's plan can't be read, and some of its pictures are already made.",
                why=f"Its plan was perhaps written by another version ({error}).",
                remedy="Drop the file again for a new set.",
            ) from error

    def _planned(self, claim: Claim) -> tuple[Facts, Plan]:
        ticket = claim.ticket
        job = self._reader.job(
            claim.job_file, name=ticket.file, project=ticket.project, again=ticket.again
        )
        if ticket.parent is not None and job.parent is None:
            job = replace(job, parent=ticket.parent)
        plan = self._reader.plan(
            job,
            number=claim.number,
            stem=ticket.file.rsplit(".", 1)[0] or ticket.file,
            project=ticket.project,
            draw_seed=self._draw_seed,
            taken=lambda name: self._outbox.taken(name, claim.number),
        )
        facts = Facts(
            prompt=job.sampling.prompt,
            model=self._reader.model_of(job),
            id=job.id,
            priority=job.priority,
            parent=job.parent,
        )
        body = {"facts": asdict(facts), "plan": json.loads(plan_to_json(plan))}
        self._spool.save_plan(claim, json.dumps(body))
        return facts, plan

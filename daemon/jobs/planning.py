"""From a claimed file to its work: read once, planned once, and fixed on disk from then on.

A job whose plan is saved is taken up by that plan alone: neither its file nor settings, defaults or
models are looked at again, so nothing that changed meanwhile can change or fail it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

from daemon.errors import HotfolderError, JobError, SpoiledError, unreadable
from daemon.jobs.claimed_job import ClaimedJob, Facts, Work
from daemon.outbox.reservations import Reservations
from daemon.plan.plan import Picture, plan_from_json, plan_to_json
from daemon.plan.prepare import Preparer
from daemon.plan.remakes import project_of
from daemon.protocol.codec import as_body
from daemon.records.png_job import origin_of
from daemon.root.state_files import is_inside, named, shaped
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

    def work_of(self, job: ClaimedJob, *, is_begun: bool) -> Work:
        """What this job is to make, fixed on disk, its names reserved. One that `is_begun` may have
        pictures in the outbox: it goes by its saved plan or not at all. Raises JobError
        and its kinds, SetupError, OSError."""
        try:
            work = self._saved(job, is_begun=is_begun)
            if work is None:
                reader, ticket = self._preparer.reader, job.claim.ticket
                with reader.drafting(job.claim.job_file, is_picture=ticket.again):
                    work = self._planned(job.claim)
        except (HotfolderError, OSError):
            raise
        except Exception as error:  # neither a file's content nor old state may end the daemon
            raise unreadable(error) from error
        self._reservations.reserve((each.output for each in work.plan.pictures), job.number)
        return work

    def release(self, job: ClaimedJob) -> None:
        """Its names are free for others."""
        self._reservations.release(job.number)

    def _saved(self, job: ClaimedJob, *, is_begun: bool) -> Work | None:
        try:
            work = saved_work(job.claim)
            if work is None and is_begun:
                raise SpoiledError("plan.json is gone")
        except SpoiledError as error:
            if not is_begun:
                return None  # of another version, say; nothing of it is out yet: plan anew
            raise JobError(
                "This job's plan can't be read, and some of its pictures are already made.",
                why=f"Its plan was perhaps written by another version ({error.what}).",
                remedy="Drop the file again for a new set.",
            ) from error
        return work and replace(work, plan=self._preparer.at_home(work.plan))

    def _planned(self, claim: Claim) -> Work:
        ticket = claim.ticket
        lists = self._preparer.lists(ticket.folder_in_inbox)
        job = self._preparer.reader.job(
            claim.job_file,
            name=ticket.file,
            project=ticket.project,
            lies_in=ticket.folder_in_inbox,
            remake=ticket.said.remake,
            lists=lists,
        )
        origin = origin_of(self._preparer.reader.record(claim.job_file)) if ticket.again else None
        if origin is not None:
            job = replace(job, parent=ticket.parent or origin.job)
        elif job.parent is None:
            job = replace(job, parent=ticket.parent)
        plan = self._preparer.plan(
            job,
            number=claim.number,
            stem=ticket.file.rsplit(".", 1)[0] or ticket.file,
            project=project_of(
                ticket.project, origin.project if origin else "", ticket.said.remake
            ),
            lies_in=ticket.folder_in_inbox,
            draw_seed=self._draw_seed,
            taken=lambda name: self._reservations.taken(name, claim.number),
            lists=lists,
        )
        facts = Facts(
            prompt=job.sampling.prompt,
            model=self._preparer.models.name_for(job),
            id=job.id,
            priority=job.priority,
            parent=job.parent,
        )
        save(claim, work := Work(facts, plan))
        return work


def save(claim: Claim, work: Work) -> None:
    """Fix what a job is to make. Raises OSError."""
    body = {"facts": as_body(work.facts), "plan": plan_to_json(work.plan)}
    claim_files.save_plan(claim, json.dumps(body))


def saved_work(claim: Claim) -> Work | None:
    """What an earlier run fixed for this claim, its paths as they were then; None if it had not
    come so far. Raises SpoiledError for what is no plan of this job, or would lead out of the
    outbox; OSError."""
    saved, file = claim_files.load_plan(claim), claim.folder / "plan.json"
    if saved is None:
        return None
    if not isinstance(saved, dict) or not saved.keys() >= {"facts", "plan"}:
        raise SpoiledError(f"{named(file)}: it is no plan")
    facts = shaped(Facts, saved["facts"], file)
    try:
        plan = plan_from_json(saved["plan"])
    except ValueError as error:
        raise SpoiledError(f"{named(file)}: {error}") from None
    indices = [picture.render.index for picture in plan.pictures]
    if (
        plan.number != claim.number
        or indices != list(range(1, len(indices) + 1))
        or not all(_is_ours(picture, claim) for picture in plan.pictures)
    ):
        raise SpoiledError(f"{named(file)}: it is no plan of this job")
    return Work(facts, plan)


def _is_ours(picture: Picture, claim: Claim) -> bool:
    """Whether a picture of a plan is of this job and stays where pictures belong."""
    stage = PurePath(picture.render.stage).name
    is_staged = stage.lstrip("0").startswith(f"{claim.number}-") and stage.endswith(".png")
    return picture.render.job == claim.number and is_inside(picture.output) and is_staged

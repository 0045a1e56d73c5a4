"""The family of folders in which a picture is made again: what each makes of the job it is made of.

    again/   the same picture
    more/    the same job, another seed; of a picture one more take of it
    final/   the same picture, then enlarged and painted over: itself, larger

One rule for a picture, whose job is its record, and for a job file dropped there. Pure; where the
results go is decided here too.
"""

from __future__ import annotations

from dataclasses import replace

from daemon.jobfile.job import Job, JobHires
from daemon.plan.takes import another_take
from daemon.root.inbox_places import FINAL, MORE

MAX_SCALE = 4.0


def remade(job: Job, remake: str, final: JobHires, *, of_picture: bool, stem: str = "") -> Job:
    """The job that a file called `stem` in the folder `remake` stands for; `of_picture`: read out
    of one. `final` is the second pass of final/, which is no larger than the model allows."""
    if remake == MORE:
        return job.each(lambda row: _more(another_take(row, stem) if of_picture else row))
    if remake == FINAL:
        return job.each(
            lambda row: replace(
                row,
                hires=_larger(row, final),
                name=None if of_picture else row.name,
                id=None,
                made_with=None,
            )
        )
    return job


def project_of(place: str, origin: str, remake: str) -> str:
    """Where the results go: into the project of the picture's `origin`, else into that of the
    folder it was dropped in; what is final into a folder of its own there."""
    project = origin or place
    if remake != FINAL or project.split("/")[-1] == FINAL:
        return project
    return f"{project}/{FINAL}" if project else FINAL


def _more(job: Job) -> Job:
    return replace(job, seeds=None, count=job.pictures, id=None, made_with=None)


def _larger(job: Job, final: JobHires) -> JobHires:
    """A picture that was enlarged before becomes larger than it was."""
    before = job.hires.scale if job.hires else 1.0
    return replace(final, scale=min(before * final.scale, MAX_SCALE), fits=True)

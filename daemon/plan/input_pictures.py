"""The pictures a job names, wherever it names them: references and their masks, image, mask.

Pure. Finding and keeping them is the reader's business; here they are listed, and put back in
their places once they are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from daemon.protocol.render import KeptPicture, Reference

if TYPE_CHECKING:
    from daemon.jobfile.job import Job, JobReference


@dataclass(frozen=True, slots=True)
class Named:
    """A picture as a job names it; `what` it is to the job, for a sentence."""

    what: str
    image: str
    sha256: str | None
    key: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """The pictures of one job, kept."""

    references: tuple[Reference, ...]
    image: KeptPicture | None = None
    mask: KeptPicture | None = None


def named_pictures(job: Job) -> tuple[Named, ...]:
    """Every picture the job needs."""
    found = []
    for item in job.references:
        found.append(_reference(item))
        if item.mask:
            found.append(_mask_of(item))
    return (*found, *(one for one in (_image(job), _mask(job)) if one is not None))


def as_kept(job: Job, found: Mapping[Named, KeptPicture]) -> Kept:
    """The job's pictures in their places, once all of `named_pictures` are found."""
    references = tuple(
        Reference(
            found[_reference(item)].path,
            found[_reference(item)].sha256,
            item.scale,
            item.kind,
            item.model,
            item.start,
            item.end,
            found[_mask_of(item)] if item.mask else None,
        )
        for item in job.references
    )
    image, mask = _image(job), _mask(job)
    return Kept(references, found[image] if image else None, found[mask] if mask else None)


def _reference(item: JobReference) -> Named:
    return Named("reference", item.image, item.sha256, "image", item.line)


def _mask_of(item: JobReference) -> Named:
    return Named("mask", item.mask or "", item.mask_sha256, "mask", item.line)


def _image(job: Job) -> Named | None:
    if job.image is None:
        return None
    return Named("picture", job.image, job.image_sha256, "image", job.lines.get("image"))


def _mask(job: Job) -> Named | None:
    if job.image is None or job.mask is None:
        return None
    return Named("mask", job.mask, job.mask_sha256, "mask", job.lines.get("mask"))

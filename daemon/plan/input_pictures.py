"""The pictures of a job as its renders need them.

Pure. Which pictures a job names, the job says; finding and keeping them is the reader's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from daemon.protocol.render import ControlParams, InputPicture, KeptPicture

if TYPE_CHECKING:
    from daemon.jobfile.job import Job, NamedPicture


def as_inputs(job: Job, found: Mapping[NamedPicture, KeptPicture]) -> tuple[InputPicture, ...]:
    """The job's pictures, one for one, once all of `job.inputs` are found; a drawing is ready once
    it is cleaned, and a thumbnail's lines are."""
    return tuple(
        InputPicture(named.role, found[named], named.item, named.reference, _control(named))
        for named in job.inputs
    )


def _control(named: NamedPicture) -> ControlParams | None:
    control = named.control
    if control is not None and (named.clean or named.thumbnail):
        return replace(control, ready=True)
    return control

"""The pictures of a job as its renders need them.

Pure. Which pictures a job names, the job says; finding and keeping them is the reader's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from daemon.protocol.render import InputPicture, KeptPicture

if TYPE_CHECKING:
    from daemon.jobfile.job import Job, NamedPicture


def as_inputs(job: Job, found: Mapping[NamedPicture, KeptPicture]) -> tuple[InputPicture, ...]:
    """The job's pictures, one for one, once all of `job.inputs` are found."""
    return tuple(
        InputPicture(named.role, found[named], named.item, named.reference) for named in job.inputs
    )

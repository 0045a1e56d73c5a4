"""What a record says of how its picture was made, as far as that matters to making it again.

All else of `result` is not read. A person may have changed it: that says nothing, and is no error.
"""

from __future__ import annotations

from daemon.jobfile import tree
from daemon.jobfile.job import Job
from daemon.protocol.made_with import MadeWith


def made_with(record: tree.Table, job: Job) -> MadeWith | None:
    """What the picture of `job` was made with, if it was to be exact (`strict`), or came out so."""
    result = record.items.get("result")
    if not isinstance(result, tree.Table):
        return None
    said = {key: tree.plain(result.items[key]) for key in _READ if key in result.items}
    if not job.sampling.strict and said.get("exact") is not True:
        return None
    return MadeWith.read(said.get("device"), said.get("versions"))


_READ = ("exact", "device", "versions")

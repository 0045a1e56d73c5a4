"""A job that was read out of a picture, as YAML for a person to mend and drop.

Text in, text out; knows nothing of why it is needed.
"""

from __future__ import annotations

import json

from daemon.errors import JobError
from daemon.jobfile import tree
from daemon.jobfile.document import read_table
from daemon.jobfile.foreign import translated
from daemon.text.printable import one_line

_FIRST = ("prompt", "negative_prompt")


def draft(data: bytes) -> str:
    """The job in `data` (a picture's text, as JSON) as YAML, what was left aside as comments;
    empty if there is none to be read."""
    try:
        table = translated(read_table(data, "picture.json"))
    except JobError:
        return ""
    job = table.items.get("job") if "schema" in table.items else table
    if not isinstance(job, tree.Table):
        return ""
    said = {
        key: value for key, node in job.items.items() if (value := tree.plain(node)) is not None
    }
    if not said:
        return ""
    order = sorted(said, key=lambda key: _FIRST.index(key) if key in _FIRST else len(_FIRST))
    lines = [f"{key}: {json.dumps(said[key], ensure_ascii=False)}" for key in order]
    told = [f"# {one_line(warning, 200)}" for warning in table.warnings]
    return "\n".join(["# What the picture says, in the words of a job file.", *told, *lines]) + "\n"

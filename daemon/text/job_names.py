"""What a job is called where people read: its folder before its name, since every board has an 010.

Pure. Fields for programs keep the two apart.
"""

from __future__ import annotations

from daemon.text.printable import one_line

LONGEST = 60
"""Letters of each of the two."""


def job_name(name: str, project: str = "") -> str:
    """`ep01/010`; `010` of a job that lies in the inbox itself."""
    folder = f"{one_line(project, LONGEST)}/" if project else ""
    return f"{folder}{one_line(name, LONGEST)}"

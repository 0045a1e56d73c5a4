"""Whether the inbox is apart from what is made and kept: what is laid there must be no job again.

A link may lead any folder of a root anywhere, at any time. Opens nothing. Standard library only.
"""

from __future__ import annotations

import os

from daemon.root.layout import Layout

REMEDY = (
    "What is laid into one of them would be a job again, without end: let their links lead to two "
    "folders side by side."
)


def not_apart(layout: Layout) -> str | None:
    """What to say where links have led the inbox into what is made, finished or kept, or that into
    the inbox; None where all is well."""
    inbox = os.path.realpath(layout.inbox)
    for folder in (
        *(layout.outbox, layout.done, layout.failed, layout.boards, layout.state),
        layout.cast,
    ):
        other = os.path.realpath(folder)
        around = os.path.commonpath([inbox, other])
        # a cast may be kept in the inbox: its pictures are no jobs there
        if around == other or (around == inbox and folder != layout.cast):
            return f"{folder.name}/ and inbox/ are one folder, or one lies in the other."
    return None

"""What the folder says in which a file of the inbox lies: its project, its turn, and how a picture
there is made again.

One table of the special folders, and the one rule that reads them. Opens nothing. Standard library
only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from daemon.fs.naming import name_key

AGAIN, MORE, FINAL = "again", "more", "final"
REMAKES = (AGAIN, MORE, FINAL)
"""Folders in which a picture is a job: made again as it is, with a new seed, larger."""

URGENT, LATER = "urgent", "later"
TURNS = {URGENT: 1, LATER: -1}
"""Folders whose jobs go before all others, or after them, by how far."""

SPECIAL = (*REMAKES, *TURNS)
"""Folders at the top of the inbox that are no projects."""


@dataclass(frozen=True, slots=True)
class InboxPlace:
    """`project` is a/b or ""; `remake` one of REMAKES or ""; `turn` is 0 for most, higher goes
    first."""

    project: str = ""
    remake: str = ""
    turn: int = 0


@lru_cache(maxsize=512)
def place_of(folder: str) -> InboxPlace:
    """What `folder`, relative to the inbox (a/b or ""), says of the files in it: at its top
    `urgent` or `later`, then one of REMAKES, then the project. Anywhere else these are words."""
    parts = folder.split("/") if folder and folder != "." else []
    turn = TURNS[parts.pop(0)] if parts and parts[0] in TURNS else 0
    remake = parts.pop(0) if parts and parts[0] in REMAKES else ""
    return InboxPlace("/".join(parts), remake, turn)


def without_turn(inbox: Path, folder: Path) -> tuple[Path, ...]:
    """The project's own folder, of one that lies in urgent/ or later/: a job may have been moved
    there, and what it names not."""
    depth = len(inbox.parts)
    first, rest = folder.parts[depth : depth + 1], folder.parts[depth + 1 :]
    if folder.parts[:depth] == inbox.parts and first and first[0] in TURNS:
        return (inbox.joinpath(*rest),)
    return ()


def special_of(project: str) -> str:
    """The special folder that a project's own would be on a disk that minds no capitals, or does on
    any; "" for none."""
    key = name_key(project.partition("/")[0])
    return key if key in SPECIAL else ""


def is_special(folder: str) -> bool:
    """Whether `folder`, relative to the inbox, is the inbox itself or a special one: it is always
    there, and never a project's."""
    return not place_of(folder).project

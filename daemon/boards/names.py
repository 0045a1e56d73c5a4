"""The file names of a board's pictures: SHOT, SHOT-TAKE, and what varies in between.

Pure; which names are taken already, and which version a picture is, others know.
"""

from __future__ import annotations

from collections.abc import Sequence

from daemon.boards.board import Shot
from daemon.errors import JobError
from daemon.fs.live_picture import LIVE_NAME
from daemon.fs.naming import name_key
from daemon.inbox.candidates import is_project
from daemon.jobfile import tree
from daemon.plan.output_names import output_name, shot_name
from daemon.root.inbox_places import special_of
from daemon.root.our_page import PAGE

_FILES = (LIVE_NAME, PAGE)
"""Files of the outbox that come and go where the board's folder would lie."""


def picture_name(shot: str, label: str, number: int, *, of: int) -> str:
    """The name of take `number` of the `of` takes that a row, called `label`, has: 060, 060-2,
    pier-dawn-telephoto, pier-dawn-2."""
    head = shot_name(shot)
    stem = f"{head}-{label}" if label else head
    return output_name(stem if of == 1 else f"{stem}-{number}")


def head_of(shot: str, name: str) -> str:
    """With what of the shot's id the name of its picture begins; all of it where none does."""
    head = shot_name(shot)
    return next((one for one in (head, output_name(head)) if name.startswith(one)), name)


def refused_name(project: str) -> JobError | None:
    """Why no board may have this project, in which its jobs would wait."""
    if name_key(project) in _FILES:
        why = f"{name_key(project)} in the outbox is a file of Hotfolder's own."
    elif special := special_of(project):
        why = f"The folder {special}/ in the inbox has a meaning of its own"
        why += "." if project == special else ", and many disks don't tell capitals apart."
    elif not is_project(project):
        why = "A folder of that name in the inbox has a meaning of its own."
    else:
        return None
    return JobError(
        f"A board can't be called {project}.",
        why=why,
        remedy="Rename its folder, or write name: and another name at its top.",
    )


def twin_refused(called: str, folder: str) -> JobError:
    """Why a board that is `called` as one in another `folder` of `boards/` waits."""
    return JobError(
        f"There is another board called {called}: {folder}/.",
        why="Their pictures would lie in one folder.",
        remedy="Rename this folder, or write name: and another name at its top.",
    )


def check_names(shots: Sequence[Shot]) -> None:
    """Raises JobError for two pictures whose names would be one on some disk."""
    first: dict[str, tuple[Shot, str]] = {}
    for shot in shots:
        for take in shot.takes:
            other, name = first.setdefault(name_key(take.name), (shot, take.name))
            if other is not shot:
                raise _clash(other, shot, name, take.name)


def _clash(first: Shot, second: Shot, name: str, other: str) -> JobError:
    ids = tree.shown(first.id), tree.shown(second.id)
    names = name if name == other else f"{name} and {other}"
    return JobError(
        f"Shot {ids[0]} (line {first.line}) and shot {ids[1]} (line {second.line}) would have "
        f"pictures of one name: {tree.shown(names)}.",
        line=second.line,
        key=second.id,
        why="Names that differ in capitals, or in signs that no file name holds, are one on many "
        "disks; takes are numbered after a dash."
        if name != other or first.id != name
        else "Takes are numbered after a dash.",
        remedy="Give one of the shots another id.",
    )

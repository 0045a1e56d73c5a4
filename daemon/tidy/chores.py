"""What `tidy` can put away, each as a list of files.

Finds them; moves nothing.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from daemon.boards.made import MadeBefore
from daemon.export.gather import taken_pictures
from daemon.export.subject import Subject
from daemon.fs.naming import name_key
from daemon.page.places import HIDDEN
from daemon.plan.prepare import Preparer
from daemon.root.layout import Layout
from daemon.sandbox.client import Sandbox
from daemon.tidy.needed import NamedByJobs, contents_named, followed
from daemon.tidy.survey import files_below


def rejected(
    layout: Layout, boards: Sequence[Subject], preparer: Preparer, only: Subject | None
) -> list[Path]:
    """The pictures of shots whose board has picked another take, which is there; with their
    records, which come first. Of all `boards`, or of `only` that one. Pictures that a person had
    made again count for nothing here, and of boards that share a folder neither rejects any."""
    made = MadeBefore(layout)
    made.read_on()
    ended = (each for jobs in made.boards.values() for each in jobs.values())
    of_boards = {layout.outbox / each.image for each in ended if each.image}
    jobs = NamedByJobs(layout)
    shared = Counter(map(_key, boards))
    found = (
        picture
        for board in boards
        if (only is None or board.folder == only.folder) and shared[_key(board)] == 1
        for picture in _rejected(board, preparer)
        if picture in of_boards and not jobs.has(picture)
    )
    return [path for picture in found for path in _with_record(picture)]


def _key(subject: Subject) -> str:
    return name_key(subject.folder.name)


def _rejected(subject: Subject, preparer: Preparer) -> list[Path]:
    board, file = subject.board, subject.file
    if board is None or file is None:
        return []
    taken = taken_pictures(board, subject.folder, file, preparer)
    needed = followed(board, taken)
    found = []
    for shot in board.shots:
        picked = taken.of(shot, shot.takes[shot.pick - 1]) if shot.pick else None
        if picked is not None and picked.is_current:
            found += [each for each in taken.others(shot, picked.path) if each not in needed]
    return found


def _with_record(picture: Path) -> list[Path]:
    """A record without its picture would be an unfinished publication, so it goes first."""
    return [path for path in (picture.with_suffix(".json"), picture) if os.path.lexists(path)]


def unused_references(layout: Layout, sandbox: Sandbox) -> list[Path]:
    """Kept pictures that no record, job or board names. Only while no daemon runs. Raises OSError,
    StillLookingError."""
    kept = files_below(layout.references)
    named = contents_named(layout, sandbox)
    return [path for path in kept if path.name not in named]


def caches(layout: Layout) -> list[Path]:
    """What is made anew when it is missed: what encoders said, compiled code, the page and its
    small pictures. Only while no daemon runs."""
    below = [*_inside(layout.caches), *_inside(layout.outbox / HIDDEN)]
    return [path for path in below if path.name != "lock"]


def old_logs(layout: Layout) -> list[Path]:
    """Log files that are not written to any more."""
    current = (layout.log_file, layout.jsonl_file)
    return [path for path in _inside(layout.logs) if path not in current and path.is_file()]


def ended(folder: Path) -> list[Path]:
    """Job files that have ended, with their letters."""
    return [path for path in files_below(folder) if not path.name.startswith(".")]


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(folder / name for name in os.listdir(folder))
    except OSError:
        return []

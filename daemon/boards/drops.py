"""The jobs of boards that wait in the inbox: dropping one, finding those that lie there.

A job file of a board is an ordinary record (JSON, every picture by its content) that has the `id`
of its picture. What else lies in the folder is a person's and is never touched.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from daemon.boards.key import TakeId, id_read
from daemon.fs import atomic, naming
from daemon.fs.read import read_regular
from daemon.protocol.json_object import JsonObject
from daemon.root import drop_notes
from daemon.root.create import make_folder, open_folder
from daemon.root.inbox_places import LATER, URGENT
from daemon.root.layout import Layout

MOST = 1_000_000
"""Bytes of a job file that is looked into."""

SUFFIX = ".json"

_DRAFT = (".board-", ".tmp")
"""How the name of a job begins and ends while it is written; only one daemon writes at a time."""

Stamp = tuple[int, ...]

LOOKED_AT = (LATER, "", URGENT)
"""The turns of the inbox in the order in which they are looked at: what moves to an earlier turn
meanwhile is found twice, and never missed."""


class WaitingJobs:
    """The job files of boards in the inbox of `layout`; each is read once while it lies there."""

    def __init__(self, layout: Layout) -> None:
        self._inbox = layout.inbox
        self._read: dict[Path, dict[str, tuple[Stamp, TakeId | None]]] = {}

    def of(self, project: str) -> Iterator[tuple[TakeId, Path, Stamp]]:
        """Those in inbox/PROJECT, and in that folder of urgent/ and later/, each with how it looks.
        Raises OSError where one can't be listed."""
        for turn in LOOKED_AT:
            yield from self._in(self._inbox / turn / project)

    def _in(self, folder: Path) -> Iterator[tuple[TakeId, Path, Stamp]]:
        before, found = self._read.pop(folder, {}), dict[str, tuple[Stamp, TakeId | None]]()
        try:
            names = sorted(os.listdir(folder))
        except (FileNotFoundError, NotADirectoryError):
            return
        for name in names:
            if name.startswith(".") or not name.endswith(SUFFIX):
                continue
            path = folder / name
            try:
                looks = stamp_of(path)
                known = before.get(name)
                same = known is not None and known[0] == looks
                found[name] = known if known and same else (looks, id_of_file(path))
            except FileNotFoundError:
                continue
            if (one := found[name][1]) is not None:
                yield one, path, looks
        self._read[folder] = found


def stamp_of(path: Path) -> Stamp:
    """How a waiting file looks; another once it was changed or replaced. Raises FileNotFoundError,
    OSError."""
    facts = os.lstat(path)
    return facts.st_ino, facts.st_size, facts.st_mtime_ns


class Drops:
    """Lays the jobs of boards into the inbox of `layout`."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def sweep(self, project: str) -> None:
        """Take away what a daemon that was killed while it dropped has left in inbox/PROJECT, and
        in that folder of the other turns. Raises OSError."""
        for turn in LOOKED_AT:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                folder = self._layout.inbox / turn / project
                for name in os.listdir(folder):
                    if name.startswith(_DRAFT[0]) and name.endswith(_DRAFT[1]):
                        (folder / name).unlink(missing_ok=True)

    def holds(self, project: str, name: str, one: str) -> bool:
        """Whether the job of this picture waits under that name, in whichever turn."""
        places = (self._layout.inbox / turn / project / (name + SUFFIX) for turn in LOOKED_AT)
        return any(os.path.lexists(each) and _is(each, one) for each in places)

    def drop(self, project: str, name: str, body: str, *, parent: int | None, first: bool) -> Path:
        """Lay the job of a picture, whose file is `body`, into inbox/PROJECT, or into that folder
        of urgent/ if it goes `first`; returns where it lies. `parent` is the job it is to be made
        again after. Raises OSError."""
        folder = self._layout.inbox / (URGENT if first else "") / project
        make_folder(self._layout, folder)
        draft = folder / f"{_DRAFT[0]}{time.monotonic_ns():x}{_DRAFT[1]}"
        return drop_notes.drop_text(self._layout, draft, folder, name + SUFFIX, body, parent)

    def clear(self, image: str) -> None:
        """The record of a picture that is no longer there goes to done/, so that the one to come
        may have its name. Raises OSError."""
        picture = self._layout.outbox / image
        record = picture.with_suffix(SUFFIX)
        if not image or os.path.lexists(picture) or not record.is_file():
            return
        folder = open_folder(self._layout, self._layout.done / PurePosixPath(image).parent)
        with contextlib.suppress(FileNotFoundError, FileExistsError):
            atomic.move_new(record, naming.free_name(folder, record.name))


def body_of(job: JsonObject) -> str:
    """The file of a job that is a record."""
    return json.dumps({"schema": 1, "job": job}, indent=1, ensure_ascii=False)


def _is(path: Path, one: str) -> bool:
    try:
        return str(id_of_file(path)) == one
    except FileNotFoundError:
        return False


def id_of_file(path: Path) -> TakeId | None:
    """The picture whose job a file is; None of any other file. Raises FileNotFoundError."""
    try:
        content = json.loads(read_regular(path, limit=MOST))
    except FileNotFoundError:
        raise
    except (OSError, ValueError, RecursionError):
        return None
    job = content.get("job") if isinstance(content, Mapping) else None
    said = job.get("id") if isinstance(job, Mapping) else None
    return id_read(said) if isinstance(said, str) else None

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
from daemon.root.inbox_places import TURNS, URGENT
from daemon.root.layout import Layout

MOST = 1_000_000
"""Bytes of a job file that is looked into."""

SUFFIX = ".json"

_DRAFT = (".board-", ".tmp")
"""How the name of a job begins and ends while it is written; only one daemon writes at a time."""

_Stamp = tuple[int, int, int]


class Drops:
    """The job files of boards in the inbox of `layout`; each is read once."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._read: dict[Path, tuple[_Stamp, TakeId | None]] = {}

    def waiting(self, project: str) -> Iterator[tuple[TakeId, Path]]:
        """Those in inbox/PROJECT, and in that folder of urgent/ and later/. Raises OSError where
        one can't be listed."""
        for turn in ("", *TURNS):
            yield from self._waiting_in(self._layout.inbox / turn / project)

    def _waiting_in(self, folder: Path) -> Iterator[tuple[TakeId, Path]]:
        try:
            with os.scandir(folder) as found:
                entries = [each for each in found if each.name.endswith((SUFFIX, _DRAFT[1]))]
        except (FileNotFoundError, NotADirectoryError):
            return
        for entry in sorted(entries, key=lambda each: each.name):
            path = folder / entry.name
            if entry.name.startswith(_DRAFT[0]) and entry.name.endswith(_DRAFT[1]):
                path.unlink(missing_ok=True)  # of a daemon that was killed while it dropped
                continue
            if not entry.name.startswith(".") and (one := self._id(path)) is not None:
                yield one, path

    def drop(
        self, project: str, name: str, job: JsonObject, *, parent: int | None, first: bool
    ) -> Path:
        """Lay the job of a picture into inbox/PROJECT, or into that folder of urgent/ if it goes
        `first`; returns where it lies. `parent` is the job it is to be made again after. Raises
        OSError."""
        folder = self._folder(project, first=first)
        make_folder(self._layout, folder)
        data = json.dumps({"schema": 1, "job": job}, indent=1, ensure_ascii=False)
        draft = folder / f"{_DRAFT[0]}{time.monotonic_ns():x}{_DRAFT[1]}"
        # synced, or a power cut leaves an empty file, which nobody could tell from a person's
        atomic.write_new(draft, data.encode("utf-8", "replace"))
        try:
            return drop_notes.drop(self._layout, draft, folder, name + SUFFIX, parent)
        finally:
            draft.unlink(missing_ok=True)

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

    def _folder(self, project: str, *, first: bool) -> Path:
        return self._layout.inbox / (URGENT if first else "") / project

    def _id(self, path: Path) -> TakeId | None:
        try:
            facts = os.lstat(path)
            stamp = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
            if path not in self._read or self._read[path][0] != stamp:
                self._read[path] = stamp, id_of_file(path)
        except FileNotFoundError:
            return None
        return self._read[path][1]


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

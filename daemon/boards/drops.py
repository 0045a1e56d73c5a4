"""The jobs of boards that wait in the inbox: dropping one, finding those that lie there.

A job file of a board is an ordinary record (JSON, every picture by its content) that has the `id`
of its picture. What else lies in the folder is a person's and is never touched.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from daemon.boards.key import TakeId, id_read
from daemon.fs import atomic
from daemon.fs.read import read_regular
from daemon.protocol.json_object import JsonObject
from daemon.root import drop_notes
from daemon.root.create import make_folder
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
        """Those in inbox/PROJECT. Raises OSError where the folder can't be listed."""
        folder = self._layout.inbox / project
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

    def drop(self, one: TakeId, project: str, name: str, job: JsonObject, board: object) -> Path:
        """Lay the job of a picture into inbox/PROJECT; returns where it lies. Raises OSError."""
        folder = self._layout.inbox / project
        make_folder(self._layout, folder)
        block = {**job, "id": str(one), "name": name, "board": board}
        data = json.dumps({"schema": 1, "job": block}, indent=1, ensure_ascii=False)
        draft = folder / f"{_DRAFT[0]}{time.monotonic_ns():x}{_DRAFT[1]}"
        # synced, or a power cut leaves an empty file, which nobody could tell from a person's
        atomic.write_new(draft, data.encode("utf-8", "replace"))
        try:
            return drop_notes.drop(self._layout, draft, folder, name + SUFFIX, None)
        finally:
            draft.unlink(missing_ok=True)

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

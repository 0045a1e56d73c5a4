"""What a living board wants, written down for whoever shows it: shots, takes, characters.

A file a board in `.hotfolder/caches/boards/`, replaced when the board is read anew; whether a take
is made yet, the journal says. Losing it costs the order of a page until the next save or start.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from daemon.boards.board import Board
from daemon.boards.key import TakeId
from daemon.boards.wanted import Picture
from daemon.fs import atomic
from daemon.fs.naming import name_key
from daemon.fs.read import read_regular
from daemon.protocol.json_object import JsonObject
from daemon.root.layout import AGAIN_SUFFIXES, Layout

FOLDER = "boards"
MOST = 50_000_000
"""Bytes of such a file."""


class ShownBoards:
    """Those of one root; one writer."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._told: dict[str, object] = {}

    def tell(
        self, project: str, board: Board, folder: Path, pictures: Mapping[TakeId, Picture]
    ) -> None:
        """What `board`, which lies in `folder`, wants now; written once for each reading of it."""
        if self._told.get(project) is pictures:
            return
        told = _told(project, board, _looks(board, folder, self._layout.cast), pictures)
        data = json.dumps(told).encode("ascii")
        if atomic.write_cache(place(self._layout, project), data):
            self._told[project] = pictures

    def only(self, projects: Collection[str]) -> None:
        """Forget boards that are no more."""
        for project in self._told.keys() - set(projects):
            del self._told[project]
            with contextlib.suppress(OSError):
                place(self._layout, project).unlink()


def place(layout: Layout, project: str) -> Path:
    """Where the board whose pictures go to outbox/PROJECT is written down."""
    name = hashlib.sha256(os.fsencode(name_key(project))).hexdigest()[:20]
    return layout.caches / FOLDER / f"{name}.json"


def read_shown(layout: Layout) -> Iterator[JsonObject]:
    """Every board that is written down; what can't be read is passed over."""
    with contextlib.suppress(OSError):
        for file in sorted((layout.caches / FOLDER).iterdir()):
            with contextlib.suppress(OSError, ValueError, RecursionError):
                found = json.loads(read_regular(file, limit=MOST))
                if isinstance(found, dict) and isinstance(found.get("project"), str):
                    yield found


def _told(
    project: str, board: Board, looks: Mapping[str, str], pictures: Mapping[TakeId, Picture]
) -> JsonObject:
    takes: dict[str, list[JsonObject]] = {}
    for one, picture in pictures.items():
        take = picture.take
        job = take.job
        said = {
            "id": str(one),
            "key": one.key,
            "take": take.number,
            "label": take.label,
            "prompt": job.sampling.prompt,
            "seed": job.seeds[0] if job.seeds else None,
            "shape": job.aspect or (job.width, job.height),
        }
        takes.setdefault(picture.shot.id, []).append(said)
    names = dict.fromkeys(name for shot in board.shots for name in shot.who)
    return {
        "project": project,
        "board": board.name,
        "told": dict(board.told),
        "cast": [{"name": name, "look": looks.get(name, "")} for name in names],
        "shots": [
            {
                "shot": shot.id,
                "written": shot.written,
                "told": dict(shot.told),
                "who": list(shot.who),
                "pick": shot.pick,
                "takes": takes.get(shot.id, []),
            }
            for shot in board.shots
        ],
    }


def _looks(board: Board, folder: Path, library: Path) -> dict[str, str]:
    """A picture of each character: the one that is followed in exactly the shots where they are."""
    where: dict[tuple[str, bool], set[str]] = {}
    present: dict[str, set[str]] = {}
    for shot in board.shots:
        for name in shot.who:
            present.setdefault(name, set()).add(shot.id)
        for one in shot.takes[0].job.references if shot.who and shot.takes else ():
            where.setdefault((one.image, one.of_library), set()).add(shot.id)
    looks: dict[str, str] = {}
    taken: set[tuple[str, bool]] = set()
    for name, shots in present.items():
        own = [each for each, there in where.items() if there == shots and each not in taken]
        for image, of_library in own[:1]:
            taken.add((image, of_library))
            looks[name] = _file_of((library if of_library else folder) / image)
    return looks


def _file_of(path: Path) -> str:
    """The picture, or the first one in a folder of them; "" where there is none."""
    with contextlib.suppress(OSError, ValueError):
        if path.is_dir():
            names = sorted(each.name for each in path.iterdir() if not each.name.startswith("."))
            pictures = [name for name in names if name.lower().endswith(AGAIN_SUFFIXES)]
            return str(path / pictures[0]) if pictures else ""
        return str(path) if path.is_file() else ""
    return ""

"""What a board's page shows beyond the board's account: captions, prompts, characters.

Made with the account and written beside it, in the same order; read back joined with it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from daemon.boards.account import Account, WantedShot, read_pages
from daemon.boards.board import Board
from daemon.boards.ends import id_parts
from daemon.boards.folder import UNKNOWN, place_of
from daemon.boards.key import TakeId
from daemon.boards.wanted import Picture
from daemon.protocol.json_object import JsonObject
from daemon.root.layout import AGAIN_SUFFIXES, Layout

_OF_TAKE = ("take", "label", "prompt", "seed", "shape", "style")
"""What is told of a take; an older daemon wrote less."""


def page_of(
    board: Board, folder: Path, library: Path, pictures: Mapping[TakeId, Picture]
) -> JsonObject:
    """What the page of a board that lies in `folder` shows, but for what its account says; shots
    and takes in the order of that. `library` is the root's cast."""
    takes: dict[str, list[Sequence[object]]] = {}
    for picture in pictures.values():
        take, job = picture.take, picture.take.job
        seed = job.seeds[0] if job.seeds else None
        shape = job.aspect or (job.width, job.height)
        told = (take.number, take.label, job.sampling.prompt, seed, shape, job.style)
        takes.setdefault(picture.shot.id, []).append(told)
    names = dict.fromkeys(name for shot in board.shots for name in shot.who)
    looks = _looks(board, folder, library)
    return {
        "told": dict(board.told),
        "cast": [{"name": name, "look": looks.get(name, "")} for name in names],
        "shots": {
            shot.id: {
                "written": shot.written,
                "told": dict(shot.told),
                "who": list(shot.who),
                "pick": shot.pick,
                "takes": takes.get(shot.id, []),
            }
            for shot in board.shots
        },
    }


def read_shown(layout: Layout) -> Iterator[JsonObject]:
    """Every board that is written down and still lies there, as its page has it."""
    for account, page in read_pages(layout):
        place = place_of(layout.boards / account.folder)
        if place.file is not None or place.others == UNKNOWN:
            with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
                yield _joined(account, page)


def _joined(account: Account, page: JsonObject) -> JsonObject:
    return {
        "folder": account.folder,
        "project": account.project,
        "board": account.board,
        "looks": account.looks,
        "told": page["told"],
        "cast": page["cast"],
        "shots": [_shot(shot, page["shots"][shot.id]) for shot in account.shots],
    }


def _shot(shot: WantedShot, told: JsonObject) -> JsonObject:
    takes = []
    for take, more in zip(shot.takes, told["takes"], strict=True):
        parts = id_parts(take.id)
        key = {"id": take.id, "key": parts[-1] if parts else "", "lacks": take.lacks}
        takes.append(key | dict(zip(_OF_TAKE, more, strict=False)))
    return {**told, "shot": shot.id, "takes": takes}


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

"""Which picture of the outbox is which take of a board, told by the pictures' own records.

A record names its board, shot and key, so that a picture is found whatever it is called by now; one
that was deleted is none. Reads records, writes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from daemon.boards.board import Shot, Take
from daemon.boards.key import TakeId
from daemon.boards.versions import versioned
from daemon.boards.wanted import Picture
from daemon.protocol.json_object import JsonObject
from daemon.records.record_file import record_beside
from daemon.root.inbox_places import FINAL

PICTURE = ".png"


@dataclass(frozen=True, slots=True)
class RecordedPicture:
    """A picture at `path` that its record says is of a board's `shot`, in this `version` of it and
    with this `key`; `is_final` if it is the larger one of another."""

    path: Path
    shot: str
    version: int
    key: str
    seed: object
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The picture of a take; not `is_current` if the board asks for another by now, which is not
    there (yet)."""

    path: Path
    is_current: bool = True


def recorded_pictures(folder: Path, board: str) -> list[RecordedPicture]:
    """Every picture below the outbox's `folder` whose record says that it is of `board`."""
    pictures = map(_recorded, pictures_below(folder))
    return [each for each, of in filter(None, pictures) if of == board]


def pictures_below(folder: Path) -> Iterator[Path]:
    """Every picture in `folder` and below, hidden folders left out, in the order of their names."""
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(PICTURE) and not name.startswith("."):
                yield Path(at, name)


def _recorded(path: Path) -> tuple[RecordedPicture, str] | None:
    record: JsonObject = record_beside(path)
    about = record["job"].get("board") if record else None
    if not isinstance(about, dict):
        return None
    version = about.get("version")
    found = RecordedPicture(
        path,
        shot=str(about.get("shot")),
        version=version if isinstance(version, int) else 1,
        key=str(about.get("key")),
        seed=record["result"].get("seed"),
        is_final=path.parent.name == FINAL,
    )
    return found, str(about.get("board"))


class TakenPictures:
    """The pictures of one board's takes, among those `recorded`. `wanted` is what the board asks
    for by id; without it, or of what lacks something (a picture of the cast, say), names tell."""

    def __init__(
        self, recorded: Sequence[RecordedPicture], wanted: Mapping[TakeId, Picture]
    ) -> None:
        told = {one: each for one, each in wanted.items() if each.lack is None}
        self._keys = {(each.shot.id, each.take.name): one.key for one, each in told.items()}
        self._of_shot: dict[str, list[RecordedPicture]] = {}
        for each in recorded:
            self._of_shot.setdefault(each.shot, []).append(each)

    def of(self, shot: Shot, take: Take, *, final: bool = False) -> Found | None:
        """The picture of `take`, the larger one if `final` ones are asked for and it is there."""
        known = self._of_shot.get(shot.id, [])
        key = self._keys.get((shot.id, take.name))
        seed = take.job.seeds[0] if take.job.seeds else None
        same = [each for each in known if each.key == key and each.seed == seed]
        if found := _best(same, shot, take, final=final):
            return Found(found.path)
        named = [each for each in known if _is_named(each, shot, take)]
        found = _best(named, shot, take, final=final)
        return Found(found.path, is_current=key is None) if found else None

    def others(self, shot: Shot, chosen: Path) -> list[Path]:
        """Every picture of `shot` but `chosen`, those of earlier versions too; none that is
        final."""
        known = self._of_shot.get(shot.id, [])
        return [each.path for each in known if each.path != chosen and not each.is_final]


def _best(
    among: Sequence[RecordedPicture], shot: Shot, take: Take, *, final: bool
) -> RecordedPicture | None:
    ranked = sorted(
        (each for each in among if final or not each.is_final),
        key=lambda each: (each.is_final, each.version, _is_named(each, shot, take)),
    )
    return ranked[-1] if ranked else None


def _is_named(each: RecordedPicture, shot: Shot, take: Take) -> bool:
    """Whether it is called as the board calls this take, in its version."""
    return each.path.stem == versioned(shot.id, take.name, each.version)

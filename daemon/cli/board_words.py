"""Which pictures of a board a word after its name means.

060 is a shot, 060-2 a picture as its file is called or the second take of that shot, the beginning
of several names all of them, and a pattern all that it fits. Pure. Standard library only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from daemon.boards.folder import Place
from daemon.boards.progress import Progress, ShotNow, Stage, TakeNow
from daemon.root.layout import AGAIN_SUFFIXES
from daemon.root.own_command import typed

_TAKE = re.compile(r"(.+)-([1-9][0-9]{0,3})", re.DOTALL)


def is_pattern(text: str) -> bool:
    """Whether it may fit several names."""
    return any(sign in text for sign in "*?[")


@dataclass(frozen=True, slots=True)
class SeenBoard:
    """A board now. `progress` is None where nobody could read it yet; `reason` says what keeps it
    from being what its file says: it is being read, or a mistake (`is_wrong`)."""

    place: Place
    progress: Progress | None
    reason: str = ""
    is_wrong: bool = False

    @property
    def folder(self) -> str:
        return self.place.folder.name

    @property
    def name(self) -> str:
        """What it is called in inbox and outbox."""
        return self.progress.account.project if self.progress else self.folder


@dataclass(frozen=True, slots=True)
class Chosen:
    """The pictures of a board that a word means; `label` is that word as we say it."""

    board: SeenBoard
    label: str
    shots: tuple[ShotNow, ...]
    is_whole: bool = False
    is_exact: bool = False
    """One picture was named, and no other."""
    several: tuple[str, ...] = ()
    """The labels of several such words, of which `label` is all."""

    @property
    def takes(self) -> Iterator[TakeNow]:
        for shot in self.shots:
            yield from shot.takes

    @property
    def typed(self) -> str:
        """As it is typed in a shell."""
        return " ".join(map(typed, self.several or (self.label,)))

    @property
    def is_bad(self) -> bool:
        """Whether a person has to mend something."""
        bad = (Stage.FAILED, Stage.LACKING)
        return self.board.is_wrong or any(take.stage in bad for take in self.takes)

    def name_of(self, take: TakeNow) -> str:
        """What a picture is called in sentences."""
        return f"{self.board.name}/{take.take.name}"


def merged(found: Iterable[Chosen]) -> list[Chosen]:
    """Each board once, with all that several words mean of it."""
    by_board: dict[str, list[Chosen]] = {}
    for chosen in found:
        by_board.setdefault(chosen.board.folder, []).append(chosen)
    return [_union(each) for each in by_board.values()]


def _union(found: Sequence[Chosen]) -> Chosen:
    whole = next((chosen for chosen in found if chosen.is_whole), None)
    if whole is not None or len(found) == 1:
        return whole or found[0]
    board, ids = found[0].board, {take.take.id for chosen in found for take in chosen.takes}
    assert board.progress is not None
    shots = _shots(board.progress, [take for take in board.progress.takes if take.take.id in ids])
    labels = tuple(dict.fromkeys(chosen.label for chosen in found))
    is_exact = all(chosen.is_exact for chosen in found)
    return Chosen(board, " ".join(labels), shots, is_exact=is_exact, several=labels)


def of_board(board: SeenBoard, progress: Progress, rest: str) -> Chosen | None:
    """The shot, the picture, the row of pictures or the pattern that `rest` is, in this order."""
    label = f"{board.name}/{rest}"
    stem = _without_ending(rest)
    for fold in (str, str.casefold):
        wanted = fold(stem)
        for shot in progress.shots:
            if fold(shot.shot.id) == wanted:
                return Chosen(board, f"{board.name}/{shot.shot.id}", (shot,))
        named = _shots(progress, [t for t in progress.takes if fold(t.take.name) == wanted])
        plain = [t for t in progress.takes if fold(t.take.plain) == wanted]
        named = named or _shots(progress, plain)
        named = named or _numbered(progress, wanted, fold is str)
        if named:
            return Chosen(board, label, named, is_exact=True)
        row = [t for t in progress.takes if fold(t.take.plain).startswith(f"{wanted}-")]
        if row:
            return Chosen(board, label, _shots(progress, row))
    if is_pattern(rest):
        return _like(board, progress, rest)
    return None


def _numbered(progress: Progress, wanted: str, exact: bool) -> tuple[ShotNow, ...]:
    """Take N of a shot, however its pictures are called."""
    found = _TAKE.fullmatch(wanted)
    for shot in progress.shots if found else ():
        name = shot.shot.id if exact else shot.shot.id.casefold()
        if found and name == found[1] and int(found[2]) <= len(shot.takes):
            return (ShotNow(shot.shot, (shot.takes[int(found[2]) - 1],)),)
    return ()


def _like(board: SeenBoard, progress: Progress, pattern: str) -> Chosen | None:
    shots = []
    for shot in progress.shots:
        is_all = fnmatchcase(shot.shot.id, pattern)
        takes = [t for t in shot.takes if is_all or fnmatchcase(t.take.name, pattern)]
        if takes:
            shots.append(ShotNow(shot.shot, tuple(takes)))
    return Chosen(board, f"{board.name}/{pattern}", tuple(shots)) if shots else None


def _shots(progress: Progress, takes: Sequence[TakeNow]) -> tuple[ShotNow, ...]:
    """The shots of these takes, with no others."""
    ids = {take.take.id for take in takes}
    found = []
    for shot in progress.shots if ids else ():
        kept = tuple(take for take in shot.takes if take.take.id in ids)
        if kept:
            found.append(ShotNow(shot.shot, kept))
    return tuple(found)


def _without_ending(name: str) -> str:
    stem, ending = os.path.splitext(name)  # noqa: PTH122 (of a text, not of a file)
    return stem if ending.lower() in (*AGAIN_SUFFIXES, ".json") else name

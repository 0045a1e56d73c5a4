"""Writes a board's account, as `account` has it: of a living board, or of one read for the purpose.

Knows what a board wants and what was made; asks nobody what is going on now.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from daemon.boards.account import (
    Account,
    WantedShot,
    WantedTake,
    looks_of_settings,
    sweep,
    write_account,
)
from daemon.boards.board import Board, Shot
from daemon.boards.board_file import BoardReader
from daemon.boards.ends import Made
from daemon.boards.folder import Place, looks_of
from daemon.boards.key import TakeId, board_in_ids
from daemon.boards.made import MadeBefore
from daemon.boards.pictured import PICTURE
from daemon.boards.reconcile import Known
from daemon.boards.shown import page_of
from daemon.boards.versions import Versions
from daemon.boards.wanted import Picture, pictures_of
from daemon.plan.model_choice import ModelChoice
from daemon.plan.output_names import output_name
from daemon.plan.prepare import Preparer
from daemon.records.record_file import record_beside
from daemon.root.layout import Layout
from daemon.settings import Settings
from daemon.text.printable import one_line
from daemon.worker.pace import Pass

Names = Mapping[TakeId, str]

WORDS = 60
"""Letters of a prompt that are shown."""

LACKING = 200
"""Letters of what a picture lacks."""

MOST_STRANGE = 200
"""Records that are read to tell a board's own pictures from others of such names."""

READ_ON = 100_000
"""Bytes that the journal may have grown by until an account is written anew: whoever reads it reads
them, too."""


@dataclass(frozen=True, slots=True)
class Started:
    """What a daemon was started with instead of the settings' engine and model, "" if it was not,
    and how the settings looked: they decide which pictures a board wants."""

    engine: str = ""
    model: str = ""
    settings: str = ""


@dataclass(frozen=True, slots=True)
class _Written:
    pictures: dict[TakeId, Picture]
    place: int


class Bookkeeper:
    """Keeps the accounts of one root's living boards."""

    def __init__(
        self, layout: Layout, models: ModelChoice, made: MadeBefore, started: Started
    ) -> None:
        self._layout = layout
        self._models = models
        self._made = made
        self._started = started
        self._written: dict[str, _Written] = {}

    def are_kept(self, folder: Path, pictures: dict[TakeId, Picture]) -> bool:
        """Whether what the board in `folder` wants is written down already."""
        before = self._written.get(folder.name)
        if before is None or before.pictures is not pictures:
            return False
        return 0 <= self._made.place - before.place < READ_ON

    def keep(
        self,
        folder: Path,
        looks: str,
        board: Board,
        pictures: dict[TakeId, Picture],
        names: Names,
    ) -> None:
        """Write down what the board in `folder` wants, which was read when its files looked like
        `looks`, if that is not what is written already."""
        if self.are_kept(folder, pictures):
            return
        made, started = self._made, self._started
        account = account_of(board, pictures, names, made, self._models, folder.name, looks)
        account = replace(
            account, settings=started.settings, engine=started.engine, model=started.model
        )
        page = page_of(board, folder, self._layout.cast, pictures)
        if write_account(self._layout, account, page):
            self._written[folder.name] = _Written(pictures, made.place)

    def forget_others(self, folders: Collection[str]) -> None:
        """Boards that are no more: all but those in `folders`."""
        for folder in self._written.keys() - set(folders):
            del self._written[folder]
        sweep(self._layout, folders)


def names_of(
    layout: Layout, board: Board, pictures: Mapping[TakeId, Picture], known: Names
) -> dict[TakeId, tuple[str, int]]:
    """What each picture of a board is called, and of which version that is, where those that are
    `known` have their names. What lacks something is called as the board calls it until it can be
    told."""
    others = _others(layout.outbox / output_name(board.name), pictures, known)
    versions, names = Versions(known, others), {}
    for one, each in pictures.items():
        if each.lack is None:
            names[one] = versions.name(one, each.shot.id, each.take.name, each.take.label)
        else:
            names[one] = each.take.name, 1
    return names


def _others(folder: Path, pictures: Mapping[TakeId, Picture], known: Names) -> list[str]:
    """The names of pictures in the board's folder of the outbox that it never asked for. One of its
    own that was made this moment is known by its record."""
    try:
        lying = {name[: -len(PICTURE)] for name in os.listdir(folder) if name.endswith(PICTURE)}
    except OSError:
        return []
    strange = sorted(lying - set(known.values()))[:MOST_STRANGE]
    keys = {one.key for one in pictures} if strange else set()
    return [name for name in strange if _key_in(folder / f"{name}{PICTURE}") not in keys]


def _key_in(picture: Path) -> object:
    """By which the board knows it, as its record says."""
    record = record_beside(picture)
    about = record["job"].get("board") if record else None
    return about.get("key") if isinstance(about, dict) else None


def account_of(
    board: Board, pictures: Mapping[TakeId, Picture], names: Names, made: MadeBefore,
    models: ModelChoice, folder: str, looks: str,
) -> Account:  # fmt: skip
    """What a board wants, and how much of it had ended when `made` was read."""
    shots: dict[str, list[WantedTake]] = {}
    facts: dict[str, tuple[Shot, str]] = {}
    costs: dict[tuple[str, str], tuple[Pass, ...]] = {}
    for one, picture in pictures.items():
        shot, take = picture.shot, picture.take
        row = shot.id, take.label  # whose takes differ in their seed alone
        if row not in costs:
            costs[row] = _passes(picture, models)
        ended = made.of(one.board).get(one)
        shots.setdefault(shot.id, []).append(
            WantedTake(str(one), names[one], take.name, costs[row], ended, _lacks(picture))
        )
        facts[shot.id] = shot, str(picture.follows or "")
    return Account(
        folder=folder,
        board=board.name,
        project=output_name(board.name),
        looks=looks,
        shots=tuple(_shot(*facts[name], tuple(takes)) for name, takes in shots.items()),
        inode=made.inode,
        place=made.place,
        withdrawn=_withdrawn(pictures, made.of(board_in_ids(board.name))),
    )


def _shot(shot: Shot, needs: str, takes: tuple[WantedTake, ...]) -> WantedShot:
    words = one_line(shot.written, WORDS)
    return WantedShot(shot.id, words, takes, shot.follows.shot if shot.follows else "", needs)


def _lacks(picture: Picture) -> str:
    """What it lacks itself: one that follows another says so already."""
    lack = picture.lack
    return one_line(lack.error.what, LACKING) if lack and lack.shot == picture.shot.id else ""


def _passes(picture: Picture, models: ModelChoice) -> tuple[Pass, ...]:
    job, follow = picture.take.job, picture.shot.follows
    if follow is not None and follow.paints_over:
        job = replace(job, image="x", strength=follow.strength)
    return models.passes_of(job)


def _withdrawn(pictures: Mapping[TakeId, Picture], made: Mapping[TakeId, Made]) -> int:
    return sum(each.state is Known.WITHDRAWN and one not in pictures for one, each in made.items())


def read_now(layout: Layout, settings: Settings, place: Place, started: Started) -> Account:
    """The account of a board as nobody has written it down yet, read where it lies, for a daemon
    that is `started` so. Raises JobError and its kinds, SetupError, OSError."""
    assert place.file is not None
    engine, model = started.engine or settings.engine, started.model or None
    preparer = Preparer(layout, settings, engine=engine, model=model)
    looks = looks_of(layout, place)
    board = BoardReader(layout, settings, preparer.models).board(place.file)
    pictures, made = pictures_of(board, place.folder, preparer), MadeBefore(layout)
    made.read_on()
    name = board_in_ids(board.name)
    known = {one: each.name for one, each in made.of(name).items()}
    names = {one: name for one, (name, _) in names_of(layout, board, pictures, known).items()}
    account = account_of(board, pictures, names, made, preparer.models, place.folder.name, looks)
    now = looks_of_settings(layout)
    return replace(account, settings=now, engine=started.engine, model=started.model)

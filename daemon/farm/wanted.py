"""The pictures that a board, or a job, asks for here, each with a key of all that decides it.

A job is taken for a board of one shot, whose takes are its pictures: what it leaves to chance is
drawn from its name, so that the same command means the same pictures tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from daemon.boards.board import Board, Shot, Take
from daemon.boards.key import TakeId
from daemon.boards.takes import seed_of
from daemon.boards.wanted import Picture, job_of, pictures_of
from daemon.jobfile import Job
from daemon.plan.output_names import output_name
from daemon.plan.prepare import Preparer
from daemon.protocol.json_object import JsonObject

_OF_BOARDS = ("board", "shot", "takes", "row", "version", "prompt", "follows")
"""What the record of a picture says of its board; that of a job has none."""


@dataclass(frozen=True, slots=True)
class Ask:
    """`board` holds the shots that are asked for and those that they follow; the `chosen` are to be
    rendered, into the folder `place` below that of the results, "" for that itself. What it names
    is looked for in `folder`. `is_job`: it is no board."""

    board: Board
    chosen: frozenset[str]
    folder: Path
    place: str
    is_job: bool = False


@dataclass(frozen=True, slots=True)
class WantedPicture:
    """A picture that is asked for, or (`is_chosen` False) that one which is asked for follows."""

    picture: Picture
    ask: Ask

    @property
    def id(self) -> TakeId:
        return self.picture.id

    @property
    def key(self) -> str:
        return self.picture.id.key

    @property
    def is_chosen(self) -> bool:
        return self.picture.shot.id in self.ask.chosen

    @property
    def label(self) -> str:
        """What it is called where it is spoken of: ep03/060-2."""
        return "/".join(filter(None, (self.ask.place, self.picture.take.name)))

    def body(
        self, name: str, version: int, preparer: Preparer, followed: tuple[str, str] | None
    ) -> JsonObject:
        """The record that makes it; `followed` is (name, sha256) of the kept picture it follows.
        Raises what `Preparer.plan` raises."""
        block, about = job_of(
            self.picture, self.ask.board.name, name, version, self.ask.folder, preparer,
            followed=followed,
        )  # fmt: skip
        if self.ask.is_job:
            about = {key: said for key, said in about.items() if key not in _OF_BOARDS}
        return {"schema": 1, "job": {**block, "name": name, "board": about}}


def ask_of_board(board: Board, chosen: frozenset[str], folder: Path) -> Ask:
    """The chosen shots of a board that lies in `folder`."""
    needed = set(_needed(board.shots, chosen))
    shots = tuple(shot for shot in board.shots if shot.id in needed)
    return Ask(replace(board, shots=shots), chosen, folder, output_name(board.name))


def ask_of_job(job: Job, outputs: Sequence[str], stem: str, folder: Path) -> Ask:
    """All pictures of a job that lies in `folder` and is called `stem`; `outputs` is what each is
    called."""
    place = outputs[0].rpartition("/")[0]
    names = iter(outputs)
    takes = tuple(
        Take(number, "", next(names).rpartition("/")[2], one)
        for number, one in enumerate(_single(job, stem), start=1)
    )
    name = job.name or stem
    shot = Shot(id=name, written=job.sampling.prompt, takes=takes)
    return Ask(Board("", (shot,)), frozenset({name}), folder, place, is_job=True)


def wanted_pictures(asks: Iterable[Ask], preparer: Preparer) -> dict[TakeId, WantedPicture]:
    """Every picture, in the order in which they were asked for; the same is asked for once. Raises
    what `pictures_of` raises, and JobError where one lacks something."""
    found: dict[TakeId, WantedPicture] = {}
    for ask in asks:
        for one, picture in pictures_of(ask.board, ask.folder, preparer).items():
            if picture.lack is not None:
                raise picture.lack.error
            found.setdefault(one, WantedPicture(picture, ask))
    return found


def _needed(shots: Sequence[Shot], chosen: frozenset[str]) -> Iterator[str]:
    """The chosen ones, and all that they follow."""
    by_id = {shot.id: shot for shot in shots}
    told: set[str] = set()
    for name in chosen:
        at: Shot | None = by_id[name]
        while at is not None and at.id not in told:
            told.add(at.id)
            yield at.id
            at = by_id[at.follows.shot] if at.follows else None


def _single(job: Job, stem: str) -> Iterator[Job]:
    """Each of its pictures as a job of its own."""
    for part in job.parts:
        one = part.job
        for at in range(one.pictures):
            seed = one.seeds[at] if one.seeds else seed_of(stem, "", part.take + at + 1)
            yield replace(one, seeds=(seed,), count=None, name=None, id=None)

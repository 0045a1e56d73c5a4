"""From a board to the pictures it wants, each with its id, and to the job that makes one.

What a picture of the board contains is asked of the preparer; nothing is planned until a job is to
be dropped. A shot that follows another has the key of that shot's first take in its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from daemon.boards.board import Board, Follow, Shot, Take
from daemon.boards.key import TakeId, recipe_of, take_id
from daemon.boards.reconcile import Wanted
from daemon.jobfile import Job
from daemon.jobfile.job import JobReference
from daemon.plan.prepare import Preparer
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import ReferenceParams

FOLLOWED_KIND = "style+layout"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture a board wants: `take` of `shot`; `follows` is the one it needs first."""

    id: TakeId
    shot: Shot
    take: Take
    follows: TakeId | None = None

    @property
    def wanted(self) -> Wanted:
        return Wanted(str(self.id), str(self.follows) if self.follows else None)


def pictures_of(board: Board, folder: Path, preparer: Preparer) -> dict[TakeId, Picture]:
    """Every picture of `board`, which lies in `folder`, in its order. Raises JobError where one
    that it names is not there or is none, StillLookingError while one is being looked at,
    SetupError, OSError."""
    contents = _Contents(folder, preparer)
    shots = {shot.id: shot for shot in board.shots}
    ids: dict[str, list[TakeId]] = {}
    for shot in _in_order_of_need(board.shots, shots):
        ids[shot.id] = list(_ids(board.name, shot, ids, contents))
    found: dict[TakeId, Picture] = {}
    for shot in board.shots:
        needed = None
        if shot.follows:
            followed = shots[shot.follows.shot]
            needed = ids[followed.id][(followed.pick or 1) - 1]
        for one, take in zip(ids[shot.id], shot.takes, strict=True):
            found.setdefault(one, Picture(one, shot, take, needed))
    return found


def _in_order_of_need(shots: Sequence[Shot], by_id: dict[str, Shot]) -> Iterator[Shot]:
    """Each after the one that it follows."""
    told: set[str] = set()
    for shot in shots:
        chain = [shot]
        while (follow := chain[-1].follows) and follow.shot not in told:
            chain.append(by_id[follow.shot])
        for each in reversed(chain):
            if each.id not in told:
                told.add(each.id)
                yield each


def _ids(
    board: str, shot: Shot, ids: dict[str, list[TakeId]], contents: _Contents
) -> Iterator[TakeId]:
    followed = ids[shot.follows.shot][0].key if shot.follows else ""
    how = replace(shot.follows, shot="", line=None) if shot.follows else None
    last: tuple[Job, str] | None = None
    for take in shot.takes:
        job = take.job
        bare = replace(job, seeds=None)
        if last is None or last[0] != bare:  # takes of a row differ in their seed alone
            settled = contents.settled(job)
            said, model = contents.of(settled)
            last = bare, recipe_of(settled, said, model=model, followed=followed, how=how)
        yield take_id(board, shot.id, last[1], job.seeds[0] if job.seeds else 0)


def lora_files(board: Board, preparer: Preparer) -> tuple[Path, ...]:
    """The files of all LoRAs that a board's pictures wear. Raises what `pictures_of` raises."""
    jobs = (take.job for shot in board.shots for take in shot.takes)
    asked = {(job.model, job.loras, job.few_steps): job for job in jobs}
    each = [preparer.settled(job) for job in asked.values() if job.loras or job.few_steps]
    found = (Path(lora.path) for job in each for lora in preparer.loras(job))
    return tuple(dict.fromkeys(found))


class _Contents:
    """The contents of the pictures and LoRAs that jobs name; the same are asked for once."""

    def __init__(self, folder: Path, preparer: Preparer) -> None:
        self._folder = folder
        self._preparer = preparer
        self._known: dict[object, list[tuple[str, int, str]]] = {}

    def settled(self, job: Job) -> Job:
        return self._preparer.settled(job)

    def of(self, job: Job) -> tuple[Sequence[object], str]:
        """(pictures and LoRAs by role and content, the name of the model) of a job."""
        named = (job.references, job.controls, job.image, job.mask)
        if named not in self._known:
            self._known[named] = self._preparer.contents(job, self._folder) if any(named) else []
        return [*self._known[named], *self._worn(job)], self._preparer.models.card_for(job).name

    def _worn(self, job: Job) -> list[tuple[str, int, str]]:
        if not job.loras:
            return []
        worn = (job.model, job.loras)
        if worn not in self._known:
            loras = self._preparer.loras(job)
            self._known[worn] = [("lora", at, one.sha256 or "") for at, one in enumerate(loras)]
        return self._known[worn]


def job_of(
    picture: Picture, board: str, name: str, version: int, folder: Path,
    preparer: Preparer, *, followed: tuple[str, str] | None,
) -> tuple[JsonObject, JsonObject]:  # fmt: skip
    """The record that makes a picture, and what it says of its board. `followed` is (name, sha256)
    of the kept picture that it follows. Raises what `pictures_of` raises."""
    job, follow = picture.take.job, picture.shot.follows
    if follow is not None and followed is not None:
        job = _following(job, follow, *followed)
    block = preparer.recorded(replace(job, name=name), folder=folder)
    about: JsonObject = {
        "board": board,
        "shot": picture.shot.id,
        "take": picture.take.number,
        "version": version,
        "key": picture.id.key,
        "prompt": picture.shot.written,
        "follows": asdict(follow) | {"picture": followed[0]} if follow and followed else None,
    }
    return block, about


def _following(job: Job, follow: Follow, name: str, sha256: str) -> Job:
    if follow.paints_over:
        return replace(job, image=name, image_sha256=sha256, strength=follow.strength)
    params = ReferenceParams(scale=follow.strength, kind=FOLLOWED_KIND)
    return replace(job, references=(*job.references, JobReference(name, sha256, params)))

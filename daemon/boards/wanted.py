"""From a board to the pictures it wants, each with its id, and to the job that makes one.

What a picture of the board contains is asked of the preparer; nothing is planned until a job is to
be dropped. A shot that follows another has the key of that shot's first take in its own. What lacks
something has the key of that: it is another picture once that is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NamedTuple

from daemon.boards.board import Board, Follow, Shot, Take
from daemon.boards.key import TakeId, recipe_of, take_id
from daemon.boards.lacking import Lack
from daemon.boards.reconcile import Wanted
from daemon.errors import JobError, StillLookingError
from daemon.jobfile import Job
from daemon.jobfile.board_block import WARNINGS
from daemon.jobfile.job import JobReference
from daemon.plan.prepare import Preparer
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import Lora, ReferenceParams

FOLLOWED_KIND = "style+layout"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture a board wants: `take` of `shot`; `follows` is the one it needs first. With a `lack`
    it can't be made now, be it its own or that of a shot it follows."""

    id: TakeId
    shot: Shot
    take: Take
    follows: TakeId | None = None
    lack: Lack | None = None

    @property
    def wanted(self) -> Wanted:
        follows = str(self.follows) if self.follows else None
        return Wanted(str(self.id), follows, is_lacking=self.lack is not None)


def pictures_of(board: Board, folder: Path, preparer: Preparer) -> dict[TakeId, Picture]:
    """Every picture of `board`, which lies in `folder`, in its order; what names something that is
    not there, or can't be used, has a lack. Raises StillLookingError while something is being
    looked at, SetupError, OSError."""
    contents = _Contents(folder, preparer)
    shots = {shot.id: shot for shot in board.shots}
    keyed: dict[str, list[_Keyed]] = {}
    for shot in _in_order_of_need(board.shots, shots):
        first = keyed[shot.follows.shot][0] if shot.follows else None
        keyed[shot.id] = list(_keyed(board.name, shot, first, contents))
    found: dict[TakeId, Picture] = {}
    for shot in board.shots:
        needed = _needed(shots[shot.follows.shot], keyed) if shot.follows else None
        for one, take in zip(keyed[shot.id], shot.takes, strict=True):
            lack = one.lack or (needed.lack if needed else None)
            picture = Picture(one.id, shot, take, needed.id if needed else None, lack)
            found.setdefault(one.id, picture)
    return found


class _Keyed(NamedTuple):
    """The id of a picture, and what it lacks, or one whose key is in its own."""

    id: TakeId
    lack: Lack | None


def _needed(followed: Shot, keyed: dict[str, list[_Keyed]]) -> _Keyed:
    """The picture of a shot that others wait for: its picked take, or the first, by which their
    keys go, while that lacks something."""
    takes = keyed[followed.id]
    return takes[0] if takes[0].lack else takes[(followed.pick or 1) - 1]


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


def _keyed(
    board: str, shot: Shot, followed: _Keyed | None, contents: _Contents
) -> Iterator[_Keyed]:
    last: tuple[Job, str, Lack | None] | None = None
    for take in shot.takes:
        job = take.job
        bare = replace(job, seeds=None)
        if last is None or last[0] != bare:  # takes of a row differ in their seed alone
            last = bare, *_recipe(shot, job, followed, contents)
        one = take_id(board, shot.id, last[1], job.seeds[0] if job.seeds else 0)
        yield _Keyed(one, last[2] or (followed.lack if followed else None))


def _recipe(
    shot: Shot, job: Job, followed: _Keyed | None, contents: _Contents
) -> tuple[str, Lack | None]:
    """That of one row, and what it lacks: then that stands for what it would hold."""
    key = followed.id.key if followed else ""
    how = replace(shot.follows, shot="", line=None) if shot.follows else None
    try:
        settled = contents.settled(job)
        said, model = contents.of(settled)
    except StillLookingError:
        raise
    except JobError as error:
        lacking = [("lacks", 0, str(error))]
        recipe = recipe_of(job, lacking, model=job.model or "", followed=key, how=how)
        return recipe, Lack(shot.id, error)
    return recipe_of(settled, said, model=model, followed=key, how=how), None


def lora_files(board: Board, preparer: Preparer) -> tuple[Path, ...]:
    """The files of all LoRAs that a board's pictures wear, as far as they are there. Raises what
    `pictures_of` raises."""
    jobs = (take.job for shot in board.shots for take in shot.takes)
    asked = {(job.model, job.loras, job.few_steps): job for job in jobs}
    worn = [job for job in asked.values() if job.loras or job.few_steps]
    found = (Path(lora.path) for job in worn for lora in _loras(job, preparer))
    return tuple(dict.fromkeys(found))


def _loras(job: Job, preparer: Preparer) -> Sequence[Lora]:
    try:
        return preparer.loras(preparer.settled(job))
    except StillLookingError:
        raise
    except JobError:  # its pictures lack it, as `pictures_of` says
        return ()


_Found = list[tuple[str, int, str]]


class _Contents:
    """The contents of the pictures and LoRAs that jobs name; the same are asked for once, and said
    to be lacking as often as they are asked for."""

    def __init__(self, folder: Path, preparer: Preparer) -> None:
        self._folder = folder
        self._preparer = preparer
        self._known: dict[object, _Found | JobError] = {}

    def settled(self, job: Job) -> Job:
        return self._preparer.settled(job)

    def of(self, job: Job) -> tuple[Sequence[object], str]:
        """(pictures and LoRAs by role and content, the name of the model) of a job."""
        named = (job.references, job.controls, job.image, job.mask)
        found, worn = _Found(), _Found()
        if any(named):
            found = self._once(named, lambda: self._preparer.contents(job, self._folder))
        if job.loras:
            worn = self._once((job.model, job.loras), lambda: self._worn(job))
        return [*found, *worn], self._preparer.models.card_for(job).name

    def _worn(self, job: Job) -> _Found:
        loras = self._preparer.loras(job)
        return [("lora", at, one.sha256 or "") for at, one in enumerate(loras)]

    def _once(self, asked: object, look: Callable[[], _Found]) -> _Found:
        if asked not in self._known:
            try:
                self._known[asked] = look()
            except StillLookingError:
                raise
            except JobError as error:
                self._known[asked] = error
        found = self._known[asked]
        if isinstance(found, JobError):
            raise found.with_traceback(None)
        return found


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
        "takes": sum(one.label == picture.take.label for one in picture.shot.takes),
        "row": picture.take.label,
        "version": version,
        "key": picture.id.key,
        "prompt": picture.shot.written,
        "follows": asdict(follow) | {"picture": followed[0]} if follow and followed else None,
        **({WARNINGS: list(job.warnings)} if job.warnings else {}),
    }
    return block, about


def _following(job: Job, follow: Follow, name: str, sha256: str) -> Job:
    if follow.paints_over:
        return replace(job, image=name, image_sha256=sha256, strength=follow.strength)
    params = ReferenceParams(scale=follow.strength, kind=FOLLOWED_KIND)
    return replace(job, references=(*job.references, JobReference(name, sha256, params)))

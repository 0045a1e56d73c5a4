"""The key of a picture that a board wants: a hash of everything that decides its pixels.

Pure. Order, captions, comments, names and the chosen take decide nothing; a picture's content does,
and not what it is called. What a job gains is counted in unless it is named here as deciding
nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from sys import intern

from daemon.boards.ends import id_parts
from daemon.jobfile import Job
from daemon.jobfile.job import JobControl, JobReference
from daemon.protocol.sampling import SamplingParams

DECIDES_NOTHING = frozenset(
    {
        *("preset", "seeds", "count", "priority", "id", "name", "notes", "model", "parent"),
        *(
            "who",
            "said",
            "few_steps",
            "written",
            "warnings",
            "lines",
            "image",
            "image_sha256",
            "mask",
            "mask_sha256",
            "board",
        ),
    }
)
"""Fields of a job that say how it is called or handled, or that are told to `recipe_of` otherwise:
seeds, the model, and pictures by their content."""

_NEW = {"eta": None}
"""What sampling has gained since boards' pictures were first made: as long as nothing is said of it
the key of an old picture stays."""

_NAMES_ONLY = frozenset(
    {
        *("image", "sha256", "mask", "mask_sha256", "of_library", "line", "key"),
        *("word", "left_open"),
    }
)
"""Of a reference or a control: what says where its picture is looked for, or in words what stands
there in numbers."""

_MOST = 60
"""Letters of a name in an `id`; of a longer one its beginning and a hash."""


@dataclass(frozen=True, slots=True)
class TakeId:
    """A picture of a board as the `id` of its job names it: `recipe` is the key without the seed,
    which all takes of a row share."""

    board: str
    shot: str
    recipe: str
    key: str

    def __str__(self) -> str:
        return f"{self.board}/{self.shot}@{self.recipe}.{self.key}"


def take_id(board: str, shot: str, recipe: str, seed: int) -> TakeId:
    """The `id` of the picture that `recipe` and `seed` make of a shot."""
    key = _digest([recipe, seed])[:24]
    return TakeId(_short(board), _short(shot), recipe, key)


def id_read(text: str | None) -> TakeId | None:
    """The picture an `id` names; None of an `id` that a person gave."""
    parts = id_parts(text)
    if parts is None:
        return None
    board, shot, recipe, key = parts
    return TakeId(intern(board), intern(shot), intern(recipe), key)  # there may be many of them


def board_in_ids(board: str) -> str:
    """What a board is called in the ids of its jobs."""
    return _short(board)


def recipe_of(
    job: Job, pictures: Sequence[object], *, model: str, followed: str = "", how: object = None
) -> str:
    """What a job asks for, apart from its seed. `pictures` are those it names, each by what for and
    by its content; `model` is the name of the one it is made by; `followed` is the key of the
    picture it follows, `how` in which way."""
    said = {
        field.name: _plain(getattr(job, field.name))
        for field in fields(job)
        if field.name not in DECIDES_NOTHING
    }
    if not job.image and not followed:
        said.pop("strength")
    if not job.controls:
        said.pop("controls")  # or every picture from before there were any would be made anew
    return _digest([said, list(pictures), model, followed, _plain(how)])[:12]


def _plain(value: object) -> object:
    """A value as JSON can say it; of references only what they do."""
    if is_dataclass(value) and not isinstance(value, type):
        found = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        if isinstance(value, JobReference | JobControl):
            return {key: one for key, one in found.items() if key not in _NAMES_ONLY}
        if isinstance(value, SamplingParams):
            return {key: one for key, one in found.items() if key not in _NEW or one != _NEW[key]}
        return found
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, default=repr)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _short(name: str) -> str:
    name = name.replace("/", "_").replace("@", "_")
    if len(name) <= _MOST:
        return name
    return f"{name[: _MOST - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"

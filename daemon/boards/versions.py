"""What the pictures of a board are called: the version of a shot, found again from what is known.

Pure. A shot's first pictures have no version in their names; when it asks for something else, all
pictures of that are v2, whichever of the names are taken, so that what belongs together reads so. A
name once given to a picture is never another's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count

from daemon.boards.key import TakeId
from daemon.boards.names import head_of, picture_name

_VERSION = re.compile(r"-v([0-9]{1,6})(?=-|$)")
_TAKE = re.compile(r"(?:-[0-9]+)?$")


def versioned(shot: str, name: str, version: int) -> str:
    """`name`, a picture of `shot`, in a later version: 060-1 is 060-v2-1."""
    if version == 1:
        return name
    stem = head_of(shot, name)
    return f"{stem}-v{version}{name[len(stem) :]}"


@dataclass(frozen=True, slots=True)
class Row:
    """The pictures that are called `stem`, `rest`, and a take's number: those of a shot, or of one
    of the rows that it varies by."""

    stem: str
    rest: str

    @classmethod
    def of(cls, shot: str, label: str) -> Row:
        """The row of `shot` that is called `label`, "" where it doesn't vary."""
        name = picture_name(shot, label, 1, of=1)
        stem = head_of(shot, name)
        return cls(stem, name[len(stem) :])

    def version_in(self, name: str) -> int | None:
        """The version that `name` is of; None of a name of another row."""
        if not name.startswith(self.stem):
            return None
        tail = name[len(self.stem) :]
        if self._ends(tail):  # first: a row may itself be called v2
            return 1
        found = _VERSION.match(tail)
        return int(found[1]) if found and self._ends(tail[found.end() :]) else None

    def _ends(self, tail: str) -> bool:
        return tail.startswith(self.rest) and _TAKE.match(tail, len(self.rest)) is not None


class Versions:
    """The names of one board's pictures. `known` are those that there are, by their ids; `others`
    are those of pictures beside them that the board has not asked for, more takes for one."""

    def __init__(self, known: Mapping[TakeId, str], others: Iterable[str] = ()) -> None:
        self._names = dict(known)
        self._taken: dict[str, TakeId | None] = {name.casefold(): None for name in others}
        self._taken |= {name.casefold(): one for one, name in known.items()}
        self._of_shot: dict[str, list[tuple[str, str]]] = {}
        self._rows: dict[tuple[str, str], Row] = {}
        self._current: dict[Row, int] = {}
        for one, name in known.items():
            self._of_shot.setdefault(one.shot, []).append((one.recipe, name))

    def name(self, one: TakeId, shot: str, name: str, label: str = "") -> tuple[str, int]:
        """What the picture `one` of `shot` is called that the board calls `name`, and of which
        version that is; `label` is its row's. Rows are asked for whole, take by take."""
        row = self._row(shot, label)
        found = self._names.get(one)
        if found is not None:
            self._current[row] = row.version_in(found) or 1
            return found, self._current[row]
        version = self._begun(one, row)
        found = versioned(shot, name, version)
        while found.casefold() in self._taken:
            holder = self._taken[found.casefold()]
            if holder is None or holder.recipe == one.recipe:
                found = self._next_take(row, version)
            else:
                version += 1
                found = versioned(shot, name, version)
        self._names[one] = found
        self._taken[found.casefold()] = one
        self._of_shot.setdefault(one.shot, []).append((one.recipe, found))
        self._current[row] = version
        return found, version

    def _next_take(self, row: Row, version: int) -> str:
        """The name of a take whose number another picture of its row has: the next number."""
        stem = f"{row.stem}-v{version}" if version > 1 else row.stem
        return next(
            name
            for number in count(2)
            if (name := f"{stem}{row.rest}-{number}").casefold() not in self._taken
        )

    def _row(self, shot: str, label: str) -> Row:
        if (shot, label) not in self._rows:
            self._rows[shot, label] = Row.of(shot, label)
        return self._rows[shot, label]

    def _begun(self, one: TakeId, row: Row) -> int:
        """The version of the pictures that share a recipe with `one`; else that of the takes before
        it, whose prompts may each be another; else the next one of its row."""
        of_row = [
            (recipe, version)
            for recipe, name in self._of_shot.get(one.shot, ())
            if (version := row.version_in(name))
        ]
        same = [version for recipe, version in of_row if recipe == one.recipe]
        if same:
            return same[-1]
        following = 1 + max((version for _, version in of_row), default=0)
        return self._current.get(row, following)

"""What the pictures of a board are called: the version of a shot, found again from what is known.

Pure. A shot's first pictures have no version in their names; when it asks for something else, the
pictures of that are v2, and a name once given to a picture is never another's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from daemon.boards.key import TakeId

_VERSION = re.compile(r"-v([0-9]{1,6})(?=-|$)")


def versioned(shot: str, name: str, version: int) -> str:
    """`name`, a picture of `shot`, in a later version: 060-1 is 060-v2-1."""
    if version == 1:
        return name
    stem = shot if name.startswith(shot) else name
    return f"{stem}-v{version}{name[len(stem) :]}"


class Versions:
    """The names of one board's pictures. `known` are those that there are, by their ids."""

    def __init__(self, known: Mapping[TakeId, str]) -> None:
        self._names: dict[TakeId, str] = {}
        self._taken: set[str] = set()
        self._of_recipe: dict[tuple[str, str], int] = {}
        for one, name in known.items():
            self._learn(one, name, _version(name))

    def name(self, one: TakeId, shot: str, name: str) -> tuple[str, int]:
        """What the picture `one` of `shot` is called that the board calls `name`, and of which
        version that is."""
        if one in self._names:
            return self._names[one], _version(self._names[one])
        version = self._of_recipe.get((one.shot, one.recipe), 1)
        while versioned(shot, name, version).casefold() in self._taken:
            version += 1
        found = versioned(shot, name, version)
        self._learn(one, found, version)
        return found, version

    def _learn(self, one: TakeId, name: str, version: int) -> None:
        self._names[one] = name
        self._taken.add(name.casefold())
        self._of_recipe[one.shot, one.recipe] = version


def _version(name: str) -> int:
    found = _VERSION.findall(name)
    return max(1, int(found[0])) if found else 1

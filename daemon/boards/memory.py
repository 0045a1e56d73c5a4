"""The shots of boards as they were read last: what was not changed since is not read again.

An unchanged shot comes back as the same object, so that whoever compares boards can pass over it.
What is forgotten costs a moment, and nothing else.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from daemon.boards.board import Shot
from daemon.boards.shot_list import WrittenShot
from daemon.boards.takes import Common, make_shot

MOST_SHOTS = 3_000
"""Kept of all boards together; a thousand shots of three takes are some ten megabytes."""


class ShotMemory:
    """Of one board."""

    def __init__(self) -> None:
        self._around: object = None
        self._known: dict[str, tuple[WrittenShot, Shot]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def begin(self, around: object) -> None:
        """A reading begins; all is forgotten where what stands `around` the shots is another."""
        if self._around != around:
            self._around, self._known = around, {}

    def shot(self, written: WrittenShot, common: Common) -> Shot:
        """The shot as it was read last, if it stands there as it did; else as it is read now. One
        that reads lists is read each time: they may have changed. Raises what `make_shot` raises.
        """
        known = self._known.get(written.id)
        if known is not None and known[0] == written:
            return known[1]
        lists: list[str] = []

        def lines(name: str) -> Sequence[str]:
            lists.append(name)
            return common.lines(name)

        shot = make_shot(written, replace(common, lines=lines))
        if not lists:
            self._known[written.id] = written, shot
        return shot

    def forget_others(self, ids: set[str]) -> None:
        """Shots that are no more."""
        self._known = {name: known for name, known in self._known.items() if name in ids}


class BoardMemories:
    """Of all boards of a root, by the files they were read from; the longest unread go first."""

    def __init__(self) -> None:
        self._boards: OrderedDict[Path, ShotMemory] = OrderedDict()

    def of(self, file: Path) -> ShotMemory:
        """What is known of the board in `file`, to be filled."""
        memory = self._boards.setdefault(file, ShotMemory())
        self._boards.move_to_end(file)
        while len(self._boards) > 1 and sum(map(len, self._boards.values())) > MOST_SHOTS:
            self._boards.popitem(last=False)
        return memory

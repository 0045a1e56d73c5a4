"""Folders of the inbox that are still being filled: their jobs wait until nothing more comes.

A project copied slowly shows a job before its defaults. Only a folder that is new to us is waited
for, with all below it; one that has been here a minute is somebody's place of work, and a file
dropped there is begun at once. Opens nothing and looks at no clock.
"""

from __future__ import annotations

from dataclasses import dataclass

from daemon.fs.moment import Moment

CAP = 60.0
"""Seconds after which a folder is new no longer, however it goes on growing."""


@dataclass(slots=True)
class _Tree:
    first: float
    last: float = float("-inf")


class Growth:
    """When each folder at the top of the inbox last grew; `quiet` is seconds without growth."""

    def __init__(self, quiet: float) -> None:
        self._quiet = quiet
        self._trees: dict[str, _Tree] = {}

    def saw(self, top: str, changed_wall: float, at: Moment) -> None:
        """Something in this folder is new or has changed, at `changed_wall` (seconds since 1970);
        a time to come counts as now."""
        tree = self._trees.setdefault(top, _Tree(at.now))
        tree.last = max(tree.last, at.now - max(0.0, at.wall - changed_wall))

    def held_until(self, top: str) -> float:
        """When the jobs of this folder may be begun (monotonic)."""
        tree = self._trees.get(top)
        if tree is None:
            return 0.0
        return min(tree.last + self._quiet, tree.first + CAP)

    def keep_only(self, tops: set[str]) -> None:
        """The folders there are now; one that comes back later is new again."""
        for top in self._trees.keys() - tops:
            del self._trees[top]

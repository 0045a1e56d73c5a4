"""Folders of the inbox that are still being filled: their jobs wait until nothing more comes.

A project copied slowly shows a job before its defaults. Only a folder that is new to us is waited
for, with all below it; one that has been here a minute is somebody's place of work, and a file
dropped there is begun at once, and so is a folder that came whole, by one rename. Opens nothing
and looks at no clock.
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
    changed_wall: float = float("-inf")
    whole_wall: float = float("-inf")
    """It was moved in whole at this moment: what has not changed since is no growth."""


class Growth:
    """When each folder at the top of the inbox last grew; `quiet` is seconds without growth."""

    def __init__(self, quiet: float) -> None:
        self._quiet = quiet
        self._trees: dict[str, _Tree] = {}

    def saw(self, top: str, changed_wall: float, at: Moment) -> None:
        """Something in this folder is new or has changed, at `changed_wall` (seconds since 1970);
        a time to come counts as now."""
        tree = self._trees.setdefault(top, _Tree(at.now))
        if changed_wall <= tree.whole_wall:
            return
        tree.changed_wall = max(tree.changed_wall, changed_wall)
        tree.last = max(tree.last, at.now - max(0.0, at.wall - changed_wall))

    def came_whole(self, top: str, moved_wall: float, at: Moment) -> None:
        """This folder was moved into the inbox by one rename, at `moved_wall` (seconds since 1970;
        its ctime, which the rename has set): what it held then is all there is to come."""
        tree = self._trees.setdefault(top, _Tree(at.now))
        tree.whole_wall = moved_wall
        if tree.changed_wall <= moved_wall:
            tree.last = float("-inf")

    def is_whole(self, top: str, changed_wall: float) -> bool:
        """Whether what changed last then came with its folder, in one rename."""
        tree = self._trees.get(top)
        return tree is not None and changed_wall <= tree.whole_wall

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

"""What has been made for boards: the journal's lines of their jobs, by the `id` each bears.

Reads on where it stopped; a journal that was replaced is read anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern

from daemon.boards.ends import Made, later, made_of
from daemon.boards.journal_lines import JournalLines
from daemon.boards.key import TakeId, id_read
from daemon.root.layout import Layout


class MadeBefore:
    """Every ended job of a board in the journal of `layout`, by board and id."""

    def __init__(self, layout: Layout) -> None:
        self._boards: dict[str, dict[TakeId, Made]] = {}
        self._journal = JournalLines(layout, replaced=self._boards.clear)

    @property
    def place(self) -> int:
        return self._journal.place

    @property
    def inode(self) -> int:
        return self._journal.inode

    @property
    def boards(self) -> Mapping[str, Mapping[TakeId, Made]]:
        """By what boards are called in ids."""
        return self._boards

    def of(self, board: str) -> Mapping[TakeId, Made]:
        """Those of the board that is called so in ids."""
        return self._boards.get(board, {})

    def read_on(self) -> None:
        """Read what has come since."""
        for entry in self._journal.entries():
            one, made = id_read(entry.id), made_of(entry)
            if one is not None and made is not None:
                jobs = self._boards.setdefault(intern(one.board), {})
                jobs[one] = later(jobs.get(one), made)


class EndedSince:
    """The ids of jobs that have ended since the journal was read up to `place` in the file
    `inode`."""

    def __init__(self, layout: Layout, inode: int, place: int) -> None:
        self._journal = JournalLines(layout, inode, place, replaced=self._lose)
        self._ids: set[str] | None = set()

    def ids(self) -> set[str] | None:
        """None where the journal is another file by now, so that nobody knows."""
        found = {entry.id for entry in self._journal.entries() if entry.id}
        if self._ids is not None:
            self._ids |= found
        return self._ids

    def _lose(self) -> None:
        self._ids = None

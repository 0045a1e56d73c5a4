"""What job files have to do with boards: a board is no job, and a board's picture says so.

The block `board` of a record is set by boards alone, says which picture of which board it is, and
decides nothing of how that is made. Reads no file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from daemon.errors import IsABoardError
from daemon.jobfile import aliases, tree

BOARD = "board"

WARNINGS = "warnings"
"""In that block of a job that waits: what was passed over where the board was read; it is told of
the job, and stands among its record's own warnings."""


def a_board(table: tree.Table) -> IsABoardError:
    """What is said where a job must stand, and a mapping with `shots` does."""
    key = next(key for key in table.items if aliases.folded(key) == "shots")
    why, remedy = aliases.OTHER_WAYS["shots"]
    line = table.key_lines.get(key)
    return IsABoardError("The file is a board.", line=line, key=key, why=why, remedy=remedy)


def without_board(block: tree.Table) -> tree.Table:
    """A record's job without what it says of its board."""
    return replace(block, items={key: node for key, node in block.items.items() if key != BOARD})


def board_of(block: tree.Table) -> Mapping[str, object] | None:
    """What a record says of its board; None if nothing that could be of ours."""
    node = block.items.get(BOARD)
    if not isinstance(node, tree.Table):
        return None
    return {key: tree.plain(item) for key, item in node.items.items() if key != WARNINGS}


def warnings_of_board(block: tree.Table) -> tuple[str, ...]:
    """What a board has to tell of this job."""
    node = block.items.get(BOARD)
    said = node.items.get(WARNINGS) if isinstance(node, tree.Table) else None
    texts = map(tree.plain, said.items) if isinstance(said, tree.Listing) else ()
    return tuple(text for text in texts if isinstance(text, str))

"""Boards in YAML and JSON: a mapping with `shots`, a list of jobs, or several documents.

Knows that one key; all others are for whoever reads the tree.
"""

from __future__ import annotations

from daemon.boards.shot_list import SHOTS
from daemon.jobfile import tree
from daemon.jobfile.document import is_board
from daemon.jobfile.json_reader import read_json
from daemon.jobfile.yaml_reader import read_documents


def from_yaml(data: bytes) -> tree.Table | None:
    """The board in a YAML file; None if it is a job, or holds nothing."""
    text = tree.decode(data, limit=tree.BOARD_BYTES)
    found = read_documents(text, most=tree.BOARD_NODES)
    if len(found) == 1:
        return _board_in(found[0])
    return listed(found, found[0].line) if found else None


def from_json(data: bytes) -> tree.Table | None:
    """The board in a JSON file; None if it is a job, or holds nothing."""
    text = tree.decode(data, limit=tree.BOARD_BYTES)
    return _board_in(read_json(text, most=tree.BOARD_NODES))


def listed(shots: tuple[tree.Node, ...], line: int, **top: tree.Node) -> tree.Table:
    """A board of these shots, which have no ids unless they say so; `top` holds for all."""
    items: dict[str, tree.Node] = {**top, SHOTS: tree.Listing(shots, line)}
    lines = {key: node.line for key, node in items.items()}
    return tree.Table(items, line, lines)


def _board_in(node: tree.Node) -> tree.Table | None:
    if isinstance(node, tree.Listing):
        return listed(node.items, node.line)
    return node if isinstance(node, tree.Table) and is_board(node) else None

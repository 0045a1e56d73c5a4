"""Numbers as they were typed, and where a value lies in what was read: for sentences about it.

Nobody finds in a file the number that it was reckoned to. Judges no value.
"""

from __future__ import annotations

from collections.abc import Iterable

from daemon.jobfile.tree import Listing, Node, Scalar, Table


def number_of(node: Node) -> str:
    """How a number was typed; "" for anything else."""
    return node.text if isinstance(node, Scalar) and node.is_number else ""


def numbers_of(node: Node) -> tuple[str, ...]:
    """How those of a list were, item for item; none where no item is a number."""
    found = tuple(map(number_of, node.items)) if isinstance(node, Listing) else ()
    return found if any(found) else ()


def found_at(table: Table, path: Iterable[object]) -> tuple[int, Node]:
    """The value that lies at `path`, of keys and places in lists, as far as it leads, and the line
    of the last of its keys; what a validator puts between them is passed over."""
    line: int = table.line
    node: Node = table
    for part in path:
        if isinstance(node, Table) and isinstance(part, str) and part in node.items:
            line, node = node.key_lines[part], node.items[part]
        elif isinstance(node, Listing) and isinstance(part, int):
            node = node.items[part]
    return line, node

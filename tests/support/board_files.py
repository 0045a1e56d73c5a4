"""Boards in other formats, read to a tree and looked at shot by shot."""

from __future__ import annotations

from support.places import TESTS

from daemon.boards.formats.board_table import board_table
from daemon.jobfile import tree

FILES = TESTS / "boards" / "formats"
CAST = ("anna", "Ben")


def read(file: str, cast: tuple[str, ...] = CAST) -> tree.Table:
    found = board_table((FILES / file).read_bytes(), file, cast)
    assert found is not None
    return found


def shots(table: tree.Table) -> dict[str, object]:
    """Every shot by its id, or by its line where it has none."""
    node = table.items["shots"]
    if isinstance(node, tree.Table):
        return {key: tree.plain(item) for key, item in node.items.items()}
    assert isinstance(node, tree.Listing)
    found: dict[str, object] = {}
    for item in node.items:
        plain = tree.plain(item)
        found[
            plain.pop("shot", f"line {item.line}")
            if isinstance(plain, dict)
            else f"line {item.line}"
        ] = plain
    return found


def lines(table: tree.Table) -> list[int]:
    node = table.items["shots"]
    assert isinstance(node, tree.Table | tree.Listing)
    return [
        item.line for item in (node.items.values() if isinstance(node, tree.Table) else node.items)
    ]

"""The shots of a board as they are written: each with its id, its line and its keys.

A mapping of ids, or a list. Knows nothing of what the keys of a shot mean.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from daemon.errors import EmptyBoardError, JobError, UnfinishedError
from daemon.jobfile import aliases, tree
from daemon.jobfile.value_errors import say_node

SHOTS = "shots"
ID = "shot"
"""In an item of a list: its id."""

_ID = re.compile(r"\d{1,6}[A-Za-z]?")

MAX_SHOTS = 10_000
MAX_ID = 60
"""Letters of an id: it begins the name of every picture of its shot."""

_EXAMPLE = "Write for instance 010: a harbour at dawn"


@dataclass(frozen=True, slots=True)
class WrittenShot:
    """One shot; `table` holds its keys, a bare text under `prompt`."""

    id: str
    line: int
    table: tree.Table


def written_shots(node: tree.Node, line: int) -> tuple[WrittenShot, ...]:
    """Every shot in the value of `shots`, whose key stands in `line`, in its order. Raises
    UnfinishedError where nothing stands yet, and JobError."""
    if isinstance(node, tree.Scalar):
        raise _no_shots(node, line)
    if not node.items:
        raise _nothing(line)
    if len(node.items) > MAX_SHOTS:
        raise JobError(
            f"The board has {len(node.items):,} shots; at most {MAX_SHOTS:,} are allowed.",
            line=line,
            key=SHOTS,
            remedy="Make several boards of it, one for each scene perhaps.",
        )
    return _mapped(node, line) if isinstance(node, tree.Table) else _listed(node)


def text_of(scalar: tree.Scalar) -> str:
    """A word as it was typed: `010` is no number here."""
    return scalar.text if scalar.bare and scalar.text else str(scalar.value)


def id_of(text: str) -> str:
    """An id in the one form in which it is compared and kept."""
    return unicodedata.normalize("NFC", text).strip()


def _mapped(table: tree.Table, line: int) -> tuple[WrittenShot, ...]:
    found: dict[str, WrittenShot] = {}
    for key, node in table.items.items():
        at = table.key_lines.get(key, line)
        name = _checked(key, at)
        if name in found:
            raise tree.duplicate(name, found[name].line, at)
        found[name] = _shot(name, at, node)
    return tuple(found.values())


# --- a list ---------------------------------------------------------------------------------------


def _listed(node: tree.Listing) -> tuple[WrittenShot, ...]:
    """Items without an id are 010, 020 … in their order, so that one with an id may stand between
    them without renaming any."""
    shots: list[WrittenShot] = []
    first: dict[str, int] = {}
    unnamed = 0
    for item in map(_keyed, node.items):
        found = _given_id(item)
        if found is None:
            unnamed += 1
            found = f"{unnamed * 10:03d}", item.line
        name, line = found
        if name in first:
            raise _twice(name, first[name], line)
        first[name] = line
        shots.append(_shot(name, item.line, _without_id(item)))
    return tuple(shots)


def _keyed(item: tree.Node) -> tree.Node:
    """`- 010: a harbour`, a number alone before the colon, is that shot: no key is a number."""
    if not isinstance(item, tree.Table) or len(item.items) != 1:
        return item
    ((key, node),) = item.items.items()
    if not _ID.fullmatch(key) or not isinstance(node, tree.Scalar):
        return item
    line = item.key_lines.get(key, item.line)
    items: dict[str, tree.Node] = {ID: tree.Scalar(key, line, key), "prompt": node}
    return tree.Table(items, item.line, {ID: line, "prompt": node.line})


def _given_id(item: tree.Node) -> tuple[str, int] | None:
    if not isinstance(item, tree.Table):
        return None
    key = next((key for key in item.items if aliases.folded(key) == ID), None)
    if key is None:
        return None
    node, line = item.items[key], item.key_lines.get(key, item.line)
    if not isinstance(node, tree.Scalar) or node.value is None:
        raise JobError(
            f"`{tree.shown(key)}` must be an id, but {say_node(node)}.",
            line=line,
            key=key,
            remedy="Write for instance shot: 010",
        )
    return _checked(text_of(node), line), line


def _twice(name: str, first: int, line: int) -> JobError:
    return JobError(
        f"Shot {tree.shown(name)} stands here twice: in line {first} and in line {line}.",
        line=line,
        key=ID,
        why="Items of a list that name no shot are 010, 020 … in their order.",
        remedy="Give one of them another id, such as shot: 015",
    )


# --- one shot -------------------------------------------------------------------------------------


def _shot(name: str, line: int, node: tree.Node) -> WrittenShot:
    if isinstance(node, tree.Table):
        return WrittenShot(name, line, node)
    if isinstance(node, tree.Scalar) and (node.value is None or isinstance(node.value, str)):
        lines = {"prompt": node.line}
        says_nothing = node.value is None and not node.cut
        items: dict[str, tree.Node] = {} if says_nothing else {"prompt": node}
        return WrittenShot(name, line, tree.Table(items, node.line, lines))
    raise JobError(
        f"Shot {tree.shown(name)} must be a text or a mapping of keys, but {say_node(node)}.",
        line=node.line,
        key=name,
        why="A bare { or [ begins a mapping or list in YAML."
        if isinstance(node, tree.Listing) and node.flow
        else "",
        remedy=f'Put the text in quotes: {tree.shown(name)}: "{tree.shown(node.text)}"'
        if isinstance(node, tree.Scalar)
        else f"{_EXAMPLE}, or keys below it: prompt, takes, like …",
    )


def _without_id(node: tree.Node) -> tree.Node:
    if not isinstance(node, tree.Table):
        return node
    kept = {key: item for key, item in node.items.items() if aliases.folded(key) != ID}
    return replace(node, items=kept)


def _checked(name: str, line: int) -> str:
    """The id, unless no picture can be named by it."""
    name = id_of(name)
    if not name:
        raise JobError(
            "A shot has an empty id.",
            line=line,
            key=SHOTS,
            why="Its pictures are named by it.",
            remedy=_EXAMPLE,
        )
    if len(name) > MAX_ID or "\n" in name:
        raise JobError(
            f"`{tree.shown(name)}` is too long for the id of a shot.",
            line=line,
            key=name[:MAX_ID],
            why=f"Its pictures are named by it; at most {MAX_ID} letters are allowed.",
            remedy=f"{_EXAMPLE}: the id before the colon, what the picture shows after it.",
        )
    return name


# --- nothing there --------------------------------------------------------------------------------


def _nothing(line: int) -> UnfinishedError:
    return EmptyBoardError(
        "`shots` holds no shot yet.",
        line=line,
        key=SHOTS,
        remedy=f"{_EXAMPLE}; in a new board, take the # away before the lines that you want.",
    )


def _no_shots(node: tree.Scalar, line: int) -> JobError:
    if node.value is None:
        return _nothing(line)
    return JobError(
        f"`shots` must be a mapping or a list, but {say_node(node)}.",
        line=line,
        key=SHOTS,
        remedy="Write a line for each shot below it, indented by two spaces, such as "
        "010: a harbour at dawn, or - a harbour at dawn",
    )

"""What YAML writes in one go: a text, bare or quoted, or lists and mappings in brackets.

JSON is a part of it. Knows nothing of lines that hang together by their indentation.
"""

from __future__ import annotations

import re

from daemon.errors import JobError
from daemon.jobfile import tree, yaml_scalars
from daemon.jobfile import yaml_mistakes as mistakes
from daemon.jobfile.yaml_cursor import Cursor

_NAME = re.compile(r"[^ \t\n,\[\]{}]{0,60}")
_VALUE = re.compile(r":(?=[ \t\n,\]}]|\Z)")
_SPACES = re.compile(r"[ \t]*+(?=:)")
_QUESTION = re.compile(r"\?(?=[ \t\n,\[\]{}]|\Z)")
_CLOSING = {"[": "]", "{": "}"}


def refuse_extras(cursor: Cursor) -> None:
    """Raises JobError if an alias, an anchor or a tag stands here."""
    if (letter := cursor.letter) and letter in "*&!":
        name = _NAME.match(cursor.text, cursor.at + 1)
        raise mistakes.reserved(letter, name[0] if name else "", cursor.line)


class FlowReader:
    """Reads nodes at the cursor; `parent` is the column their further lines must be beyond."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._open = 0  # brackets

    def node(self, parent: int, depth: int, *, inside: bool = False) -> tree.Node:
        cursor = self._cursor
        refuse_extras(cursor)
        letter, line = cursor.letter, cursor.line
        cursor.counter.add(line)
        if letter and letter in "[{":
            if depth >= tree.MAX_DEPTH:
                raise tree.too_deep(line)
            cursor.go_to(cursor.at + 1)
            self._open += 1
            return (self._listing if letter == "[" else self._table)(parent, line, depth + 1)
        if letter and letter in "\"'":
            text = yaml_scalars.quoted(cursor, parent)
            return tree.Scalar(text, line, text)
        return yaml_scalars.bare(cursor, parent, inside=inside)

    def _listing(self, parent: int, opened: int, depth: int) -> tree.Listing:
        items: list[tree.Node] = []
        while not self._closes("[", parent, opened):
            self._expect_node("[", opened)
            items.append(self._item(parent, depth))
            self._separate("[", parent, opened)
        return tree.Listing(tuple(items), opened, flow=True)

    def _item(self, parent: int, depth: int) -> tree.Node:
        """An item of a list; `[a: b]` is a list of one mapping."""
        cursor = self._cursor
        line, letter = cursor.line, cursor.letter
        node = self.node(parent, depth, inside=True)
        spaces = _SPACES.match(cursor.text, cursor.at)
        if spaces and cursor.line == line:
            cursor.go_to(spaces.end())
            if self._at_value(letter):
                key = self._key(node, line)
                value = self._value(parent, depth + 1)
                return tree.Table({key: value}, line, {key: line}, flow=True)
        return node

    def _table(self, parent: int, opened: int, depth: int) -> tree.Table:
        items: dict[str, tree.Node] = {}
        lines: dict[str, int] = {}
        cursor = self._cursor
        while not self._closes("{", parent, opened):
            self._expect_node("{", opened)
            line, letter = cursor.line, cursor.letter
            key = self._key(self.node(parent, depth, inside=True), line)
            if key in items:
                raise tree.duplicate(key, lines[key], line)
            lines[key] = line
            self._gap(parent, "{", opened)
            if cursor.letter == ":" and self._at_value(letter):
                items[key] = self._value(parent, depth)
            else:
                items[key] = tree.Scalar(None, line, bare=True)
            self._separate("{", parent, opened)
        return tree.Table(items, opened, lines, flow=True)

    def _at_value(self, first: str) -> bool:
        """Whether the colon here ends a key that began with the letter `first`."""
        return first in "\"'" or _VALUE.match(self._cursor.text, self._cursor.at) is not None

    def _value(self, parent: int, depth: int) -> tree.Node:
        """What follows the colon here; nothing at all is null."""
        cursor = self._cursor
        line = cursor.line
        cursor.go_to(cursor.at + 1)
        self._gap(parent, "{", line)
        if cursor.letter in (",", "]", "}"):
            return tree.Scalar(None, line, bare=True)
        if depth >= tree.MAX_DEPTH and cursor.letter in ("[", "{"):
            raise tree.too_deep(cursor.line)
        return self.node(parent, depth, inside=True)

    def _key(self, node: tree.Node, line: int) -> str:
        if not isinstance(node, tree.Scalar):
            raise mistakes.complex_key(line)
        if node.bare and node.text == "<<":
            raise JobError("Merge keys (`<<`) are not part of job files.", line=line, key="<<")
        self._cursor.key = node.text
        return node.text

    def _closes(self, bracket: str, parent: int, opened: int) -> bool:
        """Whether the collection ends here; passes over its bracket."""
        self._gap(parent, bracket, opened)
        if self._cursor.letter != _CLOSING[bracket]:
            return False
        self._cursor.go_to(self._cursor.at + 1)
        self._open -= 1
        return True

    def _separate(self, bracket: str, parent: int, opened: int) -> None:
        """Passes over the comma here; the closing bracket is left for `_closes`."""
        cursor = self._cursor
        self._gap(parent, bracket, opened)
        if cursor.letter == ",":
            cursor.go_to(cursor.at + 1)
        elif cursor.letter != _CLOSING[bracket]:
            raise mistakes.not_separated(bracket, opened, cursor.line)

    def _expect_node(self, bracket: str, opened: int) -> None:
        cursor = self._cursor
        if _QUESTION.match(cursor.text, cursor.at):
            raise mistakes.question(cursor.line)
        if cursor.letter in (",", ":", "]", "}") and (
            cursor.letter != ":" or _VALUE.match(cursor.text, cursor.at)
        ):
            raise mistakes.not_separated(bracket, opened, cursor.line)

    def _gap(self, parent: int, bracket: str, opened: int) -> None:
        """To the next token inside the brackets, which must be there and stand far enough in."""
        cursor = self._cursor
        crossed = cursor.gap()
        if cursor.is_at_end or cursor.is_at_marker:
            raise mistakes.open_bracket(bracket, opened)
        # People close a bracket below the key it belongs to, and readers of YAML let them.
        least = parent if self._open == 1 and cursor.letter in ("]", "}") else parent + 1
        if crossed and cursor.indent < least:
            if cursor.text.find(_CLOSING[bracket], cursor.at) < 0:
                raise mistakes.open_bracket(bracket, opened)
            raise mistakes.outdented(f"value in {bracket}{_CLOSING[bracket]}", opened, cursor.line)

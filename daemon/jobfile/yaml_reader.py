"""YAML 1.2 to nodes with line numbers: documents, and what hangs together by its indentation.

A reader of our own, because no library gives lines, bounds and YAML 1.2 at once. It reads less than
YAML (no tags, anchors, aliases, merge keys or keys of several lines, one document that is not
empty), and what it reads means what YAML 1.2 says, or is an error; an independent parser of 1.2
reads thousands of files beside it in the tests. Whatever a file holds, no letter is looked at more
than a few times, nesting is bounded while reading, and so is the number of values.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from daemon.errors import HotfolderError, UnfinishedError
from daemon.jobfile import tree, unseen, yaml_scalars
from daemon.jobfile import yaml_mistakes as mistakes
from daemon.jobfile.yaml_cursor import Cursor
from daemon.jobfile.yaml_flow import FlowReader, refuse_extras

T = TypeVar("T")

_QUESTION = re.compile(r"\?(?=[ \t\n]|\Z)")
_LAST_SPACES = re.compile(r"(?<=\n) ++\Z")  # a line, though nothing ends it
_DIRECTIVE = re.compile(r"%YAML[ \t]+1\.2[ \t]*(?:[ \t]#[^\n]*)?$")


def read_yaml(text: str, *, most: int = tree.MAX_NODES) -> tree.Node:
    """The one document in `text` that is not empty, of at most `most` values. Raises
    UnfinishedError or JobError, and nothing else; a Table of the top level carries warnings of the
    empty ones."""
    return _read(text, most, _Stream.document)


def read_documents(text: str, *, most: int = tree.MAX_NODES) -> tuple[tree.Node, ...]:
    """Every document in `text` that is not empty. Raises what `read_yaml` raises."""
    return _read(text, most, _Stream.documents)


def _read(text: str, most: int, reading: Callable[[_Stream], T]) -> T:
    unseen.refuse_odd_letters(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        return reading(_Stream(text + "\n" * bool(_LAST_SPACES.search(text)), most))
    except HotfolderError:
        raise
    except Exception as error:
        # Whatever a file makes of us is still the file's fault and must not reach the loop that
        # serves all the others.
        raise UnfinishedError(f"The file is not YAML ({type(error).__name__}).") from None


class _Stream:
    """All documents of a file."""

    def __init__(self, text: str, most: int) -> None:
        self._cursor = Cursor(text, most)
        self._blocks = _BlockReader(self._cursor)
        self._found: list[tuple[int, tree.Node]] = []
        self._empty: list[int] = []

    def document(self) -> tree.Node:
        self._read_all()
        return self._only()

    def documents(self) -> tuple[tree.Node, ...]:
        self._read_all()
        return tuple(node for _, node in self._found)

    def _read_all(self) -> None:
        cursor = self._cursor
        may_begin = True  # without a line `---`
        cursor.gap()
        while not cursor.is_at_end:
            cursor.counter.add(cursor.line)
            if cursor.is_at_marker:
                may_begin = self._at_marker()
            elif may_begin and cursor.letter == "%" and cursor.column == 0:
                self._directive()
                continue
            elif may_begin:
                self._add(cursor.line, self._blocks.fresh(-1, 0))
                may_begin = False
            if not cursor.is_at_end and not cursor.is_at_marker and not may_begin:
                raise self._blocks.stray(-1)

    def _at_marker(self) -> bool:
        """At `---` the document that follows, if there is one; after `...` another may begin."""
        cursor, line = self._cursor, self._cursor.line
        marker = cursor.text[cursor.at : cursor.at + 3]
        cursor.go_to(cursor.at + 3)
        if marker == "...":
            if not cursor.to_line_end():
                raise mistakes.after_marker(line, marker)
            return True
        self._add(line, self._blocks.value(-1, 0))
        return False

    def _add(self, line: int, node: tree.Node) -> None:
        if isinstance(node, tree.Scalar) and node.bare and not node.text:
            self._empty.append(line)
        else:
            self._found.append((line, node))

    def _directive(self) -> None:
        cursor = self._cursor
        line, said = cursor.line, cursor.rest_of_line
        cursor.go_to(cursor.at + len(said))
        cursor.gap()
        if not _DIRECTIVE.match(said) or not (cursor.is_at_marker and cursor.letter == "-"):
            raise mistakes.directive(line, said)

    def _only(self) -> tree.Node:
        if len(self._found) > 1:
            raise tree.several_shots("several YAML documents", self._found[1][0])
        if not self._found:
            if not self._empty:
                raise mistakes.only_comments()
            return tree.Scalar(None, self._empty[0], bare=True)
        node = self._found[0][1]
        if isinstance(node, tree.Table) and self._empty:
            lines = ", ".join(map(str, self._empty[:5]))
            said = f"An empty document (`---` in line {lines}) was passed over."
            return tree.Table(node.items, node.line, node.key_lines, node.flow, (said,))
        return node


class _BlockReader:
    """Reads a node and moves on to the token after it, which begins a line."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._flow = FlowReader(cursor)
        self._cut = ""  # the comment after the text that was read last

    def value(self, parent: int, depth: int, *, of: str = "") -> tree.Node:
        """What stands after the sign here (`---`, `-` or the colon of a key). `parent` is the
        column that it must stand beyond; `of` is "key" or "dash"."""
        cursor = self._cursor
        line, cut = cursor.line, cursor.comment
        start = cursor.at
        crossed = cursor.gap()
        column = cursor.column
        listed = of == "key" and column == parent and cursor.is_at_dash
        if column < 0 or (crossed and column <= parent and not listed):
            cursor.counter.add(line)
            return tree.Scalar(None, line, bare=True, cut=cut)
        if crossed:
            return self.fresh(parent, depth)
        spaced = "\t" not in cursor.text[start : cursor.at]
        if of == "dash":
            return self._compact(parent, depth, spaced)
        return self._inline(parent, depth)

    def fresh(self, parent: int, depth: int) -> tree.Node:
        """The node that begins the line here."""
        if "\t" in self._cursor.before:
            raise mistakes.tab(self._cursor.line)
        return self._compact(parent, depth, spaced=True)

    def _compact(self, parent: int, depth: int, spaced: bool) -> tree.Node:
        """A list or mapping whose first line is this one, or something written in one go."""
        cursor = self._cursor
        column, line = cursor.column, cursor.line
        refuse_extras(cursor)
        if _QUESTION.match(cursor.text, cursor.at):
            raise mistakes.question(line)
        is_list = cursor.is_at_dash
        key = None if is_list else yaml_scalars.key_here(cursor)
        if not is_list and key is None:
            return self._inline(parent, depth)
        if not spaced:
            raise mistakes.tab(line)
        cursor.counter.add(line)
        if depth >= tree.MAX_DEPTH:
            raise tree.too_deep(line)
        if key is None:
            return self._list(column, line, depth + 1)
        return self._mapping(key, column, line, depth + 1)

    def _list(self, column: int, line: int, depth: int) -> tree.Listing:
        cursor = self._cursor
        items = []
        while cursor.column == column and cursor.is_at_dash:
            self._refuse_tab()
            cursor.go_to(cursor.at + 1)
            items.append(self.value(column, depth, of="dash"))
        if cursor.column > column:
            raise self.stray(column)
        return tree.Listing(tuple(items), line)

    def _mapping(self, key: str | None, column: int, line: int, depth: int) -> tree.Table:
        cursor = self._cursor
        items: dict[str, tree.Node] = {}
        lines: dict[str, int] = {}
        start = line
        while True:
            if key is None:
                raise self.stray(column)
            if key in items:
                raise tree.duplicate(key, lines[key], line)
            lines[key] = line
            items[key] = self.value(column, depth, of="key")
            if cursor.column != column:
                break
            self._refuse_tab()
            refuse_extras(cursor)
            line = cursor.line
            key = yaml_scalars.key_here(cursor)
        if cursor.column > column:
            raise self.stray(column)
        return tree.Table(items, start, lines)

    def _refuse_tab(self) -> None:
        before = self._cursor.before
        if "\t" in before and not before.strip(" \t"):
            raise mistakes.tab(self._cursor.line)

    def _inline(self, parent: int, depth: int) -> tree.Node:
        """A node written in one go, or a block text; nothing may follow it in its line."""
        cursor = self._cursor
        sign, line = cursor.letter, cursor.line
        if sign in ("|", ">"):
            cursor.counter.add(line)
            node: tree.Node = yaml_scalars.block(cursor, parent)
            self._cut = ""
            cursor.gap()
            return node
        node = self._flow.node(parent, depth)
        self._cut = node.cut if isinstance(node, tree.Scalar) else ""
        if cursor.to_line_end():
            return node
        if cursor.letter == ":" and not isinstance(node, tree.Scalar):
            raise mistakes.complex_key(line)
        raise mistakes.leftover(cursor.line, cursor.same_line(), sign, cursor.key)

    def stray(self, column: int) -> UnfinishedError:
        """What to say of a line that begins nothing that can stand at `column`."""
        cursor = self._cursor
        line, source = cursor.line, cursor.same_line()
        if "\t" in cursor.before:
            return mistakes.tab(line)
        if _QUESTION.match(cursor.text, cursor.at):
            return UnfinishedError(str(mistakes.question(line).what), line=line)
        if cursor.column > column and column >= 0:
            return mistakes.misplaced(line, source, self._cut)
        if cursor.letter in ("%", "@", "`", ",", "]", "}"):
            return mistakes.bad_start(line, cursor.letter)
        return mistakes.no_key(line, source, self._cut)

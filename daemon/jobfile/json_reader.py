"""JSON to nodes with line numbers: strict, bounded, no NaN, no duplicate keys.

The standard library's parser forgets lines and recurses as deep as a file asks it to; this one
is a regular expression for tokens and three small functions.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from json import JSONDecodeError, JSONDecoder
from json.decoder import scanstring  # type: ignore[attr-defined]

from daemon.errors import JobError, UnfinishedError
from daemon.jobfile import quotes, tree, unseen

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*|[+.0-9][^\s,\]}]*")
_MOST_SHOWN = 200
_OVER = "A text in quotes runs over the end of its line."
_TAB = "A tab stands in a text in quotes; JSON has it written as \\t."
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class JsonReader:
    """Reads one text once; `at` is the position of the next letter."""

    def __init__(
        self, text: str, most: int = tree.MAX_NODES, skipped: Collection[str] = ()
    ) -> None:
        self.text = text
        self._skipped = skipped
        self.at = 0
        self.line = 1
        self.counter = tree.Counter(most)

    def document(self) -> tree.Node:
        node = self._value(0)
        if self._peek():
            raise self._unfinished("There is something after the end of the JSON value.")
        return node

    def _peek(self) -> str:
        """The next letter that is not space, not taken; empty at the end."""
        end = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]
        self.line += self.text.count("\n", self.at, end)
        self.at = end
        return self.text[end : end + 1]

    def _value(self, depth: int) -> tree.Node:
        letter = self._peek()
        self.counter.add(self.line)
        if letter and letter in "{[":
            if depth >= tree.MAX_DEPTH:
                raise tree.too_deep(self.line)
            self.at += 1
            return self._table(depth + 1) if letter == "{" else self._listing(depth + 1)
        line = self.line
        if letter == '"':
            text = self._string()
            return tree.Scalar(text, line, text)
        return self._bare(line)

    def _table(self, depth: int) -> tree.Table:
        items: dict[str, tree.Node] = {}
        lines: dict[str, int] = {}
        start = self.line
        if self._peek() == "}":
            self.at += 1
            return tree.Table(items, start, lines)
        while True:
            letter = self._peek()
            if letter == "'":
                raise self._unfinished("JSON knows only double quotes, no single ones.")
            if letter and letter in quotes.PAIRS:
                raise self._typographic()
            if letter != '"':
                raise self._unfinished('A key in double quotes, such as "prompt", must stand here.')
            line = self.line
            key = self._string()
            if key in items:
                raise tree.duplicate(key, lines[key], line)
            if self._peek() != ":":
                raise self._unfinished(f'A colon must follow "{tree.shown(key)}".')
            self.at += 1
            lines[key] = line
            if key in self._skipped:
                self._skip()
            else:
                items[key] = self._value(depth)
            if self._closes("}"):
                return tree.Table(items, start, lines)

    def _skip(self) -> None:
        """Past a value that nobody asks for, however large."""
        self._peek()
        try:
            _, end = JSONDecoder().raw_decode(self.text, self.at)
        except JSONDecodeError as error:
            self.at = error.pos
            raise self._unfinished(f"{error.msg.rstrip(' at')}.") from None
        except RecursionError:
            raise tree.too_deep(self.line) from None
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def _listing(self, depth: int) -> tree.Listing:
        items: list[tree.Node] = []
        start = self.line
        if self._peek() == "]":
            self.at += 1
            return tree.Listing((), start)
        while True:
            items.append(self._value(depth))
            if self._closes("]"):
                return tree.Listing(tuple(items), start)

    def _closes(self, bracket: str) -> bool:
        """Takes a comma or `bracket`; says whether it was the bracket."""
        letter = self._peek()
        if letter not in (",", bracket):
            raise self._unfinished(f"A comma or {bracket} must stand here.")
        self.at += 1
        if letter == "," and self._peek() == bracket:
            raise self._unfinished(f"JSON allows no comma before {bracket}.")
        return letter == bracket

    def _string(self) -> str:
        try:
            text, end = scanstring(self.text, self.at + 1, True)
        except JSONDecodeError as error:
            if error.msg.startswith("Invalid control character"):
                letter = self.text[error.pos]
                self.at = self.at if letter in "\r\n" else error.pos
                raise self._unfinished(_TAB if letter == "\t" else _OVER) from None
            raise self._unfinished(f"{error.msg.rstrip(' at')}.") from None
        self.at = end
        return tree.whole_text(text, self.line)

    def _bare(self, line: int) -> tree.Scalar:
        match = _NUMBER.match(self.text, self.at)
        word = _WORD.match(self.text, self.at)
        if match and (not word or word.end() <= match.end()):
            self.at = match.end()
            text = match.group()
            whole = not (match.group(1) or match.group(2))
            return tree.Scalar(
                tree.number(text, line, base=10 if whole else None), line, text, bare=True
            )
        if word and word.group() in _WORDS:
            self.at = word.end()
            return tree.Scalar(_WORDS[word.group()], line, word.group(), bare=True)
        if word and word.group() in ("NaN", "Infinity"):
            raise JobError(f"{word.group()} is not a number a picture can be made with.", line=line)
        if word:
            raise self._unfinished(f"`{tree.shown(word.group())}` must stand in double quotes.")
        if self.text.startswith(tuple(quotes.PAIRS), self.at):
            raise self._typographic()
        if self.text.startswith("-Infinity", self.at):
            raise JobError("-Infinity is not a number a picture can be made with.", line=line)
        raise self._unfinished("A value must stand here.")

    def _typographic(self) -> UnfinishedError:
        """With the line as it should be, if a letter can show it."""
        error = self._unfinished(
            'Only straight double quotes (") are quotes in JSON, no typographic ones (“ ”).'
        )
        start = self.text.rfind("\n", 0, self.at) + 1
        line = re.split(r"[\r\n]", self.text[start : start + _MOST_SHOWN + 1], maxsplit=1)[
            0
        ].strip()
        if not error.why:
            error.why = "TextEdit makes them: Edit > Substitutions > Smart Quotes."
        error.remedy = "Type them anew, as straight ones."
        if len(line) <= _MOST_SHOWN and (better := quotes.straight(line)) != line:
            error.remedy = f"Write: {better}"
        return error

    def _unfinished(self, what: str) -> UnfinishedError:
        letter = self.text[self.at : self.at + 1]
        if letter and (found := unseen.unseen(letter, self.line)) is not None:
            return found
        if self.at >= len(self.text.rstrip()):
            return UnfinishedError("The JSON breaks off at its end.", line=self.line, why=what)
        return UnfinishedError(what, line=self.line)


def read_json(text: str, *, most: int = tree.MAX_NODES, skipped: Collection[str] = ()) -> tree.Node:
    """The one value in `text`, of at most `most` values; those under the keys `skipped` are passed
    over. Raises UnfinishedError, JobError."""
    return JsonReader(text, most, skipped).document()

"""YAML 1.2 core to nodes with line numbers: a bounded reading of PyYAML's pure-Python events.

No tags, anchors, aliases or merge keys; scalars mean what they look like (`on`, `no`, `12:30`,
`0123` and `1_000` are text). Nesting is checked while scanning, the number of values while
reading, and the hot loops of the scanner are replaced by regular expressions, so that one
megabyte of anything takes about a second at most.
"""

from __future__ import annotations

import re

from yaml import events
from yaml.error import MarkedYAMLError
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.scanner import Scanner

from daemon.errors import HotfolderError, JobError, UnfinishedError
from daemon.jobfile import tree, yaml_mistakes

_BREAKS = "\r\n\x85\u2028\u2029"
_GAP = re.compile(rf"(?: *(?:#[^{_BREAKS}\0]*)?(?:\r\n|[{_BREAKS}]))*(?: *)(?:#[^{_BREAKS}\0]*)?")
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_MAX_TOKENS = 4 * tree.MAX_NODES


class _Events(Reader, Scanner, Parser):
    """PyYAML's reader, scanner and parser, without its composer and constructors."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        self.scanned = 0

    def fetch_more_tokens(self) -> None:
        self.scanned += 1
        if self.scanned > _MAX_TOKENS:
            raise JobError(
                "The file holds far more than a job.",
                line=self.line + 1,
                remedy="Make several files of it.",
            )
        if self.flow_level > tree.MAX_DEPTH or len(self.indents) > tree.MAX_DEPTH + 2:
            raise tree.too_deep(self.line + 1)
        super().fetch_more_tokens()

    def forward(self, length: int = 1) -> None:
        """As PyYAML's, but a long stretch costs one slice instead of a loop over its letters."""
        if length < 4:
            super().forward(length)
            return
        chunk = self.buffer[self.pointer : self.pointer + length]
        if any(letter in chunk for letter in _BREAKS):
            super().forward(length)
            return
        self.pointer += length
        self.index += length
        self.column += _columns(chunk)

    def scan_to_next_token(self) -> None:
        """As PyYAML's: skips spaces, comments and line ends, in one match."""
        gap = _GAP.match(self.buffer, self.pointer).group()  # type: ignore[union-attr]
        if not gap:
            return
        self.pointer += len(gap)
        self.index += len(gap)
        lines = len(re.findall(rf"\r\n|[{_BREAKS}]", gap))
        if not lines:
            self.column += _columns(gap)
            return
        self.line += lines
        self.column = _columns(gap[max(gap.rfind(letter) for letter in _BREAKS) + 1 :])
        if not self.flow_level:
            self.allow_simple_key = True


def _columns(text: str) -> int:
    return len(text) - text.count("\ufeff")


class _Composer:
    """Events to nodes."""

    def __init__(self, text: str) -> None:
        self.parser = _Events(text)
        self.counter = tree.Counter()

    def document(self) -> tree.Node:
        self._next()  # the stream's start
        if isinstance(self._next(), events.StreamEndEvent):
            raise UnfinishedError(
                "The file holds only comments.",
                line=1,
                remedy="Write at least a line such as: prompt: a lighthouse",
            )
        node = self._node(self._next(), 0)
        self._next()  # the document's end
        after = self._next()
        if isinstance(after, events.StreamEndEvent):
            return node
        extra = self._node(self._next(), 0)
        if isinstance(extra, tree.Scalar) and extra.value is None:
            return node
        raise JobError(
            "The file holds several YAML documents (a line `---` between two jobs).",
            line=_line(after),
            why="Several jobs in one file are not supported yet.",
            remedy="Save each job as a file of its own, and drop them all.",
        )

    def _next(self) -> events.Event:
        event: events.Event = self.parser.get_event()  # type: ignore[no-untyped-call]
        return event

    def _node(self, event: events.Event, depth: int) -> tree.Node:
        line = _line(event)
        self.counter.add(line)
        self._refuse_extras(event, line)
        if isinstance(event, events.ScalarEvent):
            return _scalar(event, line)
        if depth >= tree.MAX_DEPTH:
            raise tree.too_deep(line)
        if isinstance(event, events.SequenceStartEvent):
            items: list[tree.Node] = []
            event_flow = event.flow_style
            while not isinstance(event := self._next(), events.SequenceEndEvent):
                items.append(self._node(event, depth + 1))
            return tree.Listing(tuple(items), line, bool(event_flow))
        assert isinstance(event, events.MappingStartEvent)
        return self._table(bool(event.flow_style), line, depth)

    def _table(self, flow: bool, line: int, depth: int) -> tree.Table:
        items: dict[str, tree.Node] = {}
        lines: dict[str, int] = {}
        while not isinstance(event := self._next(), events.MappingEndEvent):
            key_line = _line(event)
            key = self._key(event, key_line)
            if key in items:
                raise tree.duplicate(key, lines[key], key_line)
            lines[key] = key_line
            items[key] = self._node(self._next(), depth + 1)
        return tree.Table(items, line, lines, flow)

    def _key(self, event: events.Event, line: int) -> str:
        self._refuse_extras(event, line)
        if not isinstance(event, events.ScalarEvent):
            raise JobError(
                "A key must be a word, but a list or mapping stands here.",
                line=line,
                remedy="If the value is text that starts with a bracket, put it in quotes.",
            )
        if event.value == "<<" and event.implicit[0]:
            raise JobError("Merge keys (`<<`) are not part of job files.", line=line, key="<<")
        return tree.whole_text(event.value, line)

    def _refuse_extras(self, event: events.Event, line: int) -> None:
        if isinstance(event, events.AliasEvent):
            raise yaml_mistakes.reserved("*", event.anchor or "", line)
        if anchor := getattr(event, "anchor", None):
            raise yaml_mistakes.reserved("&", anchor, line)
        if tag := getattr(event, "tag", None):
            raise yaml_mistakes.reserved(
                "!", tag.removeprefix("!").replace("tag:yaml.org,2002:", "!"), line
            )


def _line(event: events.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _scalar(event: events.ScalarEvent, line: int) -> tree.Scalar:
    text = tree.whole_text(event.value, line)
    if not event.implicit[0] or event.style:
        return tree.Scalar(text, line, text)
    value: tree.Plain = text
    if text in _CONSTANTS:
        value = _CONSTANTS[text]
    elif _INT.match(text):
        value = tree.number(text, line, whole=True)
    elif _FLOAT.match(text):
        value = tree.number(text, line, whole=False)
    return tree.Scalar(value, line, text, bare=True)


def read_yaml(text: str) -> tree.Node:
    """The one document in `text`. Raises UnfinishedError or JobError, and nothing else."""
    try:
        return _Composer(text).document()
    except HotfolderError:
        raise
    except MarkedYAMLError as error:
        raise yaml_mistakes.explain_syntax(error, text) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise yaml_mistakes.odd_letter(error.character, line) from None
    except Exception as error:
        # PyYAML has raised IndexError, ValueError and others for broken files; whatever comes
        # next is still the file's fault and must not reach the loop that serves all the others.
        raise UnfinishedError(f"The file is not YAML ({type(error).__name__}).") from None

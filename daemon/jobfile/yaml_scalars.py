"""The texts of YAML 1.2 (bare, quoted, block) and what a bare one means in its core schema.

`on`, `no`, `12:30`, `1_000` are texts, `0o17` is fifteen and `010` ten; what no picture can be made
with (`.inf`) is an error. Knows nothing of lists and mappings.
"""

from __future__ import annotations

import re
from functools import lru_cache

from daemon.errors import JobError
from daemon.jobfile import tree
from daemon.jobfile import yaml_mistakes as mistakes
from daemon.jobfile.yaml_cursor import MAX_LINES, Cursor, indented_less, too_long

_FLOW = r",\[\]{}"
_HEAD = rf"(?:[^ \t\n\-?:{_FLOW}#&*!|>'\"%@`]|[\-?:](?=[^ \t\n%s]))"
_TAIL = r"(?:[^ \t\n:#%s]++|:(?=[^ \t\n%s])|(?<=[^ \t\n])#|[ \t]++(?=[^ \t\n#%s]))*+"
#: By whether it stands inside brackets: a bare text up to the end of its line, and what goes on.
_REST = {inside: re.compile(_TAIL.replace("%s", _FLOW * inside)) for inside in (False, True)}
_BARE = {
    inside: re.compile((_HEAD + _TAIL).replace("%s", _FLOW * inside)) for inside in (False, True)
}
_NEXT_LINE = re.compile(r"[ \t]*+\n(?:[ \t]*+\n)*+( *+)([ \t]*+)(?=[^\n#])")
_KEY = re.compile(rf"(?P<bare>{(_HEAD + _TAIL).replace('%s', '')})[ \t]*:(?=[ \t\n]|\Z)")
_QUOTED_KEY = re.compile(
    r"""(?:"(?:[^"\\\n]++|\\[^\n])*+"|'(?:[^'\n]++|'')*+')[ \t]*:(?=[ \t\n]|\Z)"""
)
_DOUBLE = re.compile(r'"((?:[^"\\]++|\\.)*+)"', re.DOTALL)
_SINGLE = re.compile(r"'((?:[^']++|'')*+)'")
_MARKER_INSIDE = re.compile(r"\n(?:---|\.\.\.)(?=[ \t\n])")
_FOLDED = r"\n(?:[ \t]*+\n)*+[ \t]*+"
_FOLD = rf"[ \t]*+{_FOLDED}"
_FOLDS = re.compile(rf"(?<![ \t]){_FOLD}")
_ESCAPES = re.compile(
    rf"(?:(?<![ \t])|(?<=\\[ \t])){_FOLD}|\\(?P<broken>{_FOLDED})"
    r"|\\x(?P<x>[0-9a-fA-F]{2})|\\u(?P<u>[0-9a-fA-F]{4})|\\U(?P<U>[0-9a-fA-F]{8})|\\(?P<one>.)"
)
_ONE = dict(
    zip('0abt\tnvfre "/\\N_LP', '\0\a\b\t\t\n\v\f\r\x1b "/\\\x85\xa0\u2028\u2029', strict=True)
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_HEADER = re.compile(r"[|>](?:(?P<m>[1-9])[+-]?|[+-](?P<m2>[1-9])?)?(?=[ \t\n]|\Z)")
_SPACES = re.compile(" *+")
_TAB_LINE = re.compile(r" *+\t[ \t]*+(?:\n|\Z)")
_BLANKS = re.compile(r"(?: *+\n)*+")
_NUMBER = re.compile(
    r"(?P<whole>[-+]?[0-9]+)|0o(?P<octal>[0-7]+)|0x(?P<hex>[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<none>[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
)
_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}


# --- bare -----------------------------------------------------------------------------------------


def bare(cursor: Cursor, parent: int, *, inside: bool) -> tree.Scalar:
    """The bare text here; its further lines stand further in than `parent`."""
    found, line = _BARE[inside].match(cursor.text, cursor.at), cursor.line
    if not found:
        raise mistakes.bad_start(cursor.line, cursor.letter)
    pieces = [found[0].rstrip(" \t")]
    cursor.go_to(cursor.at + len(pieces[0]))
    while more := _next_line(cursor, parent, inside):
        pieces += more
        if len(pieces) > 2 * MAX_LINES:
            raise too_long(cursor.line)
    text = "".join(pieces)
    return tree.Scalar(resolve(text, line, cursor.key), line, text, bare=True, cut=cursor.comment)


def _next_line(cursor: Cursor, parent: int, inside: bool) -> tuple[str, str] | None:
    """What joins a further line to a bare text, and that line, unless something else begins."""
    found = _NEXT_LINE.match(cursor.text, cursor.at)
    if not found or len(found[1]) <= parent:
        return None
    text = _REST[inside].match(cursor.text, found.end())
    words = text[0].rstrip(" \t") if text else ""
    if not words or (not found[1] and not found[2] and _starts_document(cursor, found.end())):
        return None
    breaks = cursor.go_to(found.end())
    cursor.go_to(cursor.at + len(words))
    return _folded(breaks), words


def _starts_document(cursor: Cursor, at: int) -> bool:
    marker, after = cursor.text[at : at + 3], cursor.text[at + 3 : at + 4]
    return marker in ("---", "...") and after in ("", " ", "\t", "\n")


def _folded(breaks: int) -> str:
    return " " if breaks == 1 else "\n" * (breaks - 1)


def resolve(text: str, line: int, key: str | None = None) -> tree.Plain:
    """What a bare text means: a constant, a number, or itself."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    found = _NUMBER.fullmatch(text)
    if not found:
        return text
    kind = found.lastgroup or ""
    if kind == "none":
        raise JobError(
            f"{text} is not a number a picture can be made with.",
            line=line,
            key=key,
            remedy=f'If it is meant as a text, put it in quotes: "{text}"',
        )
    if kind in ("octal", "hex"):
        return tree.number(found[kind], line, base=8 if kind == "octal" else 16, key=key)
    return tree.number(text, line, base=10 if kind == "whole" else None, key=key)


# --- keys -----------------------------------------------------------------------------------------


def key_here(cursor: Cursor) -> str | None:
    """The key of a `key: value` that begins here, moving past its colon; None if none does."""
    letter, line = cursor.letter, cursor.line
    if letter and letter in "\"'":
        if not (found := _QUOTED_KEY.match(cursor.text, cursor.at)):
            return None
        end = found.end()
        text = quoted(cursor, -1)
    else:
        if not (found := _KEY.match(cursor.text, cursor.at)):
            return None
        end, text = found.end(), found["bare"].rstrip(" \t")
        if text == "<<":
            raise JobError("Merge keys (`<<`) are not part of job files.", line=line, key="<<")
    if end - found.start() > 1024:
        raise mistakes.long_key(line)
    cursor.go_to(end)
    cursor.key = text
    return text


# --- quoted ---------------------------------------------------------------------------------------


def quoted(cursor: Cursor, parent: int) -> str:
    """The text between the quotes that begin here."""
    line, sign = cursor.line, cursor.letter
    found = (_DOUBLE if sign == '"' else _SINGLE).match(cursor.text, cursor.at)
    if not found or _MARKER_INSIDE.search(found[1]):
        raise mistakes.open_quote(line)
    raw = found[1]
    if "\n" in raw and (less := indented_less(parent + 1).search(raw)):
        raise mistakes.outdented("text in quotes", line, line + raw.count("\n", 0, less.end()))
    cursor.go_to(found.end())
    if sign == "'":
        text = _FOLDS.sub(lambda fold: _folded(fold[0].count("\n")), raw) if "\n" in raw else raw
        return tree.whole_text(text.replace("''", "'"), line)
    if "\n" in raw or "\\" in raw:
        raw = _ESCAPES.sub(lambda escape: _unescaped(escape, line), raw)
    if _SURROGATE.search(raw):  # JSON writes an emoji as two halves
        raw = _joined(raw)
    return tree.whole_text(raw, line)


def _unescaped(found: re.Match[str], line: int) -> str:
    kind = found.lastgroup
    if kind is None:
        return _folded(found[0].count("\n"))
    if kind == "broken":
        return "\n" * (found["broken"].count("\n") - 1)
    if kind == "one":
        if found["one"] not in _ONE:
            raise mistakes.bad_escape(line + found.string.count("\n", 0, found.start()))
        return _ONE[found["one"]]
    code = int(found[kind], 16)
    if code > 0x10FFFF:
        raise mistakes.bad_escape(line + found.string.count("\n", 0, found.start()))
    return chr(code)


def _joined(text: str) -> str:
    """The text with each pair of surrogates as the one letter it stands for."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


# --- block ----------------------------------------------------------------------------------------


def block(cursor: Cursor, parent: int) -> tree.Scalar:
    """The text after a `|` or `>`, whose lines stand further in than `parent`."""
    line, header = cursor.line, _HEADER.match(cursor.text, cursor.at)
    if not header:
        raise mistakes.bad_header(line, cursor.letter)
    if parent < 0:
        raise mistakes.no_mapping(line)
    cursor.go_to(header.end())
    after = cursor.rest_of_line
    if after.strip(" \t") and not cursor.comment:
        raise mistakes.bad_header(line, header[0][0])
    cursor.go_to(min(cursor.at + len(after) + 1, len(cursor.text)))
    given = header["m"] or header["m2"]
    indent = parent + int(given) if given else _found_indent(cursor, parent)
    body = _body(indent).match(cursor.text, cursor.at)
    assert body is not None  # it matches nothing, too
    cursor.go_to(body.end())
    if _TAB_LINE.match(cursor.text, cursor.at):
        raise mistakes.tab(cursor.line)
    if given and not body[0].strip(" \n") and _is_outdented(cursor, parent):
        raise mistakes.misplaced(cursor.line, cursor.rest_of_line, "")
    text = _chomped(_margin(indent).sub("", body[0]), header[0])
    return tree.Scalar(tree.whole_text(text, line), line, text)


def _is_outdented(cursor: Cursor, parent: int) -> bool:
    """Whether the line here is not as far in as its text says, and yet belongs to it."""
    spaces = _SPACES.match(cursor.text, cursor.at)
    return spaces is not None and len(spaces[0]) > parent and spaces.end() < len(cursor.text)


def _found_indent(cursor: Cursor, parent: int) -> int:
    blanks = _BLANKS.match(cursor.text, cursor.at)
    assert blanks is not None
    spaces = _SPACES.match(cursor.text, blanks.end())
    assert spaces is not None
    indent = len(spaces[0])
    if spaces.end() == len(cursor.text) or indent <= parent:
        return max(parent + 1, *map(len, f"{blanks[0]}{spaces[0]}".split("\n")))  # empty lines only
    if f"\n{' ' * (indent + 1)}" in f"\n{blanks[0]}":
        raise mistakes.misplaced(cursor.line, "", "")
    return indent


@lru_cache(maxsize=64)
def _body(indent: int) -> re.Pattern[str]:
    return re.compile(rf"(?: {{{indent}}}[^\n]*+(?:\n|\Z)| {{0,{indent - 1}}}\n)*+")


@lru_cache(maxsize=64)
def _margin(indent: int) -> re.Pattern[str]:
    return re.compile(rf"^ {{0,{indent}}}", re.MULTILINE)


_JOINED = re.compile(r"^([^ \t\n][^\n]*+)\n(?=[^ \t\n])", re.MULTILINE)
_APART = re.compile(r"^([^ \t\n][^\n]*+)\n(\n++)(?=[^ \t\n])", re.MULTILINE)


def _chomped(body: str, header: str) -> str:
    text = body.rstrip("\n")
    tail = body[len(text) :]
    if header[0] == ">":
        text = _APART.sub(r"\1\2", _JOINED.sub(r"\1 ", text))
    if "-" in header:
        return text
    if "+" in header:
        return text + (tail or "\n" if text else tail)
    return f"{text}\n" if text else ""

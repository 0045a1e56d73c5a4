"""The mistakes people make in YAML, in words that help: from a parser's complaint to an error.

A syntax error is always an UnfinishedError: the writer may simply not be done yet.
"""

from __future__ import annotations

import re

from yaml.error import MarkedYAMLError

from daemon.errors import JobError, UnfinishedError
from daemon.jobfile import tree

_QUOTE = "Put the whole value in double quotes."
_RESERVED = {
    "*": ("starts an alias", "Aliases are not part of job files."),
    "&": ("starts an anchor", "Anchors are not part of job files."),
    "!": ("starts a tag", "Tags are not part of job files."),
}


def reserved(sign: str, name: str, line: int) -> JobError:
    """An alias, anchor or tag: far more often a text that begins with that sign."""
    meaning, why = _RESERVED[sign]
    return JobError(
        f"In YAML a bare {sign} {meaning} (`{sign}{tree.shown(name, 20)}`).",
        line=line,
        why=why,
        remedy=f'If it is the beginning of a text, put the text in quotes: "{sign}…"',
    )


def odd_letter(code: object, line: int) -> UnfinishedError:
    number = ord(code) if isinstance(code, str) and len(code) == 1 else 0
    if isinstance(code, int):
        number = code
    name = "a NUL byte" if number == 0 else f"the control character U+{number:04X}"
    return UnfinishedError(
        f"The file contains {name}.",
        line=line,
        why="No text editor writes that; the file was perhaps not written to its end.",
        remedy="Save it again as plain text, and drop it again.",
    )


def explain_syntax(error: MarkedYAMLError, text: str) -> UnfinishedError:
    """What PyYAML found, said for the person who typed it."""
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else None
    lines = text.splitlines() or [""]
    last = line is not None and line >= len(lines) and "<stream end>" in (error.problem or "")
    source = lines[line - 1] if line and line <= len(lines) else ""
    problem, context = error.problem or "", error.context or ""
    for test, words in _WORDS:
        if test in problem or test in context:
            what, why, remedy = words
            return UnfinishedError(what, line=_start(error, line, test), why=why, remedy=remedy)
    if line and "\t" in source[: len(source) - len(source.lstrip())]:
        return _tab(line)
    if "mapping values are not allowed" in problem:
        return _second_colon(line, source)
    if mark and "cannot start any token" in problem:
        return _bad_start(line, source, mark.column)
    if "expected <block end>" in problem and (found := _leftover(line, source)):
        return found
    if "expected ',' or" in problem:
        return _flow(error, line, last)
    return _general(line, problem, context)


def _start(error: MarkedYAMLError, line: int | None, test: str) -> int | None:
    """An unclosed quote is best shown where it opens."""
    if "quoted scalar" in test and error.context_mark:
        return int(error.context_mark.line) + 1
    return line


_WORDS: tuple[tuple[str, tuple[str, str, str]], ...] = (
    (
        "while scanning a quoted scalar",
        (
            "A quote is opened here and never closed.",
            "",
            "Close it, or write the text without quotes; a quote inside quotes is doubled "
            "('it''s') or escaped (\"\\\"\").",
        ),
    ),
    (
        "while scanning a double-quoted scalar",
        (
            'Inside double quotes a backslash starts an escape such as "\\n", and this is none.',
            "",
            "Double the backslash (\\\\), or use single quotes.",
        ),
    ),
    (
        "could not find expected ':'",
        (
            "This line is neither `key: value` nor part of the value above.",
            "",
            "Give it a key, or, if it continues the text above, indent it by two spaces.",
        ),
    ),
)


def _tab(line: int) -> UnfinishedError:
    return UnfinishedError(
        "The line is indented with a tab.",
        line=line,
        why="YAML allows only spaces there.",
        remedy="Replace the tab by two spaces.",
    )


def _second_colon(line: int | None, source: str) -> UnfinishedError:
    match = re.match(r"\s*(?:- )?([\w-]+):\s+(.*)", source)
    if match and ": " in match[2] + " ":
        example = f'{match[1]}: "{tree.shown(match[2], 50)}"'
        return UnfinishedError(
            f"The text of `{match[1]}` contains a colon followed by a space.",
            line=line,
            why="Without quotes, YAML takes that for another key.",
            remedy=f"Put the text in quotes: {example}",
        )
    return UnfinishedError(
        "A `key: value` stands where none can.",
        line=line,
        why="It is indented differently from the lines around it, or a colon above has no quotes.",
        remedy="Indent keys of one level equally; put texts that contain a colon in quotes.",
    )


def _bad_start(line: int | None, source: str, column: int) -> UnfinishedError:
    letter = source[column : column + 1]
    if letter == "\t":
        return UnfinishedError(
            "A tab stands between the key and its value, or before a key.",
            line=line,
            why="YAML allows only spaces there.",
            remedy="Replace the tab by a space.",
        )
    return UnfinishedError(
        f"A text can't start with {letter} unless it is in quotes.", line=line, remedy=_QUOTE
    )


def _flow(error: MarkedYAMLError, line: int | None, last: bool) -> UnfinishedError:
    opened = error.context_mark.line + 1 if error.context_mark else line
    bracket = "{" if "mapping" in (error.context or "") else "["
    if last or "<stream end>" in (error.problem or "") or (line or 0) > (opened or 0):
        return UnfinishedError(
            f"A {bracket} is opened here and never closed.",
            line=opened,
            remedy=f"Close it with {'}' if bracket == '{' else ']'}, "
            "or put the text in quotes if the bracket is part of it.",
        )
    return UnfinishedError(
        f"Something between {bracket} and its closing bracket is not separated as it must be.",
        line=line,
        why="Inside brackets a bare comma or colon ends a text.",
        remedy='Put texts in quotes: {prompt: "a cat, a dog: two friends"}',
    )


def _leftover(line: int | None, source: str) -> UnfinishedError | None:
    """Something after the end of a value: `"a" b`, `[a] b`."""
    match = re.match(r"\s*(?:- )?([\w-]+):\s+([\"'\[{])", source)
    if not match:
        return None
    if match[2] in "[{":
        return UnfinishedError(
            f"Something stands after the closing bracket of `{match[1]}`.",
            line=line,
            why=f"A bare {match[2]} begins a {'list' if match[2] == '[' else 'mapping'} in YAML.",
            remedy=_QUOTE,
        )
    return UnfinishedError(
        f"Something stands after the closing quote of `{match[1]}`.",
        line=line,
        why=f"A {match[2]} inside the text ends it.",
        remedy="Double it ('it''s') between single quotes, "
        'or write a backslash before it ("\\"") between double ones.',
    )


def _general(line: int | None, problem: str, context: str) -> UnfinishedError:
    details = ", ".join(part for part in (context, problem) if part)
    return UnfinishedError(
        "The file is not valid YAML here.",
        line=line,
        why=f"The parser says: {tree.shown(details, 160)}." if details else "",
        remedy="Compare the line with the ones above: indentation, quotes, brackets.",
    )

"""The mistakes people make in YAML, in words that help.

A syntax error is always an UnfinishedError: the writer may simply not be done yet.
"""

from __future__ import annotations

import re

from daemon.errors import JobError, UnfinishedError
from daemon.jobfile import tree

_QUOTE = "Put the whole value in double quotes."
_STRAY = "Give it a key, or, if it continues the text above, indent it by two spaces."
_SHOT = re.compile(r"[ \t]*(?:[-*+•]|\d{1,6}[A-Za-z]?[.:)]?)[ \t]+\S")
_AS_TEXT = "For a list of shots: give the file the ending .txt, there a line is a shot."
_RESERVED = {
    "*": ("starts an alias", "Aliases are not part of job files."),
    "&": ("starts an anchor", "Anchors are not part of job files."),
    "!": ("starts a tag", "Tags are not part of job files."),
}
_LOOKALIKES = {
    "：": "a full-width colon",
    "\N{NO-BREAK SPACE}": "a no-break space",
    "=": "an equals sign",
}
_NO_COLON = re.compile(
    r"\s*(?:- )?[\"“”„]?([A-Za-z]\w*)[\"“”„]?\s*(：|:\N{NO-BREAK SPACE}|:(?=\S)|(?<![A-Z])=)(.*)"
)
_WITH_COLON = re.compile(r"\s*(?:- )?([\w-]+):\s+(.*)")


def reserved(sign: str, name: str, line: int) -> JobError:
    """An alias, anchor or tag: far more often a text that begins with that sign."""
    meaning, why = _RESERVED[sign]
    is_item, quoted = sign == "*" and not name, f'put the text in quotes: "{sign}…"'
    return JobError(
        f"In YAML a bare {sign} {meaning} (`{sign}{tree.shown(name, 20)}`).",
        line=line,
        why=why,
        remedy=_AS_TEXT if is_item else f"If it is the beginning of a text, {quoted}",
    )


# --- the file as a whole --------------------------------------------------------------------------


def no_mapping(line: int, text: str = "") -> UnfinishedError:
    """A text stands where keys and values are expected."""
    is_shot, write = _SHOT.match(text[:2_000]) is not None, f'Write: prompt: "{tree.shown(text)}"'
    return (None if is_shot else _lookalike(line, text)) or UnfinishedError(
        "The file holds a text, but no `key: value`.",
        line=line,
        remedy=f"{_AS_TEXT} {write}" if is_shot else write if text else "Write: prompt: |",
    )


def only_comments() -> UnfinishedError:
    return UnfinishedError(
        "The file holds only comments.",
        line=1,
        remedy=tree.AT_LEAST,
    )


def directive(line: int, text: str) -> JobError:
    return JobError(
        f"`{tree.shown(text)}` can't be used here.",
        line=line,
        why="Job files are read as YAML 1.2, and take no other directive than %YAML 1.2 "
        "at the top, with a line --- after it.",
        remedy="Remove the line.",
    )


def after_marker(line: int, marker: str) -> UnfinishedError:
    return UnfinishedError(
        f"Nothing can stand in the line of a `{marker}`.",
        line=line,
        remedy=f"Begin a new line after {marker}.",
    )


# --- keys -----------------------------------------------------------------------------------------


def complex_key(line: int) -> JobError:
    return JobError(
        "A key must be a word, but a list or mapping stands here.",
        line=line,
        remedy="If the value is text that starts with a bracket, put it in quotes.",
    )


def question(line: int) -> JobError:
    return JobError(
        "In YAML a bare ? begins a key of several lines, which job files don't have.",
        line=line,
        remedy="If it is the beginning of a text, put the text in quotes.",
    )


def long_key(line: int) -> UnfinishedError:
    return UnfinishedError(
        "A key must be a word, but more than 1,000 letters stand before the colon.",
        line=line,
        remedy="If the colon is a part of a text, put the text in quotes.",
    )


def no_key(line: int, source: str, cut: str) -> UnfinishedError:
    """A line among keys that is none; `cut` is the comment that ended the text above."""
    if cut:
        return _after_comment(line, cut)
    is_shot = _SHOT.match(source[:2_000]) is not None
    return _lookalike(line, source) or UnfinishedError(
        "This line is neither `key: value` nor part of the value above.",
        line=line,
        remedy=f"{_STRAY} {_AS_TEXT}" if is_shot else _STRAY,
    )


def _lookalike(line: int, source: str) -> UnfinishedError | None:
    """What looks like `key: value` to a person and not to YAML."""
    if not (found := _NO_COLON.match(source[:2_000])):
        return None
    rest = re.split(r"\s(?=[A-Za-z]\w*\s*[:：=])", found[3], maxsplit=1)[0]
    key, sign, rest = found[1], found[2], tree.shown(rest.strip(), 50)
    shown = f"`{key}` is followed by {_LOOKALIKES.get(sign[-1], 'a colon without a space')}"
    return UnfinishedError(
        f"{shown}, not by a colon and a space.",
        line=line,
        key=key,
        why="YAML takes the line for a text.",
        remedy=f"Write: {key}: {rest}",
    )


def misplaced(line: int, source: str, cut: str) -> UnfinishedError:
    """A line indented as no line around it."""
    if cut:
        return _after_comment(line, cut)
    return (
        second_colon(line, source)
        if re.search(r":(?:\s|$)", source[:2_000])
        else UnfinishedError(
            "This line is indented differently from the lines around it.",
            line=line,
            remedy="Indent lines that belong together equally; "
            "put a text of several lines in quotes, or begin it with | in the line of its key.",
        )
    )


def _after_comment(line: int, cut: str) -> UnfinishedError:
    return UnfinishedError(
        "This line is neither `key: value` nor part of the value above.",
        line=line,
        why=f"A # after a space begins a comment ({tree.shown(cut.strip(), 30)}), "
        "and a comment ends the text before it.",
        remedy="If the # is a part of the text, put the whole text in quotes.",
    )


def tab(line: int) -> UnfinishedError:
    return UnfinishedError(
        "The line is indented with a tab.",
        line=line,
        why="YAML allows only spaces there.",
        remedy="Replace the tab by two spaces.",
    )


def second_colon(line: int, source: str) -> UnfinishedError:
    match = _WITH_COLON.match(source[:2_000])
    if match and ": " in match[2] + " ":
        words = match[2].strip().strip("“”„«»‘’")
        example = f'{match[1]}: "{tree.shown(words, 50)}"'
        return UnfinishedError(
            f"The text of `{match[1]}` contains a colon followed by a space.",
            line=line,
            why="Without quotes, YAML takes that for another key."
            + " Only straight quotes count." * (words != match[2].strip()),
            remedy=f"Put the text in quotes: {example}",
        )
    return UnfinishedError(
        "A `key: value` stands where none can.",
        line=line,
        why="It is indented differently from the lines around it, or a colon above has no quotes.",
        remedy="Indent keys of one level equally; put texts that contain a colon in quotes.",
    )


# --- texts and numbers ----------------------------------------------------------------------------


def bad_start(line: int, letter: str) -> UnfinishedError:
    return UnfinishedError(
        f"A text can't start with {letter} unless it is in quotes.", line=line, remedy=_QUOTE
    )


def bad_header(line: int, letter: str) -> UnfinishedError:
    return UnfinishedError(
        f"A bare {letter} begins a text of several lines, and nothing may follow it in its line.",
        line=line,
        remedy=f"Begin the text in the next line, indented; or, if the {letter} is a part of it, "
        "put it in quotes.",
    )


def open_quote(line: int) -> UnfinishedError:
    return UnfinishedError(
        "A quote is opened here and never closed.",
        line=line,
        remedy="Close it, or write the text without quotes; a quote inside quotes is doubled "
        "('it''s') or escaped (\"\\\"\").",
    )


def outdented(what: str, opened: int, line: int) -> UnfinishedError:
    """`what`, a text in quotes or a pair of brackets, goes on where another key could begin."""
    return UnfinishedError(
        f"The {what} that begins in line {opened} goes on in a line that is not indented.",
        line=line,
        why="YAML asks for further lines of a value to stand further in than its key.",
        remedy="Indent the line by two spaces (no tab), or close what was left open above it.",
    )


def bad_escape(line: int) -> UnfinishedError:
    return UnfinishedError(
        'Inside double quotes a backslash starts an escape such as "\\n", and this is none.',
        line=line,
        remedy="Double the backslash (\\\\), or use single quotes.",
    )


# --- brackets and leftovers -----------------------------------------------------------------------


def open_bracket(bracket: str, opened: int) -> UnfinishedError:
    return UnfinishedError(
        f"A {bracket} is opened here and never closed.",
        line=opened,
        remedy=f"Close it with {'}' if bracket == '{' else ']'}, "
        "or put the text in quotes if the bracket is part of it.",
    )


def not_separated(bracket: str, opened: int, line: int) -> UnfinishedError:
    if line > opened:
        return open_bracket(bracket, opened)
    return UnfinishedError(
        f"Something between {bracket} and its closing bracket is not separated as it must be.",
        line=line,
        why="Inside brackets a bare comma or colon ends a text.",
        remedy='Put texts in quotes: {prompt: "a cat, a dog: two friends"}',
    )


def leftover(line: int, source: str, sign: str, key: str | None) -> UnfinishedError:
    """Something after the end of a value: `"a" b`, `[a] b`."""
    of = f" of `{tree.shown(key)}`" if key else ""
    if sign in "[{":
        return UnfinishedError(
            f"Something stands after the closing bracket{of}.",
            line=line,
            why=f"A bare {sign} begins a {'list' if sign == '[' else 'mapping'} in YAML.",
            remedy=_QUOTE,
        )
    if sign in "\"'":
        return UnfinishedError(
            f"Something stands after the closing quote{of}.",
            line=line,
            why=f"A {sign} inside the text ends it.",
            remedy="Double it ('it''s') between single quotes, "
            'or write a backslash before it ("\\"") between double ones.',
        )
    return second_colon(line, source)

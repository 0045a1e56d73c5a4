"""Alternatives and wildcards under `prompt_syntax: a1111`: `{red|blue}` is one of the two,
`__colour__` a line of colour.txt, drawn for each picture.

What other tools put into these braces besides is refused by name. Texts only: chance and the lines
of lists come in from outside.
"""

from __future__ import annotations

import re

from daemon.errors import JobError, NotYetError
from daemon.jobfile import tree
from daemon.jobfile.collected import Place
from daemon.jobfile.schema import MAX_PROMPT
from daemon.jobfile.vary import LIST_SUFFIX, Outside

MOST_ROUNDS = 100
"""Wildcards and braces inside each other at most."""

_INNERMOST = re.compile(r"\{(?P<inside>[^{}]*)\}")
_OPEN, _CLOSE = "\ue000", "\ue001"
"""Stand for braces that are text while those around them are looked at."""
_NAME = r"(?! )(?:(?!__)[\w/*. -]){1,60}?(?<! )"
_WILDCARD = re.compile(rf"(?<!\w)__(?P<name>{_NAME})__(?!\w)")
_MORE = re.compile(r"\$\$|(?<!:)\d*\.?\d+::|\A\s*[@~!]")
_ORDER = re.compile(
    rf"(?<!\w)__[@~!]{_NAME}(?:[(:][^_]{{1,60}})?__(?!\w)|(?<!\w)__{_NAME}[(:][^_]{{1,60}}__(?!\w)"
    r"|\$\{\w{1,60}\s*="
)
"""A wildcard with a sign before it or values behind, a variable: Dynamic Prompts has them."""
_WEIGHT = re.compile(r"\s*\d*\.?\d+::")
"""Before a line of a list: how often it is drawn."""


def draws(text: object) -> bool:
    """Whether a prompt leaves something to chance."""
    if not isinstance(text, str):
        return False
    if _WILDCARD.search(text) or _ORDER.search(text):
        return True
    return any("|" in match["inside"] for match in _INNERMOST.finditer(text))


def drawn(text: object, outside: Outside, place: Place) -> object:
    """The prompt of one picture. Raises JobError at `place`, and NotYetError for a list that is
    not there."""
    if not isinstance(text, str) or not draws(text):
        return text
    _refuse_orders(text, place)
    for _ in range(MOST_ROUNDS):
        if not _WILDCARD.search(text):
            break
        text = _WILDCARD.sub(lambda found: _line(found["name"], outside, place), text)
        if len(text) > 4 * MAX_PROMPT:
            break
    else:
        raise _wrong(place, "leads from list to list without an end", "Mend the lists it names.")
    for _ in range(MOST_ROUNDS):
        if not _INNERMOST.search(text):
            break
        text = _INNERMOST.sub(lambda found: _one_of(found["inside"], outside, place), text)
    return text.replace(_OPEN, "{").replace(_CLOSE, "}")


def _one_of(inside: str, outside: Outside, place: Place) -> str:
    if "|" not in inside:
        return f"{_OPEN}{inside}{_CLOSE}"
    if found := _MORE.search(inside):
        what = f"holds {tree.shown(found[0])} in {{{tree.shown(inside)}}}, which can't be used yet"
        raise _wrong(place, what, "Write plain alternatives: {one|another}.")
    return outside.chance.choice(inside.split("|")).strip()


def _line(name: str, outside: Outside, place: Place) -> str:
    if "*" in name:
        what = f"holds __{tree.shown(name)}__, and a * can't be used yet"
        raise _wrong(place, what, "Name one list: __colours__ is colours.txt.")
    try:
        lines = outside.lines(name + LIST_SUFFIX)
    except JobError as error:
        kind = NotYetError if isinstance(error, NotYetError) else JobError
        raise kind(
            error.what, line=place.line, key=place.key, why=error.why, remedy=error.remedy
        ) from None
    if not lines:
        raise _wrong(place, f"names {tree.shown(name)}{LIST_SUFFIX}, which holds no line", "")
    for line in lines:
        if found := _WEIGHT.match(line):
            where = f"{tree.shown(name)}{LIST_SUFFIX} has {found[0].strip()} before a line"
            what = f"names a list with weights, which can't be used yet: {where}"
            raise _wrong(place, what, "Write the line several times, or leave the weights out.")
    line = outside.chance.choice(lines)
    _refuse_orders(line, place)
    return line


def _refuse_orders(text: str, place: Place) -> None:
    if found := _ORDER.search(text):
        what = f"holds {tree.shown(found[0])}, which can't be used yet"
        raise _wrong(place, what, "Name a list alone: __colours__ is colours.txt.")


def _wrong(place: Place, what: str, remedy: str) -> JobError:
    return JobError(
        f"`{place.key}` {what}.", line=place.line, key=place.key, file=place.file, remedy=remedy
    )

"""Values as words a person or another program reads: safe to print, one line, time stamps.

The one rule for what may reach a terminal, a log or a letter: no control, no sign that reorders or
hides what is written, no half of a character. What joins or chooses the shapes of letters stays
where a script or an emoji needs it, and nowhere else. Standard library only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby

NON_JOINER, JOINER = "\u200c", "\u200d"
"""Invisible, but what spells Persian and Hindi, and keeps many emoji in one piece."""

_SELECTORS = "\ufe00-\ufe0f\u180b-\u180d\u180f\U000e0100-\U000e01ef"
_SHAPING = re.compile(f"[{NON_JOINER}{JOINER}{_SELECTORS}]")
"""Signs that are shown only by what they do to a neighbour."""

_HIDDEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]")
"""Signs that Unicode counts among letters, marks and symbols, and that show nothing."""

_VIRAMA, _KEYCAP, _EMOJI_STYLE = 9, "\u20e3", "\ufe0f"


def is_unsafe(letter: str) -> bool:
    """Whether a character, wherever it stands, could steer a terminal, or hide or reorder what is
    written.

    Unicode's categories C (control, format, surrogate, private, unassigned), its line and paragraph
    separators, and letters without a shape."""
    category = unicodedata.category(letter)
    if category[0] == "C":
        return letter not in (NON_JOINER, JOINER)
    return category in ("Zl", "Zp") or _HIDDEN.match(letter) is not None


def printable(text: str) -> str:
    """`text` with spaces for its line breaks and an escape, as Python writes it, for whatever else
    is unsafe."""
    if _is_plain(text):
        return text
    return "".join(
        c if not unsafe else " " if c.isspace() else _escape(c) for c, unsafe in _judged(text)
    )


def page(text: str) -> str:
    """Lines of our own making, each of them `printable`."""
    return "\n".join(map(printable, text.split("\n")))


def one_line(text: str, limit: int = 400) -> str:
    """`text` as a part of one line, each run of unsafe characters as one space, cut to `limit`
    characters."""
    if not _is_plain(text):
        parts = groupby(_judged(text), lambda judged: judged[1])
        text = " ".join("".join(c for c, _ in run) for unsafe, run in parts if not unsafe)
    clean = text.strip()
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def visible(text: str) -> str:
    """What a person sees of `text`; empty where that is nothing."""
    if _is_plain(text):
        return text.strip()
    return "".join(c for c in text if not (is_unsafe(c) or _SHAPING.match(c))).strip()


def iso(wall: float) -> str:
    """Seconds since 1970 as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(wall, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def _is_plain(text: str) -> bool:
    """Quick, and true of nearly everything: nothing in it need be looked at one by one."""
    return text.isprintable() and not _HIDDEN.search(text) and not _SHAPING.search(text)


def _judged(text: str) -> Iterator[tuple[str, bool]]:
    """Each character, and whether it is unsafe where it stands."""
    for place, letter in enumerate(text):
        if _SHAPING.match(letter):
            before, after = text[place - 1 : place], text[place + 1 : place + 2]
            yield letter, not _belongs(before, letter, after)
        else:
            yield letter, is_unsafe(letter)


def _belongs(before: str, sign: str, after: str) -> bool:
    """Whether a shaping sign does something visible between these neighbours ("" at an end)."""
    if not before:
        return False
    if sign not in (NON_JOINER, JOINER):
        return _is_selected(before, sign, after)
    if unicodedata.combining(before) == _VIRAMA:  # the scripts of India
        return True
    if sign == JOINER and before in (_EMOJI_STYLE, _KEYCAP):
        before = "☀"
    if sign == JOINER and unicodedata.category(before) in ("So", "Sk"):
        return bool(after) and unicodedata.category(after) == "So"
    return unicodedata.bidirectional(before) == "AL" and after.isalpha()  # Arabic and its kin


def _is_selected(base: str, selector: str, after: str) -> bool:
    """Whether `selector` chooses a shape of `base`: of an emoji, a sign, a Han or Mongolian
    letter; of Latin letters and digits (keycaps apart) there is nothing to choose."""
    if "\u180b" <= selector <= "\u180f":
        return "\u1800" <= base <= "\u18af"
    category = unicodedata.category(base)
    if selector >= "\U000e0100":
        return category == "Lo"
    if base in "#*0123456789":
        return selector == _EMOJI_STYLE and after == _KEYCAP
    return not base.isascii() and (category == "Lo" or category[0] in "SP")


def _escape(letter: str) -> str:
    return letter.encode("unicode_escape", "surrogatepass").decode("ascii")

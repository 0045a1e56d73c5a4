"""Values as words a person or another program reads: safe to print, one line, time stamps.

The one rule for what may reach a terminal, a log or a letter: no control, no mark that reorders or
hides what is written, no half of a character. Standard library only.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from itertools import groupby

JOINER = "\u200d"
"""Zero width joiner: invisible, but what keeps many emoji in one piece."""

REPLACED = "\ufffd"


def is_unsafe(letter: str) -> bool:
    """Whether a character could steer a terminal, or hide or reorder what is written.

    Unicode's categories C (control, format, surrogate, private, unassigned) and its line and
    paragraph separators."""
    category = unicodedata.category(letter)
    return letter != JOINER and (category[0] == "C" or category in ("Zl", "Zp"))


def printable(text: str) -> str:
    """`text` with spaces for its line breaks and U+FFFD for whatever else is unsafe."""
    return "".join(c if not is_unsafe(c) else " " if c.isspace() else REPLACED for c in text)


def one_line(text: str, limit: int = 400) -> str:
    """`text` as a part of one line, each run of unsafe characters as one space, cut to `limit`
    characters."""
    if not text.isprintable():  # rare, and slow
        runs = ("".join(run) for unsafe, run in groupby(text, is_unsafe) if not unsafe)
        text = " ".join(runs)
    clean = text.strip()
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def iso(wall: float) -> str:
    """Seconds since 1970 as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(wall, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"

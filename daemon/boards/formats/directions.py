"""Paragraphs of a screenplay that are no action: how the next is seen, and what guides its reader.

Told by their words and capitals alone.
"""

from __future__ import annotations

import re

_MOST = 200
"""Letters; no direction is longer."""
_NO_NAME = r"(?:[:–—-]\s|:?\Z)"
"""What stands behind a word that is no part of a name: `MS - ANNA`, and not `MS. SMITH`."""
_PARTS = (
    "MONTAGE|SERIES|INTERCUT|FLASH[ -]?(?:BACK|FORWARD)|DREAM|INSERT|POV|ACT|TEASER|TAG|COLD OPEN"
    "|EPISODE|SEQUENCE|CREDITS|TITLES?"
)
"""What ends in a screenplay, other than a pier or a table."""
_DIRECTION = re.compile(
    r"(?:(?:EXTREME |MEDIUM |VERY )?(?:CLOSE|TIGHT|WIDE|HIGH|LOW|LONG|FULL|MEDIUM)(?:R|-?UP)?"
    rf"(?=\s*{_NO_NAME}|\s(?:CLOSE|UP|ON|OF|SHOT|ANGLE|VIEW|TWO|AND)\b)"
    r"|(?:ANOTHER |NEW |REVERSE )?ANGLE|[EM]?C\.?U|[EMV]?[WL]S|INSERT|CUTAWAY|TWO[- ]SHOT|AERIAL"
    rf"|MS(?=\s*{_NO_NAME}|\s(?:ON|OF)\b)"
    r"|TRACKING|DOLLY|OVER [^a-z]{1,40}SHOULDER|(?:[^a-z\n]{1,40}['’]S )?P\.?O\.?V|ON"
    r"|BACK (?:TO|ON))(?![A-Z0-9])[^a-z]*(?<![.!?…])"
)
_SIGNPOST = re.compile(
    rf"\(?(?:BACK TO (?:SCENE|SHOT|PRESENT)|END (?:OF )?(?:[^a-z]* )?(?:{_PARTS})S?\b[^a-z]*"
    r"|[^a-z]*\bMONTAGE\b[^a-z]*"
    r"|SERIES OF SHOTS[^a-z]*|INTERCUT[^a-z]*|(?:[\d.]{1,6} )?CONT(?:INUED|['’]D)|MORE|OMITTED"
    r"|ACT (?:ONE|TWO|THREE|FOUR|FIVE|\d+|[IV]+)|TEASER|COLD OPEN(?:ING)?|TAG|THE END)[.:]?\)?[.:]?"
)
LISTED = re.compile(r"(?:--?|[–—•*]|[A-Z0-9]{1,2}[.)])\s+(?=\S)")
"""A line of a montage."""


def is_direction(line: str) -> bool:
    """Whether a paragraph only says how the next is seen: `CLOSE ON:`, `ANGLE ON ANNA`."""
    return len(line) <= _MOST and _DIRECTION.fullmatch(line) is not None


def is_signpost(line: str) -> bool:
    """Whether a line is never seen: `BACK TO SCENE`, `(CONTINUED)`, `ACT TWO`, `MONTAGE:`."""
    return len(line) <= _MOST and _SIGNPOST.fullmatch(line) is not None

"""Letters that no text holds or nobody can see, told by what they are.

Knows nothing of YAML or JSON.
"""

from __future__ import annotations

import re
import unicodedata

from daemon.errors import UnfinishedError
from daemon.jobfile.tree import LINE_BREAK
from daemon.text.printable import is_unsafe

_ODD = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def refuse_odd_letters(text: str) -> None:
    """Raises UnfinishedError for the first letter that no text holds, or none can see."""
    if found := _ODD.search(text):
        raise _odd(found[0], len(LINE_BREAK.findall(text[: found.start()])) + 1)


def unseen(letter: str, line: int) -> UnfinishedError | None:
    """What to say of a letter in whose place something else must stand: None of one that can be
    seen, or is a blank that everybody types."""
    if _ODD.match(letter):
        return _odd(letter, line)
    is_blank = letter > "\x7f" and unicodedata.category(letter) in ("Zs", "Zl", "Zp")
    if not (is_blank or (letter > "\x7f" and is_unsafe(letter))):
        return None
    kind = "a blank of another kind" if is_blank else "an invisible sign"
    return UnfinishedError(
        f"The line contains {kind} (U+{ord(letter):04X}).", line=line, why=_COPIED, remedy=_ANEW
    )


_COPIED = "It comes with text copied from elsewhere, and can't be seen."
_ANEW = "Delete the line, type it anew, and drop the file again."


def _odd(letter: str, line: int) -> UnfinishedError:
    if letter == "\ufeff":
        return UnfinishedError(
            "The file contains an invisible sign (U+FEFF, a byte order mark) in its midst.",
            line=line,
            why=_COPIED,
            remedy=_ANEW,
        )
    name = "a NUL byte" if letter == "\0" else f"the control character U+{ord(letter):04X}"
    return UnfinishedError(
        f"The file contains {name}.",
        line=line,
        why="No text editor writes that; the file was perhaps not written to its end.",
        remedy="Save it again as plain text, and drop it again.",
    )

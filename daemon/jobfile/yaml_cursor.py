"""A place in a YAML text: its line and column, and what is passed over to reach the next token.

Lines end at LF alone (others are made LF before); U+0085, U+2028 and U+2029 are letters, as YAML
1.2 says. Every step forward is one match of an expression that never looks at a letter twice.
"""

from __future__ import annotations

import re
from functools import lru_cache

from daemon.errors import JobError
from daemon.jobfile import tree

MAX_LINES = 5_000
"""Lines one text without a block sign may run over; a prompt has 4,000 letters."""

_GAP = re.compile(r"(?:[ \t]++|\n|(?<![^ \t\n])#[^\n]*+)*+")
_MARKER = re.compile(r"(?:---|\.\.\.)(?=[ \t\n]|\Z)")
_DASH = re.compile(r"-(?=[ \t\n]|\Z)")
_COMMENT = re.compile(r"[ \t]+#[^\n]{0,200}")


class Cursor:
    """Reads one text once. `line` counts from 1; `key` is the last key read, for errors."""

    def __init__(self, text: str, most: int = tree.MAX_NODES) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.key: str | None = None
        self.counter = tree.Counter(most)
        self._line_start = 0
        self._end = len(text)

    @property
    def letter(self) -> str:
        """The letter here; empty at the end."""
        return self.text[self.at : self.at + 1]

    @property
    def is_at_end(self) -> bool:
        return self.at >= self._end

    @property
    def is_at_marker(self) -> bool:
        """Whether a document begins or ends here: `---` or `...`."""
        return self.at == self._line_start and _MARKER.match(self.text, self.at) is not None

    @property
    def is_at_dash(self) -> bool:
        """Whether an item of a list begins here."""
        return _DASH.match(self.text, self.at) is not None

    @property
    def column(self) -> int:
        """How far in the token here stands; -1 where no node can go on: the end, or a marker."""
        return -1 if self.is_at_end or self.is_at_marker else self.at - self._line_start

    @property
    def before(self) -> str:
        """What stands before this place in its line."""
        return self.text[self._line_start : self.at]

    @property
    def indent(self) -> int:
        """How many spaces begin this line."""
        before = self.before
        return len(before) - len(before.lstrip(" "))

    @property
    def comment(self) -> str:
        """The comment that follows here in the same line, with the spaces before it."""
        found = _COMMENT.match(self.text, self.at)
        return found[0] if found else ""

    @property
    def rest_of_line(self) -> str:
        end = self.text.find("\n", self.at)
        return self.text[self.at : end if end >= 0 else self._end]

    def go_to(self, at: int) -> int:
        """Moves on to `at`; says how many line ends lay between."""
        lines = self.text.count("\n", self.at, at)
        if lines:
            self.line += lines
            self._line_start = self.text.rfind("\n", self.at, at) + 1
        self.at = at
        return lines

    def gap(self) -> bool:
        """Passes over spaces, comments and line ends; says whether a line end was among them."""
        found = _GAP.match(self.text, self.at)
        return self.go_to(found.end()) > 0 if found else False

    def to_line_end(self) -> bool:
        """Whether nothing but a comment stands in the rest of this line; passes over it."""
        return self.gap() or self.is_at_end

    def same_line(self) -> str:
        """The whole line here, for a sentence about it."""
        return self.before + self.rest_of_line


def too_long(line: int) -> JobError:
    return JobError(
        "The file holds far more than a job.", line=line, remedy="Make several files of it."
    )


@lru_cache(maxsize=256)
def indented_less(than: int) -> re.Pattern[str]:
    """A line end after which neither `than` spaces nor an empty line follow."""
    return re.compile(rf"\n(?! {{{than}}}|[ \t]*+\n)")

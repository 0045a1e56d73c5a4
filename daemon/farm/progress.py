"""How far a render is, as lines that a farm reads: plain text, Open Job Description, Afanasy.

Writes nothing itself: `say` gets each line that a program reads, `aside` what only people read.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

PLAIN, OPENJD, AFANASY = "plain", "openjd", "afanasy"
KINDS = (PLAIN, OPENJD, AFANASY)

Say = Callable[[str], None]


class FarmProgress:
    """Of `total` pictures, of which so many are `there` already. It never goes back."""

    def __init__(self, kind: str, total: int, there: int, say: Say, aside: Say) -> None:
        self._kind = kind
        self._total = max(1, total)
        self._ended = there
        self._begun: dict[str, float] = {}
        self._say = say
        self._aside = aside if kind == PLAIN else say
        self._said = ""
        self._most = 0.0
        if there:
            self._tell(f"there already: {there} of {total}")
        self._percent()

    def step(self, label: str, step: int, steps: int) -> None:
        """A step of the picture `label` is done."""
        self._begun[label] = min(1.0, step / max(1, steps))
        if self._kind == OPENJD:
            self._tell(f"{label} step {step} of {steps}")
        self._percent()

    def made(self, label: str, place: Path) -> None:
        """A picture lies in its folder."""
        self._end(label)
        if self._kind == PLAIN:
            self._say(str(place))
        else:
            self._tell(f"{label} is made: {place}")
        self._percent()

    def failed(self, label: str, reason: str) -> None:
        """A picture is not made."""
        self._end(label)
        mark = "[ PARSER WARNING ] " if self._kind == AFANASY else ""
        self._tell(f"{mark}{label} is not made: {reason}")
        self._percent()

    def ended(self, text: str, *, good: bool) -> None:
        """The last word."""
        if self._kind == OPENJD and not good:
            self._say(f"openjd_fail: {_one(text)}")
        elif self._kind == AFANASY:
            self._say(f"{'[ PARSER FINISHED SUCCESS ]' if good else '[ PARSER ERROR ]'} {text}")
        else:
            self._tell(text)

    def _end(self, label: str) -> None:
        self._begun.pop(label, None)
        self._ended += 1

    def _tell(self, text: str) -> None:
        self._aside(f"openjd_status: {_one(text)}" if self._kind == OPENJD else text)

    def _percent(self) -> None:
        share = (self._ended + 0.99 * sum(self._begun.values())) / self._total
        self._most = max(self._most, min(1.0, share))
        line = ""
        if self._kind == OPENJD:
            line = f"openjd_progress: {100 * self._most:.1f}"
        elif self._kind == AFANASY:
            line = f"PROGRESS: {int(100 * self._most)}%"
        if line and line != self._said:
            self._said = line
            self._say(line)


def _one(text: str) -> str:
    return " ".join(text.split())

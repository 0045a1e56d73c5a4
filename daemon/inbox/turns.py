"""Whose turn it is: urgent/ before everything else, later/ after it and in its hours alone.

Pure rules over what a file's folder says and the time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hours:
    """From one minute of the day to another, over midnight where the second is the smaller; by the
    clock on the wall, so that summer time moves nothing. Equal ones are the whole day."""

    begin: int
    end: int

    @classmethod
    def of(cls, text: str) -> Hours | None:
        """Of `22:00-07:00`; None for any hour."""
        if not text:
            return None
        begin, end = (int(each[:2]) * 60 + int(each[3:]) for each in text.split("-"))
        return cls(begin, end)

    def hold(self, wall: float) -> bool:
        """Whether the moment `wall` (seconds since 1970) lies in them, where this machine is."""
        local = time.localtime(wall)
        minute = local.tm_hour * 60 + local.tm_min
        if self.begin <= self.end:
            return self.begin == self.end or self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end


def may_begin(turn: int, hours: Hours | None, *, wall: float) -> bool:
    """Whether a job of that turn may be claimed now."""
    return turn >= 0 or hours is None or hours.hold(wall)

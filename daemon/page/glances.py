"""Whether pictures were written over where they lie: of a few at each look, the newest among them.

A picture that is written over leaves the time of its folder as it is, which is therefore not listed
again; to look at each of a hundred thousand would keep the disk from whoever makes pictures.
"""

from __future__ import annotations

import contextlib
from itertools import islice
from pathlib import Path

from daemon.page.places import changed_at

NEWEST = 100
"""Pictures that are looked at each time: those that people are at work with."""

IN_TURN = 100
"""Of all others, so many at a time, one after the other."""


class Glances:
    """At the pictures of one outbox."""

    def __init__(self, outbox: Path) -> None:
        self._outbox = outbox
        self._left: list[str] = []

    def look(self, known: dict[str, int]) -> dict[str, int]:
        """Of those that are `known`, the newest last, each with when it was changed, some that have
        been changed since, and when."""
        paths = dict.fromkeys(islice(reversed(known), NEWEST))
        if not self._left:
            self._left = list(reversed(known))
        for _ in range(min(IN_TURN, len(self._left))):
            paths[self._left.pop()] = None
        found: dict[str, int] = {}
        for path in paths:
            with contextlib.suppress(OSError):  # what is gone, its folder tells
                changed = changed_at((self._outbox / path).lstat())
                if known.get(path, changed) != changed:
                    found[path] = changed
        return found

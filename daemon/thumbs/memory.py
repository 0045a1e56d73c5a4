"""What a reader keeps in mind: who is there, whom the clause is about, what waits.

A state and nothing else; what changes it are `deeds`, `people`, `props` and `binding`.
"""

from __future__ import annotations

from daemon.thumbs.drafts import Draft
from daemon.thumbs.lexicon import Word
from daemon.thumbs.scene import Thing


class Memory:
    """`drafts` are people, `things` props; `facts` what there is one of (shot, place, time …)."""

    def __init__(self, cast: dict[str, str] | None = None) -> None:
        self.cast = cast or {}
        self.drafts: list[Draft] = []
        self.things: list[Thing] = []
        self.facts: dict[str, str] = {}
        self.parts: list[str] = []
        self.unknown: list[str] = []
        self.crowd = False
        self.action = ""
        self.in_slug = False
        self.held_by_hand = False
        self.part_first = False
        self.over_shoulder = False
        self._thing_last = False
        self.subject: list[Draft] = []
        self._last: Draft | None = None
        self._waiting: list[tuple[str, str]] = []
        self._colour = ""
        self._old_colour = ""
        self._length = ""
        self._count = 0
        self._prep = ""
        self._verb: Word | None = None
        self._act: Word | None = None
        self._joins = False
        self._not = False
        self._place_weight = 0
        self.other_place = ""
        self._owner: Draft | None = None
        self._head = ""  # the kind of the first noun of this clause
        self._before = ""  # the kind of what was read last
        self._viewer = False
        self._next_to_place = False
        self._inside = ""  # the place inside the thing that was named last
        self._outside = False

    def read(self, text: str) -> None:
        """Take in a text; `grammar` does."""
        raise NotImplementedError(text)

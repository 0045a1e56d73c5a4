"""Somebody and an animal named together do the same: a boy and his dog asleep by a fire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from daemon.thumbs.idioms import word_at
from daemon.thumbs.lexicon import Word, lexicon
from daemon.thumbs.script.creatures import DOES
from daemon.thumbs.script.lifeless import Lifeless
from daemon.thumbs.tokens import Token
from daemon.thumbs.uses import ANIMALS
from daemon.thumbs.words import DETERMINERS

_JOINED = 4
"""Words of "and his old dog", at most."""


class Pets(Lifeless):
    """For `binding` to ask."""

    def is_joined_to_beast(self) -> bool:
        """ "the child and the dog": whether the animal right before is named beside somebody who
        does nothing yet."""
        stream, place, _ = self._here
        return bool(self.subject) and self._verb is None and _joined_at(stream, place) > 0

    def beast_does_too(self, word: Word) -> None:
        """ "A dog and a girl running": the animal that was named before her, too."""
        stream, place, _ = self._here
        first = _joined_at(stream, place)
        named = {one.value for one in lexicon().find((word_at(stream, first - 1),))} & ANIMALS
        if not (first > 0 and named and self._verb is None):
            return
        does = "asleep" if word.value == "asleep" else DOES.get(self.pose_of(word), "")
        for number, one in enumerate(self.things):
            if one.kind in named and not one.does:
                self.things[number] = replace(one, does=does)


def _joined_at(stream: Sequence[Token], place: int) -> int:
    """Where "and" stands before the noun that ends there; 0 for nowhere."""
    for back in range(2, _JOINED + 1):
        word = word_at(stream, place - back)
        if word == "and":
            return place - back
        if not word or (word in DETERMINERS and word_at(stream, place - back - 1) != "and"):
            return 0
    return 0

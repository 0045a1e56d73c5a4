"""Whether a capitalised word is somebody's name, or only the first word of its sentence.

What is known of it `lexicon` says; where it is not sure, nobody is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from daemon.thumbs.guesses import TRADES
from daemon.thumbs.idioms import is_acronym, is_many, word_at
from daemon.thumbs.lexicon import Word, lexicon
from daemon.thumbs.script.appositions import NO_NAMES
from daemon.thumbs.script.suspects import Suspects
from daemon.thumbs.tokens import Token
from daemon.thumbs.words import NAMES_BEFORE, PREPOSITIONS, VAGUE_SHOTS

_VOWEL = re.compile(r"[aeiouyà-öø-ÿ]|[^\x00-ɏ]")
_NO_ENDING = re.compile(r".{3,}(?:ward|wards|ways?|wise|ness|ment|ings?|ously|side|level|screen)")
"""How hardly any name ends, and many words for a place or a manner do."""
_SEPARATE = 3
"""Letters of each part of a word that is put together: ring|side."""


class Naming(Suspects):
    """For `strangers` to ask."""

    def is_name(self, stream: list[Token], place: int, found: tuple[Word, ...]) -> bool:
        token = stream[place]
        if token.word in lexicon().names and (token.is_capital or not token.word.isascii()):
            if not token.is_capital:
                return not found
            if not token.first or not found:
                return True
            after = word_at(stream, place + 1)
            return token.owns or after in NAMES_BEFORE or after.endswith("s")
        if self._is_titled(stream, place):
            return True
        if found or token.number or not token.is_capital or len(token.word) < 2:
            return False
        if (
            token.word in VAGUE_SHOTS
            or is_acronym(token, *stream[place + 1 : place + 2])
            or is_many(stream, place)
        ):
            return False
        if not _VOWEL.search(token.word) or _opens_only(
            stream, place, self.kinds_at(stream, place + 1)
        ):
            return False
        shouted = token.typed.isupper() and len(token.typed) > 1
        kind = self.kinds_at(stream, place - 1) & {"figure", "age", "group", "time"}
        article = word_at(stream, place - 2) in ("a", "an") and not kind
        article = article or word_at(stream, place - 1) in ("a", "an")
        if _is_a_town(stream, place) or (token.word in NO_NAMES and not token.owns):
            return False  # , Lisbon, and HONK
        if (shouted and self.in_slug) or article or (word_at(stream, place + 1) == "of"):
            return False  # a plastic Jesus, HEAT OF THE DAY
        if token.first and not shouted and not token.owns and self.opens_otherwise(stream, place):
            return False
        if token.first and TRADES.fullmatch(token.word):
            return False
        if not token.owns and self.kinds_at(stream, place + 1) & {"figure", "group"}:
            return False  # barefoot women, the Moss King
        if word_at(stream, place - 1) in ("in", "near", "outside") and not token.owns:
            return False  # in Prague
        return bool(re.fullmatch(r"[^\W\d_]+(?:'[^\W\d_]+)*", token.word))


def _opens_only(stream: Sequence[Token], place: int, after: frozenset[str]) -> bool:
    """Whether an unknown word is capitalised only since it opens its sentence: nothing after it
    says that it is somebody who does something."""
    token, following = stream[place], word_at(stream, place + 1)
    if not token.first or token.owns or (token.typed.isupper() and len(token.typed) > 1):
        return False
    if any(one.typed == token.typed and not one.first for one in stream):
        return False
    if place + 1 < len(stream) and stream[place + 1].is_capital:
        return False
    if _is_compound(token.word) or _NO_ENDING.fullmatch(token.word):
        return True
    does = after & {"verb", "act"} or following.endswith(("s", "ed", "ing"))
    if does or following in NAMES_BEFORE - PREPOSITIONS:
        return False
    mark = stream[place + 1].typed if place + 1 < len(stream) and not following else ""
    if mark == ",":
        return False
    if not following:
        return mark in (".", "!", "") and place + 1 < len(stream)
    return following not in PREPOSITIONS or token.word.endswith("s")


def _is_a_town(stream: Sequence[Token], place: int) -> bool:
    """Whether an unknown name is all that a shot ends with: "rooftops at noon, Lisbon"."""
    token, ends = stream[place], place + 1 >= len(stream) or stream[place + 1].typed == "."
    if not ends or place < 2 or stream[place - 1].typed != "," or token.typed.isupper():
        return False
    kinds = {one.kind for one in lexicon().find((stream[place - 2].word,))}
    named = stream[place - 2].is_capital and not stream[place - 2].first
    return not kinds & {"figure", "group"} and not named


def _is_compound(word: str) -> bool:
    """Whether two known words make it: walkway, ringside."""
    cuts = range(_SEPARATE, len(word) - _SEPARATE + 1)
    return any(lexicon().find((word[:at],)) and lexicon().find((word[at:],)) for at in cuts)


def is_surname(first: Token, second: Token) -> bool:
    """Whether an unknown word after a name is the same somebody's."""
    if first.owns or not second.is_capital or second.word in lexicon().names:
        return False
    shouted = first.typed.isupper()
    if shouted != (second.typed.isupper() and len(second.typed) > 1):
        return False
    return not (shouted and second.word.endswith(("s", "ed", "ing")))

"""The noun phrases of a text: where one opens, what is in it, what the first of them is.

Looks at tokens alone; whether it is drawn `undrawn` knows.
"""

from __future__ import annotations

from collections.abc import Sequence

from daemon.thumbs.guesses import MEASURING
from daemon.thumbs.idioms import is_participle
from daemon.thumbs.lexicon import lexicon
from daemon.thumbs.script.figurative import literal
from daemon.thumbs.script.said import without_quotes
from daemon.thumbs.script.telling import STOPS, is_latin, noun_phrase
from daemon.thumbs.tokens import HERDS, Token, tokens
from daemon.thumbs.words import DETERMINERS, NOUN_KINDS, PREPOSITIONS

LONGEST = 20
"""Letters of a note."""
SHORTEST = 5
"""Letters of what does not end with -ing by chance: ring, string."""
OPENERS = DETERMINERS | PREPOSITIONS | {"of", "and", "or", "as"}
_LIGHT = ("light", "lights", "lighting")
_AFTER_NOUNS = ("being", "mid", "left", "gone")
_ONE = frozenset(["a", "an", "his", "her", "their"])
_OF_THE_FRAME = frozenset(["shot", "camera", "quiet", "style", "time"])
OF_THE_CAMERA = frozenset([
    "angle", "view", "frame", "lens", "cut", "pan", "zoom", "dolly", "insert", "shot", "pov",
    "focus", "reveal", "extreme", "close", "wide", "medium", "top", "overhead", "low", "high",
    "final", "static", "slow", "reverse", "tight", "detail", "macro", "two",
])  # fmt: skip
"""Nouns of what the camera does."""


def first_phrase(text: str) -> tuple[Sequence[Token], Sequence[Token], int]:
    """All words of a text, those of the first noun phrase that is not about the shot, and where it
    ends."""
    stream, place = literal(tokens(without_quotes(text)))[0], 0
    while place < len(stream):
        words, end = phrase_at(stream, place) if opens(stream, place) else ((), place + 1)
        if words and not _is_of_the_frame(words, stream, place):
            return stream, words, end
        place = end
    return stream, (), place


def _is_of_the_frame(words: Sequence[Token], stream: Sequence[Token], place: int) -> bool:
    """Whether a noun phrase says how something is seen; what is only quiet is meant after "a"."""
    last = words[-1].word
    opened = place > 0 and stream[place - 1].word in _ONE
    if opened and kinds_of(last) == {"quiet"} and last not in OF_THE_CAMERA:
        return False
    if any(one.kind == "thing" for one in lexicon().find(tuple(one.word for one in words))):
        return False
    return last in (*OF_THE_CAMERA, "shot", "view") or bool(kinds_of(last) & _OF_THE_FRAME)


def opens(stream: Sequence[Token], place: int) -> bool:
    """Whether a noun phrase may begin there: after what opens one, or a verb."""
    token, before = stream[place], stream[place - 1] if place else None
    if token.is_mark or token.word in OPENERS or token.word in STOPS:
        return False
    if before is None or before.is_mark or before.word in OPENERS:
        return True
    return before.word.endswith("ing") or kinds_of(before.word) <= {"verb", "act"}


def phrase_at(stream: Sequence[Token], place: int) -> tuple[Sequence[Token], int]:
    """The noun phrase that begins there, up to what the noun does, and where it ends."""
    words, end = noun_phrase(stream, place)
    if end < len(stream) and stream[end].word in _LIGHT:
        return (), end + 1
    after = stream[end].word if end < len(stream) else ""
    if words and (words[-1].word in MEASURING or words[-1].word in HERDS) and after == "of":
        return (), end + 1  # a flash of feathers
    for number, one in enumerate(words[1:], 1):
        does = one.word.endswith("ing") and len(one.word) > SHORTEST
        does = does and ("verb" in kinds_of(one.word) or not is_noun(one.word))
        suffers = one is words[-1] and is_participle(one.word) and not is_noun(one.word)
        suffers = suffers and one.word not in OF_THE_CAMERA
        if does or suffers or one.word in _AFTER_NOUNS:
            return words[:number], next(k for k in range(place, end) if stream[k] is one)
    return words, max(end, place + 1)


_SLUGS = ("int", "ext", "inst", "est")
"""What headings begin with."""


def in_short(words: Sequence[Token]) -> str:
    """The noun with the word before it, where there is room; "" for what can't be lettered."""
    plain = [one for one in words if not (one.number or one.joined or one.word in _SLUGS)]
    for many in (2, 1):
        said = " ".join(one.typed for one in plain[-many:]).upper()
        if said and len(said) <= LONGEST and is_latin(said):
            return said
    return ""


def kinds_of(word: str) -> set[str]:
    """The kinds of word that a word may be."""
    return {one.kind for one in lexicon().find((word,))}


def is_noun(word: str) -> bool:
    """Whether a word may be one."""
    return bool(kinds_of(word) & {*NOUN_KINDS})

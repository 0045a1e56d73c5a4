"""Words whose meaning other words of the same shot decide, from `data/neighbours.txt`.

A queen is no person where chess is played, a bridge crosses no river in a starship.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from daemon.thumbs.files import lines_of
from daemon.thumbs.lexicon import Word

Rules = tuple[tuple[frozenset[str], tuple[Word, ...]], ...]


@lru_cache(maxsize=1)
def _rules() -> Mapping[str, Rules]:
    """By the word: which neighbours give it which meaning, the first that fits."""
    made: dict[str, Rules] = {}
    for line in lines_of("neighbours.txt"):
        words, _, rest = line.partition("=")
        meaning, _, near = rest.partition(":")
        word = _word(meaning.split())
        around = frozenset(one.strip() for one in near.split(","))
        for one in (each.strip() for each in words.split(",")):
            form = word.as_form("ing") if word.kind == "verb" and one.endswith("ing") else word
            form = word.as_many() if word.kind == "figure" and one.endswith("s") else form
            made[one] = (*made.get(one, ()), (around, (form,)))
    return made


def _word(said: list[str]) -> Word:
    kind, value, *pairs = [*said, ""] if len(said) < 2 else said
    more = dict(pair.replace("_", " ").split("=") for pair in pairs)
    return Word(kind, value.replace("_", " "), MappingProxyType(more))


def meant(word: str, around: frozenset[str]) -> tuple[Word, ...]:
    """What a word means among those words; () where they say nothing of it."""
    for near, found in _rules().get(word, ()):
        if near & (around - {word}):
            return found
    return ()

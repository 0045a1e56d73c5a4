"""Where a shot is whose words name no place: it follows from who and what is there.

By `data/hints.txt`, which tells once what trades, things and deeds say of a place. The weakest of
all that is said: never against words that name one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from daemon.thumbs.files import lines_of
from daemon.thumbs.lexicon import lexicon
from daemon.thumbs.tokens import Token
from daemon.thumbs.uses import ANIMALS

ENOUGH = 2
"""What a place needs: one hint that says it alone, or two of the weak ones."""
CERTAIN = 4
"""What a place needs to win over where the shots before are."""
LONGEST = 3
"""Words of a hint, at most."""
_NO_PLACE = frozenset(["wear", "hat", "below", "extras", "hair", "part"])
"""What phrases may be whose words hint at nothing."""


@lru_cache(maxsize=1)
def _hints() -> Mapping[str, tuple[tuple[int, str, int], ...]]:
    """By the word: the places that it speaks for, each with its rank in the file and the weight."""
    made: dict[str, tuple[tuple[int, str, int], ...]] = {}
    for rank, line in enumerate(lines_of("hints.txt")):
        place, _, rest = line.partition(":")
        for weight, words in zip((ENOUGH, 1), rest.split(";"), strict=False):
            alone = ((rank, place.strip(), weight),)  # one for all words that say no more
            for word in filter(None, map(str.strip, words.split(","))):
                made[word] = made[word] + alone if word in made else alone
    return made


def hinted() -> frozenset[str]:
    """All places that the hints know."""
    return frozenset(place for each in _hints().values() for _, place, _ in each)


def words_of(stream: Sequence[Token]) -> frozenset[str]:
    """What a text gives as evidence: its words and what stands together, one of each and many."""
    return frozenset(_said(stream))


def _said(stream: Sequence[Token]) -> Iterator[str]:
    idle = _within_phrases(stream)
    for start in range(len(stream)):
        words: list[str] = []
        if start in idle:
            continue
        for token in stream[start : start + LONGEST]:
            if token.is_mark:
                break
            words.append(token.word)
            phrase = " ".join(words)
            yield phrase
            if phrase.endswith("s"):
                yield phrase[:-1]
            if phrase.endswith("ies"):
                yield phrase[:-3] + "y"
            elif phrase.endswith("es"):
                yield phrase[:-2]
            elif phrase.endswith("men"):
                yield phrase[:-3] + "man"


def _within_phrases(stream: Sequence[Token]) -> frozenset[int]:
    """Where words stand that say nothing by themselves: no tank in a tank top."""
    found, start = list[int](), 0
    while start < len(stream):
        words = [one.word for one in stream[start : start + LONGEST]]
        words = words[: words.index("")] if "" in words else words
        counts = (k for k in range(len(words), 1, -1) if _says_nothing(tuple(words[:k])))
        count = next(counts, 1)
        found += range(start + (count < 2), start + count)
        start += count
    return frozenset(found)


def _says_nothing(words: tuple[str, ...]) -> bool:
    """Whether it is worn, or a thing that is not what its last word is: a wax seal."""
    found, last = lexicon().find(words), lexicon().find(words[-1:])
    kinds = {one.kind for one in found}
    other = kinds == {"thing"} and any(one.value in ANIMALS for one in last)
    other = other and not {one.value for one in found} & {one.value for one in last}
    return bool(kinds) and (other or kinds <= _NO_PLACE)


def place_by_hints(evidence: Iterable[str], unfit: frozenset[str]) -> str:
    """The place that most speaks for, the first in the file among equals; "" if too little does.
    `unfit` are places where it can't be."""
    return _most_hinted(evidence, unfit, ENOUGH)


def certain_place(evidence: Iterable[str], unfit: frozenset[str]) -> str:
    """The same of what leaves no doubt: "" if less than two hints say it alone."""
    return _most_hinted(evidence, unfit, CERTAIN)


def _most_hinted(evidence: Iterable[str], unfit: frozenset[str], enough: int) -> str:
    scores: dict[tuple[int, str], int] = {}
    for one in set(evidence):
        for rank, place, weight in _hints().get(one, ()):
            if place not in unfit:
                scores[rank, place] = scores.get((rank, place), 0) + weight
    best = max(scores, key=lambda key: (scores[key], -key[0]), default=(0, ""))
    return best[1] if scores.get(best, 0) >= enough else ""

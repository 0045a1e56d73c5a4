"""Of whom a board's shots speak as he and she: whoever of that sex was named last.

Knows what introduced them, as words; who is in a shot itself `memory` knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from daemon.thumbs.appositions import WORD
from daemon.thumbs.grammar import Reading
from daemon.thumbs.renamed import beast_in
from daemon.thumbs.words import SPOKEN_OF

_SAID = {
    "f": frozenset(["she", "her", "hers", "herself"]),
    "m": frozenset(["he", "him", "his", "himself"]),
}
_WOMAN = {"f": "woman", "m": "man"}


class SpokenOf:
    """Those named last, by whether they are he or she."""

    def __init__(self) -> None:
        self._last: dict[str, str] = {}
        self._unsure: dict[str, None] = {}  # nobody has said yet which of both; the last is last

    def read(self, text: str, known: dict[str, str]) -> None:
        """Take in the next shot of a board; what `known` says of somebody may be made plain."""
        words = re.findall(WORD, text)
        spoken = [word.casefold() for word in words]
        named = list(_named(words, known))
        for name in named:
            sex = _sex_of(known[name])
            self._unsure.pop(name, None)
            if sex:
                self._last[sex] = name
            else:
                self._unsure[name] = None
        both = [sex for sex, said in _SAID.items() if said & {*spoken}]
        if (
            len(both) == 1
            and self._unsure
            and not any(_sex_of(known[name]) == both[0] for name in named)
        ):
            name = next(reversed(self._unsure))
            if named and name not in named:
                return
            for one in [key for key in known if known[key] == known[name]]:
                known[one] = f"{known[one]}; {_WOMAN[both[0]]}"
            self._unsure.pop(name)
            self._last[both[0]] = name

    def in_text(self, text: str) -> Iterator[tuple[str, str]]:
        """For each of he and she that a text says, whom that is."""
        spoken = {word.casefold() for word in re.findall(WORD, text)}
        for sex, name in self._last.items():
            if _SAID[sex] & spoken:
                yield SPOKEN_OF[sex], name


def _named(words: list[str], known: Mapping[str, str]) -> Iterator[str]:
    """Names in the order in which they stand."""
    for word in words:
        name = word.replace("’", "'").casefold().removesuffix("'s")
        if word[0].isupper() and name in known and not beast_in(known[name]):
            whole = (one.split() for one in known if " " in one)
            yield next((one[0] for one in whole if name in one), name)


def _sex_of(said: str) -> str:
    """m or f, "" where an introduction leaves it open."""
    for words in said.split(";"):
        read = Reading({})
        read.read(words)
        for one in read.drafts[:1]:
            if one.sex in ("m", "f"):
                return one.sex
    return ""

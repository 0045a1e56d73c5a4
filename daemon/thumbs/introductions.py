"""Who a board's shots introduce, so that later shots can draw those that they only name.

Reads texts in their order, each once. How a text introduces somebody `appositions` knows, what that
makes of them `people`; no files, no pictures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from daemon.thumbs.appositions import WORD, appositions_in, is_beast
from daemon.thumbs.tokens import Token

MOST_TEXT = 1200
"""Characters that are read of a shot: who is introduced later in it is no longer looked for."""
MOST_NAMES = 200
"""Names that are kept of a board; the first ones are."""

_CAST = re.compile(r"; ?(?=[^\W\d_a-z][^:;\n]{0,40}: )")


class Introductions:
    """What was said so far of everybody whom a board's shots have introduced."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def known_in(self, text: str) -> tuple[tuple[str, str], ...]:
        """Of those who were introduced so far, whom this text names: the name in small letters, and
        the words for them (see `Apposition`). In the order in which they came."""
        if not self._known:
            return ()
        words = {
            part.removesuffix("'s")
            for word in re.findall(WORD, text[:MOST_TEXT])
            if word[0].isupper()
            for part in (word.replace("’", "'").casefold(),)
        }
        return tuple(
            (name, said) for name, said in self._known.items() if words.issuperset(name.split())
        )

    def read(self, text: str, style: str = "") -> None:
        """Take in the next shot: its prompt, and what the board's style has put at its end."""
        text = _CAST.split(text[:MOST_TEXT])[0].rstrip(" ,;").removesuffix(style.strip())
        for one in appositions_in(text):
            for key in dict.fromkeys([one.name, *one.name.split()]):
                if key not in self._known and len(self._known) < MOST_NAMES:
                    self._known[key] = one.said


def beast_in(said: str) -> tuple[str, ...]:
    """The words for an animal, where an introduction says that somebody is one; else ()."""
    words = tuple(said.split())
    return words if ";" not in said and words and is_beast(words[-1]) else ()


def with_beasts(stream: list[Token], known: Mapping[str, str]) -> list[Token]:
    """With the words for an animal where its name stood: "the hedgehog" for Pip."""
    beasts = {name: words for name, said in known.items() if (words := beast_in(said))}
    made: list[Token] = []
    for place, token in enumerate(stream):
        words = beasts.get(token.word, ()) if token.is_capital else ()
        around = (*stream[max(0, place - 2) : place], *stream[place + 1 : place + 3])
        near = {one.word for one in around}
        if not words or words[-1] in near or near & {"called", "named"}:
            made.append(token)
            continue
        made.append(Token("the", "the", first=token.first))
        made += [Token(word, word) for word in words[:-1]]
        made.append(Token(words[-1], words[-1], token.owns))
    return made


def plainly(text: str, known: Mapping[str, str]) -> str:
    """A text with the name alone where it introduces somebody as `known`, who is drawn once."""
    made, place = "", 0
    for one in sorted(appositions_in(text[:MOST_TEXT]), key=lambda one: one.start):
        if one.instead and one.start >= place and known.get(one.name) == one.said:
            made, place = made + text[place : one.start] + one.instead, one.end
    return made + text[place:]

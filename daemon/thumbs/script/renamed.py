"""A text in which those whom its board has introduced stand as they were introduced.

An animal stands for its name, a name for its introduction. Whom the board has introduced
`introductions` knows.
"""

from __future__ import annotations

from collections.abc import Mapping

from daemon.thumbs.script.appositions import appositions_in
from daemon.thumbs.script.epithets import is_beast
from daemon.thumbs.tokens import Token

MOST_TEXT = 1200
"""Characters that are read of a shot: who is introduced later in it is no longer looked for."""


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
        if one.instead and one.start >= place and known.get(one.name, "").startswith(one.said):
            made, place = made + text[place : one.start] + one.instead, one.end
    return made + text[place:]

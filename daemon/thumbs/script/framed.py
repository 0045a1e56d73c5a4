"""Who is there since the shot says so: her in "a shot of her running", two in a two-shot, those who
share an embrace.

Says in plain words, token by token, what shots say in short; what the words mean others know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from daemon.thumbs.files import lines_of
from daemon.thumbs.idioms import word_at
from daemon.thumbs.lexicon import lexicon
from daemon.thumbs.tokens import Token
from daemon.thumbs.uses import ANIMALS
from daemon.thumbs.words import DETERMINERS, PREPOSITIONS, PRONOUNS

_OPENING = frozenset([
    "a", "aerial", "again", "an", "angle", "at", "birds", "bird", "close", "closeup", "closer",
    "crane", "cut", "dolly", "down", "drone", "dutch", "establishing", "exterior", "extreme", "eye",
    "final", "focus", "frame", "freeze", "full", "ground", "handheld", "high", "hold", "in",
    "insert", "interior", "lens", "level", "long", "low", "macro", "master", "medium", "mid",
    "mirror", "motion", "on", "opening", "over", "overhead", "pan", "pov", "profile", "pull",
    "push", "quick", "rack", "reaction", "reveal", "reverse", "shot", "shoulder", "single", "slow",
    "static", "steadicam", "telephoto", "the", "three", "tight", "tilt", "to", "top", "tracking",
    "two", "up", "view", "whip", "wide", "wider", "zoom",
])  # fmt: skip
"""Words of which the name of a shot is made."""
_SHOTS = _OPENING - {"a", "an", "at", "in", "on", "the", "to", "again", "of", "three", "two"}
_SPOKEN = {"her": "she", "him": "he", "them": "they"}
_GOES_ON = PREPOSITIONS | {"as", "and", "while", "alone", "asleep", "up", "down", "back", "from"}
_PEOPLE = ("figure", "group")
_ALSO_MEANT = {"toast": frozenset(["glasses", "champagne", "raised", "wine", "clink", "wedding"])}
"""Words of which one has to be there where a noun means something else, too."""
_WATCHING = frozenset([
    "behind", "background", "blurred", "watching", "watch", "around", "below", "beyond", "outside",
    "side", "sides", "cheering", "silhouetted", "looking", "distance",
])  # fmt: skip
"""What is said of those who only look on."""
_LONGEST = 3


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """By section: nouns, each with the words that say it of who does it."""
    made: dict[str, dict[str, tuple[str, ...]]] = {}
    for line in lines_of("framed.txt"):
        if line.startswith("["):
            section = made.setdefault(line.strip("[]"), {})
            continue
        does, _, nouns = line.partition(":")
        section |= {noun.strip(): tuple(does.split()) for noun in nouns.split(",")}
    return made


def as_shown(stream: Sequence[Token]) -> tuple[list[Token], tuple[str, ...]]:
    """The words with those whom the shot says to be there; and what those do together who are
    named elsewhere in them."""
    said = [_who(stream, place) for place in range(len(stream))]
    said = _midway(said)
    said, does = _met(_outlined(said))
    return _paired(said), does


def ends_opening(stream: Sequence[Token], place: int) -> bool:
    """Whether all words of a clause before that one are those of a shot."""
    words: list[str] = []
    while place > 0 and stream[place - 1].word:
        place -= 1
        words.append(stream[place].word)
    return bool(words) and {*words} <= _OPENING and bool({*words} & _SHOTS)


# --- inside ---------------------------------------------------------------------------------------


def _who(stream: Sequence[Token], place: int) -> Token:
    """ "shot of her running": she runs; "reverse wide as a girl sits down": no likeness."""
    token, after = stream[place], word_at(stream, place + 1)
    if token.word == "as" and after and ends_opening(stream, place):
        return Token("", ",")
    if token.word not in _SPOKEN or word_at(stream, place - 1) not in ("of", "on"):
        return token
    goes_on = not after or after in _GOES_ON or after.endswith("ing")
    if goes_on and ends_opening(stream, place - 1):
        return Token(_SPOKEN[token.word], token.typed)
    return token


def _outlined(stream: list[Token]) -> list[Token]:
    """ "silhouette, mother and child": theirs, and nobody else's."""
    place = next((k for k, one in enumerate(stream[:3]) if one.word.startswith("silhouette")), -1)
    if place < 0 or place + 1 >= len(stream) or stream[place + 1].typed not in (",", ":"):
        return stream
    rest = stream[place + 2 :]
    named = _anybody(rest, frozenset())
    return [*stream[: place + 1], *_words("of"), *rest] if named else stream


def _midway(stream: Sequence[Token]) -> list[Token]:
    """ "mid-jump": jumping, unless something else is done right before: "stops reading"."""
    said: list[Token] = []
    for token in stream:
        does = _table()["mid"].get(token.word, ()) if said and said[-1].word == "mid" else ()
        if not does:
            said.append(token)
            continue
        said.pop()
        busy = word_at(said, len(said) - 1).endswith("ing")
        said += [] if busy else _words(*does)
    return said


def _paired(stream: list[Token]) -> list[Token]:
    """ "Two-shot in a taxi": with two people, where nobody is named."""
    for place in range(len(stream) - 1):
        if (stream[place].word, stream[place + 1].word) != ("two", "shot"):
            continue
        end = place + 2
        named = [one for one in stream[end:] if one.word not in ("they", "them")]
        if word_at(stream, end) == "of" or _anybody(named) or any(map(_is_one_of_them, named)):
            return stream
        return [*stream[:end], Token("", ","), *_words("two", "people"), *stream[end:]]
    return stream


def _is_one_of_them(token: Token) -> bool:
    """Whether a word is a name, or an animal, which are in a two-shot as people are."""
    beast = any(one.value in ANIMALS for one in lexicon().find((token.word,)))
    return beast or (token.is_capital and not token.first and bool(token.word))


def _met(stream: list[Token]) -> tuple[list[Token], tuple[str, ...]]:
    """ "Embrace in profile": two people embrace; "a duel between two knights": they fight."""
    place, count = next(_meetings_in(stream), (-1, 0))
    if place < 0:
        return stream, ()
    does = _table()["meeting"][" ".join(one.word for one in stream[place : place + count])]
    first = _first_of_phrase(stream, place)
    before, after = stream[:first], stream[place + count :]
    which = [one for one in stream[first:place] if one.word not in DETERMINERS]
    if not _anybody([*_near(before), *after]):
        return [*before, *which, *_words("two", "people", *does), *after], ()
    if word_at(after, 0) in ("between", "of"):
        after = after[1:]
    return [*before, *which, *after], does


def _meetings_in(stream: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Where such a noun opens a clause, or is what a shot is of, and of how many words it is."""
    for place in range(len(stream)):
        for count in range(_LONGEST, 0, -1):
            words = [word_at(stream, place + k) for k in range(count)]
            if "" in words or " ".join(words) not in _table()["meeting"]:
                continue
            if _is_what_happens(stream, place, count):
                yield place, count
                break


def _is_what_happens(stream: Sequence[Token], place: int, count: int) -> bool:
    last, after = word_at(stream, place + count - 1), word_at(stream, place + count)
    needed = _ALSO_MEANT.get(last)
    if needed is not None and not needed & {one.word for one in stream}:
        return False
    if after and after not in PREPOSITIONS | {"and", "as", "of", "while", "on"}:
        return False
    which = {one.kind for one in lexicon().find((word_at(stream, place - 1),))}
    if "thing" in which:  # a car chase
        return False
    first = _first_of_phrase(stream, place)
    if first > 0 and stream[first - 1].owns:  # a couple's first dance
        first = _first_of_phrase(stream, first - 1)
    opens = not word_at(stream, first - 1) or ends_opening(stream, first)
    return opens or (word_at(stream, first - 1) == "of" and ends_opening(stream, first - 1))


def _first_of_phrase(stream: Sequence[Token], place: int) -> int:
    """Where the noun phrase begins whose noun stands there: with its article and two adjectives."""
    first = place
    while place - first < 2 and _says_how(word_at(stream, first - 1)):
        first -= 1
    return first - (word_at(stream, first - 1) in DETERMINERS)


def _says_how(word: str) -> bool:
    kinds = {one.kind for one in lexicon().find((word,))}
    plain = word.isalpha() and word not in DETERMINERS | PREPOSITIONS | _OPENING | {"of", "and"}
    return plain and not kinds & {"figure", "group", "verb", "act", "shot", "camera"}


def _near(before: Sequence[Token]) -> Sequence[Token]:
    """The words before, without those of a shot."""
    return [one for one in before if one.word not in _OPENING]


def _anybody(stream: Sequence[Token], idle: frozenset[str] = _WATCHING) -> bool:
    """Whether somebody is named there who does not only look on, which the `idle` words say."""
    for place, token in enumerate(stream):
        known = lexicon().find((token.word,)) or ()
        somebody = any(one.kind in _PEOPLE for one in known) or token.word in PRONOUNS
        somebody = somebody or (token.is_capital and token.word in lexicon().names)
        if not somebody or token.owns:
            continue
        clause = []
        for one in stream[place + 1 : place + 5]:
            if one.is_mark:
                break
            clause.append(one.word)
        if not {*clause, word_at(stream, place - 1)} & idle:
            return True
    return False


def _words(*words: str) -> list[Token]:
    return [Token(word, word) for word in words]

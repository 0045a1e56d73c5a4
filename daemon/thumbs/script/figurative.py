"""What a text names and does not mean: likenesses, measures, and what is said not to be there.

Takes such nouns out of the words before they are read, so that no wind runs beside who runs like
the wind. Looks at tokens alone; what is left out is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from daemon.thumbs.files import lines_of
from daemon.thumbs.idioms import word_at
from daemon.thumbs.lexicon import lexicon
from daemon.thumbs.tokens import Token
from daemon.thumbs.uses import ANIMALS
from daemon.thumbs.words import DETERMINERS, HE, NOUN_KINDS, PREPOSITIONS, SHE, THEY

_LONGEST = 9
"""Words of a likeness, at most."""
_LONGEST_IDIOM = 5
_LIKED = frozenset(
    ["i", "you", "we", "they", "who", "would", "to", "not", "don't", "doesn't", "do"]
)
"""Before "like" where it is a verb."""
_ENDS = frozenset(["and", "as", "while", "but", "who", "which", "that", "or", "then", "until"])
_A = frozenset(["a", "an"])
_PERSONS = frozenset([*HE, *SHE, *THEY, "it", "you", "we", "i", "someone", "somebody", "nothing"])
_NOBODY = frozenset(["nobody", "noone"])
_HERE = frozenset(["else", "around", "about", "there", "here", "left", "yet", "ever", "even"])
_PLACED = frozenset(["in", "on", "across", "through", "into", "at", "around", "the", "town", "city",
                     "village", "market", "main", "public", "empty", "a", "red", "central", "old",
                     "cobbled", "deserted", "crowded", "times", "trafalgar"])  # fmt: skip
"""Before a square that is a place."""
_ORDINALS = frozenset(["second", "third", "fourth", "fifth", "sixth", "seventh", "tenth"])
"""Before what can only be a noun, however much it looks like a verb."""
_SQUARELY = frozenset(["on", "in", "between", "into", "at", "against", "to", "with", "onto"])
_AIMED = frozenset(["him", "her", "them", "it", "us", "me"])


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """By section: words, each with those after which it means what it says."""
    made: dict[str, dict[str, frozenset[str]]] = {}
    for line in lines_of("figurative.txt"):
        if line.startswith("["):
            section = made.setdefault(line.strip("[]"), {})
            continue
        words, _, meant = line.partition(":")
        real = frozenset(one.strip() for one in meant.split(","))
        for word in words.split(",") if words.strip() else real:
            section[word.strip()] = real if words.strip() else frozenset()
    return made


def literal(stream: Sequence[Token]) -> tuple[list[Token], list[str]]:
    """What is meant as it is said; and the words that are not, as they were typed."""
    kept, gone, place = list[Token](), list[str](), 0
    while place < len(stream):
        idle = _idiom(stream, place)
        used = idle or next((used for rule in _RULES if (used := rule(stream, place))), 0)
        gone += [one.typed for one in stream[place : place + used] if not idle and _is_noun(one)]
        kept += [] if used else [stream[place]]
        place += used or 1
    return kept, gone


def _is_noun(token: Token) -> bool:
    """Whether a word is one that could be drawn by itself."""
    return bool(_kinds(token.word) & {*NOUN_KINDS, "weather"} - {"part"})


def _idiom(stream: Sequence[Token], place: int) -> int:
    """ "on the other hand", "whip pan to": no hand and no pan."""
    words = [word_at(stream, place + k) for k in range(_LONGEST_IDIOM)]
    words = words[: words.index("")] if "" in words else words
    known = _table()["idiom"]
    return next((k for k in range(len(words), 0, -1) if " ".join(words[:k]) in known), 0)


# --- what each rule takes out: how many words from there ------------------------------------------


def _likeness(stream: Sequence[Token], place: int) -> int:
    """ "like a sail", "as big as a house", "bigger than a house", "as if he had seen a ghost"."""
    word, before, after = (word_at(stream, place + k) for k in (0, -1, 1))
    if word == "like":
        if before in _LIKED or before in _table()["worn"] or not after:
            return 0
        return 1 + _noun_phrase(stream, place + 1)
    if word == "as" and after in ("if", "though"):
        return _to_mark(stream, place)
    if word == "as" and word_at(stream, place + 2) == "as":
        return 3 + _noun_phrase(stream, place + 3)
    tinted = before in _table()["likened"] or "colour" in _kinds(before)
    if word == "as" and tinted and after not in _PERSONS and after:
        return 1 + _noun_phrase(stream, place + 1)
    if word == "than" and (after in DETERMINERS or after in _PERSONS):
        return 1 + _noun_phrase(stream, place + 1)
    return 0


def _measure(stream: Sequence[Token], place: int) -> int:
    """ "the size of a football", "a sea of faces": the football, and the sea."""
    word, after = word_at(stream, place), word_at(stream, place + 2)
    if word_at(stream, place + 1) != "of" or not after:
        return 0
    if word in _table()["measure"]:
        return 2 + _noun_phrase(stream, place + 2)
    if word in _table()["bodily"]:
        return 2 * _is_of_a_thing(stream, place)
    if after in _A and "figure" in _kinds(word_at(stream, place + 3)) and _is_noun(stream[place]):
        return 2 * ("figure" not in _kinds(word))  # a bear of a man
    masses = _table()["mass"]
    if word not in masses or after in masses[word] or stream[place + 2].is_capital:
        return 0
    own = after in DETERMINERS or bool(lexicon().find((word, "of", after)))
    return 0 if own or word_at(stream, place - 1) == "of" else 2


def _owned(stream: Sequence[Token], place: int) -> int:
    """ "a trumpet's bell": no bell, but a trumpet."""
    part = word_at(stream, place)
    if not place or not stream[place - 1].owns or part not in _table()["owned"]:
        return 0
    if any(lexicon().find((stream[place - 1].word, one)) for one in (part, part.rstrip("s"))):
        return 0  # the ship's wheel
    found = lexicon().find((stream[place - 1].word,))
    kinds = {one.kind for one in found}
    return int(kinds == {"thing"} and not {one.value for one in found} & ANIMALS)


_ARRIVING = ("com", "came", "arriv", "get", "got", "return", "stay", "leav", "left", "at")


def _homeward(stream: Sequence[Token], place: int) -> int:
    """ "limping home": on the way, and in no room."""
    before = word_at(stream, place - 1)
    if word_at(stream, place) != "home" or before in PREPOSITIONS | DETERMINERS or not before:
        return 0
    moves = before.endswith("ing") or "verb" in _kinds(before) or before == "way"
    moves = moves and not before.startswith(_ARRIVING)
    return int(moves and not lexicon().find((before, "home")))


def _is_of_a_thing(stream: Sequence[Token], place: int) -> bool:
    """Whether what has that mouth or foot is no body; not where all of it is one phrase."""
    opened = word_at(stream, place + 2) in DETERMINERS
    at = place + 2 + opened
    words = [word_at(stream, place + k) for k in range(5)]
    if any(lexicon().find(tuple(words[:k])) for k in (3, 4, 5)):
        return False
    kinds = _kinds(word_at(stream, at))
    beasts = {one.value for one in lexicon().find((word_at(stream, at),))} & ANIMALS
    return opened and not beasts and bool(kinds & {"thing", "place"}) and "figure" not in kinds


def _joined(stream: Sequence[Token], place: int) -> int:
    """ "cat-eye glasses", "a square-jawed man": no cat and no square."""
    token, after = stream[place], word_at(stream, place + 1)
    if not token.joined or token.word == "snow" or lexicon().find((token.word, after)):
        return 0
    around = [word_at(stream, place + k) for k in (-1, 0, 1, 2)]
    if lexicon().find(tuple(around[:3])) or lexicon().find(tuple(around[1:])):
        return 0  # sits cross-legged, a birds-eye view
    if not _kinds(token.word) & {*NOUN_KINDS, "weather"}:
        return 0
    if "colour" in _kinds(after):  # a pitch-black room
        return 1
    return 2 if after in _table()["joined"] else 0


def _absent(stream: Sequence[Token], place: int) -> int:
    """ "No one around", "nobody watching it", "ribbon gone", "missing two fingers"."""
    word, after = word_at(stream, place), word_at(stream, place + 1)
    if word == "missing" and any(
        one.number or one.word in DETERMINERS for one in stream[place + 1 : place + 2]
    ):
        return _to_mark(stream, place)
    if any(one.kind == "thing" for one in lexicon().find((word,))):
        skip = 1 + (after in ("is", "are", "now"))
        lacks = word_at(stream, place + skip) in ("gone", "missing")
        return skip + 1 if lacks and not word_at(stream, place + skip + 1) else 0
    pair = word == "no" and after in ("one", "people", "person", "soul")
    alone = word == "not" and (after, word_at(stream, place + 2)) == ("a", "soul")
    if not (pair or alone or word in _NOBODY):
        return 0
    end = place + 1 + pair + 2 * alone
    while word_at(stream, end) and not _opens_noun(stream, end):
        end += 1
    return end - place


def _opens_noun(stream: Sequence[Token], place: int) -> bool:
    """Whether what nobody does is over there, and what it is done to or where begins."""
    token, after = stream[place], word_at(stream, place + 1)
    if token.word == "to" and any(one.kind in ("verb", "act") for one in lexicon().find((after,))):
        return False
    here = token.word in _HERE and not after
    begins = token.word in DETERMINERS or token.is_capital
    return begins or (token.word in PREPOSITIONS and not here)


def _squarely(stream: Sequence[Token], place: int) -> int:
    """ "landed square on her head": in no square."""
    if word_at(stream, place) != "square":
        return 0
    before, after = word_at(stream, place - 1), word_at(stream, place + 1)
    squarely = before not in _PLACED and bool(before) and after in _SQUARELY
    kinds = {one.kind for one in lexicon().find((after,))}
    shaped = bool(kinds & {"thing", "wear", "part", "figure"}) or after in ("jaw", "shoulders")
    return int(squarely or shaped or before in _AIMED)


def _tint(stream: Sequence[Token], place: int) -> int:
    """ "a peacock blue dress": no peacock."""
    tints = "colour" in _kinds(word_at(stream, place + 1)) and word_at(stream, place - 1) in _A
    noun = _kinds(word_at(stream, place + 2)) & {*NOUN_KINDS}
    kinds = _kinds(word_at(stream, place))
    return int(tints and bool(noun) and "thing" in kinds and not kinds & {"colour", "figure"})


def _numbered(stream: Sequence[Token], place: int) -> int:
    """ "in the third row", "on the fourth slice": nobody rows, and nobody slices."""
    after = word_at(stream, place + 1)
    if word_at(stream, place) not in _ORDINALS or word_at(stream, place - 1) not in DETERMINERS:
        return 0
    deed = bool(after) and _kinds(after) <= {"verb", "act"} and not after.endswith(("s", "ed"))
    return 2 * (deed and bool(_kinds(after)))


_RULES = (_owned, _homeward, _numbered, _joined, _tint, _likeness, _measure, _absent, _squarely)


# --- extents --------------------------------------------------------------------------------------


def _to_mark(stream: Sequence[Token], place: int) -> int:
    end = place
    while word_at(stream, end):
        end += 1
    return end - place


def _noun_phrase(stream: Sequence[Token], place: int) -> int:
    """How many words a noun phrase has, with what follows "of" and a further one with "a": "a bull
    in a china shop"; all words to the mark where somebody does something."""
    first = word_at(stream, place)
    if first in _PERSONS:
        return _to_mark(stream, place)
    end, noun = place, False
    while word_at(stream, end) and end < place + _LONGEST:
        word, after = word_at(stream, end), word_at(stream, end + 1)
        noun_too = word_at(stream, end - 1) in DETERMINERS  # the inside of a shell
        further = after in _A and (first in _A or word in ("from", "in", "inside"))
        if word in PREPOSITIONS and not further and not noun_too:
            break
        if word in _ENDS and end > place:
            break
        opens = word in DETERMINERS and word_at(stream, end - 1) not in {"of", *PREPOSITIONS}
        if noun and (opens or _is_finite(word)):
            break
        noun = noun or _is_noun(stream[end])
        end += 1
    return end - place


def _is_finite(word: str) -> bool:
    """Whether it is plainly a deed of who is likened: "clouds like wool drift"."""
    kinds = _kinds(word)
    finite = bool(kinds & {"verb", "act"}) and not kinds & {*NOUN_KINDS}
    return finite and not word.endswith(("ing", "ed"))


def _kinds(word: str) -> set[str]:
    return {one.kind for one in lexicon().find((word,))}

"""What the words around a word say of it: that it is a noun, a sort of something, or elsewhere.

Looks at tokens alone; where it is not sure, less is drawn.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

from daemon.thumbs.files import lines_of
from daemon.thumbs.lexicon import Word, lexicon
from daemon.thumbs.tokens import Token
from daemon.thumbs.uses import ANIMALS
from daemon.thumbs.words import DETERMINERS, PREPOSITIONS

SORTS = frozenset(["formation", "formations", "pose", "pattern", "motif"])
"""Nouns before which another only says which: nothing in tortoise formation is a tortoise."""
_NAMING = frozenset(["figure", "group", "thing", "part", "extras", "hat", "wear"])
_ENDS = frozenset(["on", "in", "at", "while", "as", "behind", "and", "with", "by", "near", "from"])
_RECORDED = ("interview", "footage", "recording", "video", "rerun")
_SHOWN_ON = ("computer", "television", "phone", "tablet")
_PICTURES = ("picture", "photo", "photograph", "portrait", "painting", "poster", "drawing")


def word_at(stream: Sequence[Token], place: int) -> str:
    """The word there; "" at a mark and beyond the ends."""
    return stream[place].word if 0 <= place < len(stream) else ""


def no_verbs(found: tuple[Word, ...], before: str, word: str) -> tuple[Word, ...]:
    """What may stand after "a" or "two": "a dry riverbed", "two tears" are no deeds."""
    if before in _COUNTS and word.endswith("s"):
        return tuple(one for one in found if one.kind not in _DEEDS or one.form) or found
    if before not in ("a", "an") or word.endswith(("s", "ed")):
        return found
    return tuple(one for one in found if one.kind != "verb" or one.form) or found


_COUNTS = ("two", "three", "four", "five", "some", "many", "several", "his", "her", "their")


def is_base(verb: str) -> bool:
    """Whether it is the form that no single doer has: "sink" of sinks and sank."""
    ending = "es" if verb.endswith(("s", "x", "ch", "sh", "z", "o")) else "s"
    said = verb[:-1] + "ies" if verb.endswith("y") and verb[-2:-1] not in "aeiou" else verb + ending
    return any(one.kind in ("verb", "act") for one in lexicon().find((said,)))


@lru_cache(maxsize=1)
def _participles() -> frozenset[str]:
    """Those that do not end with -ed: flung, torn."""
    rows = (line.split() for line in lines_of("irregular.txt"))
    return frozenset({"lit"} | {past for row in rows for past in row[1:] if past not in row[:1]})


def is_participle(word: str) -> bool:
    """Whether a word says what was done, by its form: flung, spilled."""
    return word in _participles() or (word.endswith("ed") and not word.endswith(("eed", "bed")))


def after_participle(stream: Sequence[Token], place: int) -> bool:
    """ "a dying fire" """
    word = word_at(stream, place - 1)
    return word.endswith(("ing", "ed")) and word_at(stream, place - 2) in DETERMINERS


def is_acronym(token: Token, after: Token | None = None) -> bool:
    """GPS, TV, OXYGEN 4%: nobody's name."""
    if token.typed.isupper() and after is not None and after.typed.isdecimal():
        return True
    short = len(token.word) < 4 or not {*token.word} & {*"aeiouy"}
    return token.typed.isupper() and short and token.word.isascii()


def is_many(stream: Sequence[Token], place: int) -> bool:
    """Whether an unknown word that opens a sentence is of several: "Immigrants crowd the rail"."""
    word, after = word_at(stream, place), word_at(stream, place + 1)
    if not stream[place].first or len(word) < 6 or word.endswith(("ss", "us", "is")):
        return False
    joins = after in PREPOSITIONS | {"and", "or"}
    handles = not joins and word_at(stream, place + 2) in DETERMINERS
    doing = not after.endswith(("s", "ed", "ing")) and (is_base(after) or handles)
    return word.endswith("s") and not stream[place].owns and doing and after.isalpha()


def of_a_beast(stream: Sequence[Token], place: int) -> bool:
    """ "Pip the mouse": the name of an animal."""
    found = lexicon().find((word_at(stream, place + 2),))
    kinds = {one.value for one in found if one.kind == "thing"}
    return word_at(stream, place + 1) == "the" and bool(kinds & ANIMALS)


def elsewhere(stream: Sequence[Token], place: int, thing: str) -> int:
    """How many words here say what is seen on a screen, and so nowhere else; `thing` is the kind
    that was named right before."""
    word, after = word_at(stream, place), word_at(stream, place + 1)
    recorded = word == "of" and word_at(stream, place - 1) in _RECORDED
    if not (recorded or (thing in _SHOWN_ON and word in ("showing", "shows", "displaying"))):
        return 0
    end = place + 1 + (after in DETERMINERS)
    stops = _ENDS if recorded else frozenset[str]()
    while end < len(stream) and stream[end].word and stream[end].word not in stops:
        end += 1
    return end - place


def in_a_picture(stream: Sequence[Token], place: int) -> int:
    """ "a child in the class picture": how many words say that it is only depicted."""
    if word_at(stream, place) != "in" or word_at(stream, place + 1) not in DETERMINERS:
        return 0
    return next((k + 1 for k in (2, 3) if word_at(stream, place + k) in _PICTURES), 0)


def around_adjective(words: Sequence[str]) -> tuple[int, tuple[Word, ...]] | None:
    """A deed whose noun has an adjective before it: "changes a flat tyre"."""
    for at in (2, 3, 4):
        if at + 1 >= len(words) or words[at - 1] not in DETERMINERS:
            continue
        known = {one.kind for one in lexicon().find((words[at],))}
        pair = {one.kind for one in lexicon().find((words[at], words[at + 1]))}
        if known & _NAMING or ("place" in known and "thing" not in pair):
            continue
        for end in range(len(words), at + 1, -1):
            found = lexicon().find((*words[:at], *words[at + 1 : end]))
            if found and all(one.kind in ("verb", "act") for one in found):
                return end, found
    return None


def seems_a_deed(stream: Sequence[Token], place: int) -> bool:
    """ "scolds two boys": an unknown word in -s or -ed before a determiner."""
    word = word_at(stream, place)
    if not word or lexicon().find((word,)) or not word.endswith(("s", "ed")):
        return False
    return word_at(stream, place + 1) in DETERMINERS | PREPOSITIONS


def plainly_done(word: Word, before: str, typed: str, after: str) -> bool:
    """Whether a noun in -s is what the thing right before it does: "a trunk blocks the road"."""
    noun = word.kind in ("thing", "figure") and typed.endswith("s") and not typed.endswith("ss")
    return noun and before in ("thing", "place", "weather", "it") and after in DETERMINERS


def opening(before: str) -> Collection[str]:
    """What opens a noun that may be a verb, two words before it; `before` is the kind of the word
    between."""
    return DETERMINERS if before == "weather" else ("a", "an")


def likens(stream: Sequence[Token], place: int) -> bool:
    """ "wide as an oak": whether what follows "as" is only what something is like."""
    before, after = word_at(stream, place - 1), word_at(stream, place + 1)
    two_before = word_at(stream, place - 2)
    if after not in ("a", "an", "the", "his", "her") or not before:
        return False
    adjective = two_before == "as" or not any(
        one.kind in ("verb", "act", "figure", "thing") for one in lexicon().find((before,))
    )
    if not adjective or before.endswith(("s", "ed", "ing")):
        return False
    near = [one.word for one in stream[place + 2 : place + 5]]
    near = near[: near.index("")] if "" in near else near
    deeds = (one for word in near for one in lexicon().find((word,)) if one.kind in _DEEDS)
    return not any(deeds)


_DEEDS = ("verb", "act")

"""What an unknown word is where it is plainly a thing: what is held, worked at or shown large.

Such a thing is a box with its word on it, as roughs have it. Knows no pictures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from daemon.thumbs.idioms import is_participle
from daemon.thumbs.lexicon import Word
from daemon.thumbs.tokens import Token
from daemon.thumbs.words import BODY, DETERMINERS, PREPOSITIONS

SOMETHING = "something"
"""The kind of thing that has its word on it."""
TRADES = re.compile(
    r".*(?:...ist|ician|smith|keeper|maker|player|worker|driver|seller|monger|herder|wright"
    r"|.man|.woman|.eer|girl|boy|master|medic|broker|grapher|setter|lighter|catcher|monger|blower|weaver|binder|trainer|tamer|hunter|trader|dealer|fighter|cleaner|operator|trooper|pal|mate|bearer|.(?=folk$)|.(?=people$))(s?|folk|people)|.+(?:men|women)"
)
"""Words that are somebody by their ending; a last s that is caught is of several."""
LONGEST = 13
"""Letters that fit on it."""
_TAKES = ("held", "worked", "before", "struck", "dropped")
_MEALS = ("drinking", "eating")
NO_NOUN = re.compile(
    r".*(?:ly|ed|ing|ous|ive|ful|less|able|ible|ish|ical|est|ic)|.*(?:tion|sion|ness"
    r"|ment|ity|ism|ance|ence|ship|hood|acy|ure|dom)s?"
)
"""Adjectives, adverbs, deeds, and what can't be seen."""
_ENDS = PREPOSITIONS | {
    "and",
    "or",
    "that",
    "which",
    "while",
    "as",
    "down",
    "up",
    "off",
    "out",
    "of",
}


_OF_THE_CAMERA = frozenset([
    "top", "overhead", "reverse", "pov", "angle", "close", "profile", "handheld", "insert", "dolly",
    "crane", "macro", "montage", "cutaway", "backward", "backwards", "forward", "forwards",
])  # fmt: skip
"""What says how something is seen, or which way it goes, and is nothing."""
MEASURING = frozenset([
    "flash", "glimpse", "hint", "glint", "sliver", "trace", "patch", "cloud", "puff", "burst",
    "trail", "series", "cluster", "clump", "array", "spray", "shower", "flurry", "pinch", "dab",
    "speck", "scrap", "strip", "blur", "mass", "tangle", "scatter", "swirl", "wisp", "column",
])  # fmt: skip
"""Of what follows after "of" they only say how much of it there is."""


def _measures(stream: Sequence[Token], place: int) -> bool:
    return stream[place].word in MEASURING and stream[place + 1].word == "of"


def is_a_thing(
    stream: Sequence[Token], place: int, *, after: frozenset[str], verb: Word | None, inserts: bool
) -> bool:
    """Whether the word there is a noun that hands are at, or that an insert shows; `after` are the
    kinds of word that may follow."""
    word, before = stream[place].word, stream[place - 1].word if place else ""
    following = stream[place + 1] if place + 1 < len(stream) else None
    if not (word.isascii() and word.isalpha() and 3 <= len(word) <= LONGEST):
        return False
    if stream[place].is_capital or before in BODY or NO_NOUN.fullmatch(word):
        return False
    if is_participle(word) or word in _OF_THE_CAMERA or (following and _measures(stream, place)):
        return False
    ends = following is None or following.is_mark or following.word in _ENDS
    if not ends or after & {"figure", "group", "thing"}:
        return False
    opened = (
        before in DETERMINERS
        or before.endswith("ing")
        or (place > 1 and stream[place - 2].word in DETERMINERS)
    )
    handled = verb is not None and verb.more.get("take") in _TAKES and verb.value not in _MEALS
    if verb is not None and "guess" in verb.more and word.endswith("s"):
        return False  # attends classes
    return (opened and handled) or (inserts and (opened or not before or stream[place - 1].is_mark))


_WHERE = ("in", "at", "inside", "aboard", "outside")
_THE = DETERMINERS - {"one", "each", "every", "some", "both"}
_SHAPES = ("rectangle", "triangle", "silence", "heap", "unison", "profile", "arc", "spiral",
           "total", "trance", "hurry", "daze", "rage", "blur", "flash", "instant")  # fmt: skip
"""In which nobody is."""
_AIMING = ("up", "down", "over", "back", "out", "away")
"""Before "at" where it is no place: looks up at the zorble."""
_AFTER = 4
"""Words after the preposition, at most, that a place is."""


def is_a_place(stream: Sequence[Token], place: int) -> int:
    """Where the words of a place begin that ends with the unknown word there: "in the old
    chandlery"; 0 for none."""
    word, following = stream[place], stream[place + 1] if place + 1 < len(stream) else None
    ends = following is None or following.is_mark or following.word in _ENDS
    plain = word.word.isascii() and word.word.isalpha() and len(word.word) > 3
    if not (ends and plain) or word.owns or word.word in _SHAPES or NO_NOUN.fullmatch(word.word):
        return 0
    for back in range(1, min(_AFTER, place) + 1):
        before = stream[place - back].word
        if before in _WHERE:
            if before == "at" and stream[place - back - 1].word in _AIMING:
                return 0
            opened = stream[place - back + 1].word in _THE
            return place - back + 1 if opened or (word.is_capital and before == "in") else 0
        if not before or before in PREPOSITIONS:
            return 0
    return 0


_PLAIN = {
    "box": {"box", "boxes", "package", "packages", "parcel"},
    "paper": {"paper", "papers", "sheet", "page", "note", "document", "documents", "letter"},
    "bottle": {"bottle", "bottles", "vial", "flask", "thermos", "canteen"},
    "bag": {"bag", "bags", "handbag", "handbags", "purse", "satchel", "sack", "pouch", "beanbag"},
    SOMETHING: set(),
    "spaceship": {"spaceship", "starship", "spacecraft", "ship", "rocket", "shuttle", "capsule"},
    "cloth": {"cloth", "rag", "towel", "duster", "handkerchief", "fabric", "napkin", "clothes"},
    "food": {"food", "meal", "dinner", "lunch", "breakfast", "supper", "leftovers", "plate"},
    "crate": {"crate", "crates", "pallet", "container"},
}
"""Kinds whose outline stands for much: the words for which it says all."""


def label_of(kind: str, phrase: Sequence[str]) -> tuple[str, str]:
    """What has to stand on a thing that is drawn like many others: a printer is a box."""
    plain = _PLAIN.get(kind)
    if plain is None or plain & {*phrase} or not phrase[-1].isascii():
        return ("", "")
    whole = " ".join(phrase) if len(phrase) < 3 else phrase[-1]
    return (kind, (whole if len(whole) <= LONGEST else phrase[-1][:LONGEST]).upper())

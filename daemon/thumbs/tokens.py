"""A text as tokens: words as they were typed, and the marks that end clauses.

Takes any text at all; what is neither word nor mark (emoji, weights, tags) is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from daemon.thumbs.spelt import in_known_words

MOST = 4000
"""Characters that are read of a text."""
MOST_TOKENS = 700

_TAGS = re.compile(
    r"<[^<>]{0,200}>|\{[^{}]{0,3}\}|:\s?\d+(?:\.\d+)?(?=\s*[)\]])|https?://\S+|&[a-z]+;"
)
_STYLED = re.compile(
    r"(?<=style)(?: style)? of (?:[^\W_]+[ ]?){1,4}(?=[,.;\n]|$)"
    r"|(?:[A-Z][\w'-]+ ){2,3}(?:style\b|(?:style )?painting of )"
)
"""Whose style it is to have: nobody who is in the picture."""
_SLATE = re.compile(
    r"\A\s*(?:(?:frame|fr|panel|pnl|shot|sh|sc|pic|picture|card|board|no)\.? ?#?)?"
    r"(?![23]s)\d{1,3}[a-z]?\s?[.:)–—]\s+(?=\S)",
    re.IGNORECASE,
)
"""The number that a shot has: "Fr 1. ", "12: "."""
_CLIPPED = re.compile(
    r"\b(I|you|he|she|it|we|they|who|that|there)['’](?:ve|re|ll|d|m|s)\b", re.IGNORECASE
)
_HOUR = re.compile(r"(?<=\d)\s?([ap])\.m\b\.?", re.IGNORECASE)
_QUOTING = re.compile(r"(?:^|[\s(:])['‘](?=\S)[^'‘’]*$")
LONGEST_QUOTE = 120
"""Characters before a word in which a quote that it ends has begun."""
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*|[.,;:!?\n—–]| - ")
HERDS = {
    "herd": 4, "flock": 4, "caravan": 3, "fleet": 4, "swarm": 5, "pack": 3, "convoy": 3, "pile": 3,
    "stack": 3, "bunch": 3, "row": 3, "line": 3, "school": 4, "trio": 3, "pair": 2, "bank": 3,
    "dozens": 5,
}  # fmt: skip
"""Nouns that say how many of what follows after "of"."""
_SHORT = frozenset(
    [
        "int",
        "ext",
        "inst",
        "med",
        "i",
        "dr",
        "mr",
        "mrs",
        "ms",
        "prof",
        "st",
        "sgt",
        "capt",
        "lt",
        "jr",
        "sr",
        "vs",
        "инт",
        "нат",
    ]
)
"""Words that are written with a full stop that ends nothing."""
_NUMBERS = {
    "one": 1,
    "two": 2,
    "twin": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
    "dozen": 12,
    "several": 3,
    "many": 9,
    "some": 3,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "hundred": 99,
    "hundreds": 99,
    "thousand": 99,
    "thousands": 99,
    "both": 2,
    "countless": 99,
    "numerous": 9,
    "pair": 2,
    "два": 2,
    "две": 2,
    "двое": 2,
    "три": 3,
    "трое": 3,
    "четыре": 4,
}


@dataclass(frozen=True, slots=True)
class Token:
    """`word` in small letters; `typed` as it stood; `owns` where it had 's; `first` of its
    sentence; `joined` by a hyphen to the next; a mark has no word."""

    word: str
    typed: str
    owns: bool = False
    first: bool = False
    joined: bool = False

    @property
    def is_mark(self) -> bool:
        return not self.word

    @property
    def number(self) -> int:
        """The number it says, else 0."""
        if self.word.isdecimal():
            return min(99, int(self.word[:3]))
        return _NUMBERS.get(self.word, 0)

    @property
    def is_capital(self) -> bool:
        return self.typed[:1].isupper()


def _own(plain: str, start: int, end: int) -> bool:
    """ "parents' cars": a plural that owns what follows, and no quoted word that ends."""
    after = plain[end : end + 3]
    marked = after[:1] in ("'", "’") and after[1:2] == " " and after[2:3].isalpha()
    if not (marked and plain[end - 1] in "sS"):
        return False
    line = plain[max(plain.rfind("\n", 0, start) + 1, start - LONGEST_QUOTE) : start]
    return not _QUOTING.search(line)


def tokens(text: str) -> list[Token]:
    """At most `MOST_TOKENS` of them."""
    plain = _STYLED.sub("", _TAGS.sub(" ", _SLATE.sub("", text[:MOST])))
    plain = in_known_words(plain.replace("3/4", "three quarter"))
    plain = _CLIPPED.sub(r"\1", plain)
    plain = _HOUR.sub(r" \1m", plain).replace(" -- ", " — ").replace("\r", "\n")
    made: list[Token] = []
    first = True
    for found in _TOKEN.finditer(plain):
        typed = found[0].strip()
        if typed == "." and made and made[-1].word in _SHORT:
            continue
        if not typed or typed in ".,;:!?—–-":
            made.append(Token("", typed or "\n"))
            first = typed not in (",",)
        else:
            word = typed.casefold().replace("’", "'")
            owns = word.endswith("'s") or _own(plain, found.start(), found.end())
            joined = plain[found.end() : found.end() + 1] in ("-", "‑")
            said = typed[:-2] if word.endswith("'s") else typed
            made.append(Token(word.removesuffix("'s"), said, owns, first, joined))
            first = False
        if len(made) >= MOST_TOKENS:
            break
    return made

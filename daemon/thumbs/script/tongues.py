"""German, French, Spanish and Italian shots said in English, word for word, for the reader to read.

A glossary a language, `data/<language>.txt`; no grammar but where an adjective stands. Which words
can be drawn is not known here. What has no entry stays as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from daemon.thumbs.files import lines_of
from daemon.thumbs.lexicon import lexicon
from daemon.thumbs.tokens import MOST

LANGUAGES = ("de", "fr", "es", "it")
NOUNS_BEFORE_ADJECTIVES = ("fr", "es", "it")
ADJECTIVES = ("red", "blue", "green", "yellow", "black", "white", "brown", "grey", "young", "old")
"""Those that may be written without `~`."""
LONGEST = 4
"""Words of an entry."""
SHORTEST_TAIL = 4
"""Letters of a German noun that others may stand before, written as one word with it."""
FEWEST = 2
"""Words of a language that a text has to have, to be in it."""

_PIECE = re.compile(
    r"[„“\"«][^„“”\"«»]{1,200}[“”\"»]"  # what is quoted is lettered as it stands
    r"|\b[ldsnjcLDSNJC]['’](?=\w)|\b[a-zA-Z]{2,5}ll['’](?=\w)|\b[uUqQ][nu]['’](?=\w)"
    r"|[^\W_]+(?:[-'’][^\W_]+)*|\s+|.",
    re.DOTALL,
)
_ENGLISH = frozenset(
    ["a", "an", "the", "of", "in", "on", "at", "to", "and", "with", "is", "are", "his", "her", "he",
     "she", "it", "they", "who", "that", "by", "from", "into", "over", "for", "as", "behind",
     "under", "while", "its", "their", "looks", "out", "up", "down", "off"]
)  # fmt: skip
"""Small words that say a text is English, whatever else is in it."""


@dataclass(frozen=True, slots=True)
class Glossary:
    """What each form is in English: in small letters, but for what is meant with its capital alone;
    `adjectives` are those that may have to change places."""

    forms: Mapping[str, str]
    adjectives: frozenset[str]


@lru_cache(maxsize=len(LANGUAGES))
def glossary(language: str) -> Glossary:
    """That of one language, read once."""
    forms: dict[str, str] = {}
    adjectives = set[str]()
    endings: list[str] = []
    for line in lines_of(f"{language}.txt"):
        english, _, said = line.partition(":")
        words = [word.strip() for word in said.split(",")]
        if english == "~":
            endings = words
            continue
        for word in words:
            written = [word.replace("~", ending) for ending in endings] if "~" in word else [word]
            for form in written:
                forms.setdefault(form, english)
                if "~" in word or english in ADJECTIVES:
                    adjectives.add(form)
    return Glossary(forms, frozenset(adjectives))


def in_english(text: str) -> str:
    """The text with the words of its language in English; as it is where that is English, another
    one or none."""
    text = text[:MOST]
    words = [piece.casefold().replace("’", "'") for piece in _PIECE.findall(text)]
    language = _language([word for word in words if word[0].isalnum()])
    return _said(text, language) if language else text


def all_in_english(told: Mapping[str, str]) -> dict[str, str]:
    """The same of what is said of each name."""
    return {name: in_english(words) for name, words in told.items()}


def _language(words: list[str]) -> str:
    """The one that most words are of which English hasn't; "" where fewer are than English ones."""
    foreign = [word for word in words if not _is_english(word) and not word.isdecimal()]
    english = sum(1 for word in words if word in _ENGLISH)
    counts = {each: sum(1 for word in foreign if _is_of(each, word)) for each in LANGUAGES}
    best = max(LANGUAGES, key=lambda each: counts[each])
    enough = counts[best] >= FEWEST or counts[best] == len(words) > 0
    return best if enough and counts[best] > english else ""


def _is_of(language: str, word: str) -> bool:
    forms = glossary(language).forms
    return word in forms or (language == "de" and bool(_last_part(word, forms)))


def _last_part(word: str, forms: Mapping[str, str]) -> str:
    """What a German noun is that is written as one word with others: that of its last part."""
    ends = range(3, len(word) - SHORTEST_TAIL + 1)
    return next((forms[word[start:]] for start in ends if word[start:] in forms), "")


def _is_english(word: str) -> bool:
    known = lexicon()
    return word in _ENGLISH or bool(known.find((word,))) or word in known.names


def _said(text: str, language: str) -> str:
    book = glossary(language)
    pieces = _PIECE.findall(text)
    made: list[tuple[str, bool]] = []
    at = 0
    while at < len(pieces):
        count, english, adjective = _entry(pieces, at, book)
        if not count:
            made.append((_unknown(pieces[at], language, made, book), False))
            count = 1
        else:
            after = made[-2] if len(made) > 1 and made[-1][0].isspace() else ("", False)
            if adjective and language in NOUNS_BEFORE_ADJECTIVES and after[0] and not after[1]:
                made.insert(len(made) - 2, (f"{english} ", True))
            else:
                made.append((english, adjective))
                if pieces[at + count - 1].endswith(("'", "’")):
                    made.append((" ", False))
        at += count
    return "".join(piece for piece, _ in made)


def _entry(pieces: list[str], at: int, book: Glossary) -> tuple[int, str, bool]:
    """Of how many pieces the longest entry is that begins here, what it is in English, and whether
    that is an adjective; 0 where there is none."""
    for count in range(min(2 * LONGEST - 1, len(pieces) - at), 0, -1):
        typed = "".join(pieces[at : at + count]).replace("’", "'")
        for form in (typed, typed.casefold()):
            if form in book.forms:
                return count, book.forms[form], form in book.adjectives
    return 0, "", False


def _unknown(piece: str, language: str, before: list[tuple[str, bool]], book: Glossary) -> str:
    """A German noun is what its last part is, and no name after an article."""
    if language != "de" or not piece[:1].isupper() or piece.isupper():
        return piece
    word = piece.casefold()
    if noun := _last_part(word, book.forms):
        return noun
    said = [each for each, _ in before if each.strip()]
    return word if said and said[-1] in ("the", "a", "in the", "at the", "his", "her") else piece

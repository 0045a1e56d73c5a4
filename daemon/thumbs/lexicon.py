"""The words that can be drawn: `data/*.txt` as one dictionary, with their plurals and tenses.

Knows words and phrases, and nothing of sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from daemon.thumbs.files import lines_of

COMPOUNDS = "compounds.txt"
"""Phrases that mean what it says there, and nothing that the other files say."""
FILES = (
    COMPOUNDS,
    "setting.txt",
    "people.txt",
    "looks.txt",
    "actions.txt",
    "verbs.txt",
    "tools.txt",
    "things.txt",
    "where.txt",
    "quiet.txt",
)
_PLURAL = ("figure", "thing", "wear", "hat")
_OWNERS, _WORD = re.compile(r"['’]s\b"), re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_HEAD = re.compile(r"\S+=\s?\S*|\S+")
_SHORT_VERB = re.compile(r"[^aeiou]*[aeiou][bdgmnprt]")
NOUNS = ("figure", "thing", "place", "group")
LONGEST = 7


@dataclass(frozen=True, slots=True)
class Word:
    """One meaning of a word or phrase: its `kind` (figure, thing, place, verb, act, wear, colour,
    shot …), its `value` and more as pairs. `many` for a plural, `form` of a verb: "" or "ing"."""

    kind: str
    value: str
    more: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    many: bool = False
    form: str = ""

    def as_many(self) -> Word:
        """The same of a plural."""
        return _changed(self, many=True)

    def as_form(self, form: str) -> Word:
        """The same of another form of the verb."""
        return _changed(self, form=form)


_VARIANTS: dict[tuple[int, bool, str], tuple[Word, Word]] = {}
"""By the word itself, which is kept alive beside what was made of it."""


def _changed(word: Word, *, many: bool = False, form: str = "") -> Word:
    """One for all that ask for it: the words of a line share their meaning."""
    key = (id(word), many, form)
    if key not in _VARIANTS:
        _VARIANTS[key] = (word, Word(word.kind, word.value, word.more, many, form))
    return _VARIANTS[key][1]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`phrases` by their words with a blank between; `stems` are beginnings of words that have many
    endings; `names` first names with m or f."""

    phrases: Mapping[str, tuple[Word, ...]]
    stems: Mapping[str, tuple[Word, ...]]
    names: Mapping[str, str]
    written: int
    """How many words and phrases the files have, without their plurals and tenses."""

    def find(self, words: tuple[str, ...]) -> tuple[Word, ...]:
        """What a phrase may mean; () for one that is not known."""
        found = self.phrases.get(" ".join(words))
        if found is None and len(words) == 1 and not words[0].isascii():
            word = words[0]
            for end in range(len(word), 1, -1):
                if found := self.stems.get(word[:end]):
                    break
        return found or ()

    def whole(self, words: Sequence[str], count: int) -> tuple[Word, ...]:
        """What the first so many words may mean; () where they would cut in two what stands
        together: on the subway | platform."""
        found = self.find(tuple(words[:count]))
        if not found or count < 2 or words[0] not in _LEADING or count >= len(words):
            return found
        pair = self.phrases.get(f"{words[count - 1]} {words[count]}", ())
        return () if any(one.kind in NOUNS for one in pair) else found


_LEADING = frozenset(
    ["a", "an", "at", "by", "from", "in", "inside", "into", "on", "the", "through"]
)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """All of it, read once. Words that mean the same share one meaning: there are many."""
    phrases: dict[str, tuple[Word, ...]] = {}
    stems: dict[str, tuple[Word, ...]] = {}
    shared: dict[tuple[int, ...], tuple[Word, ...]] = {}
    written = 0
    closed: frozenset[str] = frozenset()
    for file, word, meaning in _entries():
        written += 1
        if file != COMPOUNDS and not closed:
            closed = frozenset(phrases)
        if "*" in word:
            if " " not in word:
                stems.setdefault(word.rstrip("*"), (meaning,))
            continue
        for form, made in _forms(split(word), meaning):
            if (phrase := " ".join(form)) not in closed:
                _add(phrases, phrase, made, shared)
    return Lexicon(phrases, stems, dict(_names()), written)


def _add(
    phrases: dict[str, tuple[Word, ...]],
    phrase: str,
    made: Word,
    shared: dict[tuple[int, ...], tuple[Word, ...]],
) -> None:
    """One more meaning of a phrase; one that says nothing gives way to any other."""
    known = phrases.get(phrase)
    if known is None:
        both: tuple[Word, ...] = (made,)
    elif made.kind == "quiet" or any(made.kind == one.kind for one in known):
        return
    else:
        both = (*(one for one in known if one.kind != "quiet"), made)
    phrases[phrase] = shared.setdefault(tuple(map(id, both)), both)


def split(text: str) -> tuple[str, ...]:
    """A phrase as words, the way texts are split."""
    plain = text.casefold().replace("’", "'")
    return tuple(_WORD.findall(_OWNERS.sub("", plain) if "'" in plain else plain))


def _entries() -> Iterator[tuple[str, str, Word]]:
    for name in FILES:
        kind = ""
        for line in lines_of(name):
            if line.startswith("["):
                kind = line.strip("[]").split()[0]
                continue
            head, _, words = line.partition(":")
            value, *pairs = _HEAD.findall(head.strip()) or [""]
            more = {}
            for pair in pairs:
                key, _, said = pair.partition("=")
                more[key] = said.strip().replace("_", " ")
            many = bool(more.pop("many", ""))
            meaning = Word(kind, value.replace("_", " "), MappingProxyType(more), many)
            for word in words.split(","):
                if word.strip():
                    yield name, word.strip(), meaning


def _names() -> Iterator[tuple[str, str]]:
    for line in lines_of("names.txt"):
        sex, _, names = line.partition(":")
        for name in names.split(","):
            yield name.strip(), sex


# --- endings --------------------------------------------------------------------------------------


def _forms(words: tuple[str, ...], word: Word) -> Iterator[tuple[tuple[str, ...], Word]]:
    if not words:
        return
    yield words, word
    if word.kind in _PLURAL and words[-1].isascii():
        for plural in _plurals(words[-1]):
            yield (*words[:-1], plural), word.as_many()
    if (
        word.kind in ("verb", "act")
        and words[0].isascii()
        and (word.kind == "act" or words[0] not in _NO_VERBS)
    ):
        for form, ending in tenses(words[0]):
            yield (form, *words[1:]), word.as_form(ending) if ending else word


_NO_VERBS = frozenset(
    [
        "on",
        "in",
        "at",
        "with",
        "under",
        "behind",
        "arms",
        "hands",
        "head",
        "face",
        "side",
        "arm",
        "hand",
        "about",
        "deep",
        "over",
        "lost",
        "opposite",
        "beneath",
        "all",
        "heroic",
        "crossed",
        "leaning",
    ]
)


def _plurals(noun: str) -> Iterator[str]:
    if noun.endswith("man"):
        yield noun[:-3] + "men"
    elif noun.endswith("child"):
        yield noun + "ren"
    elif noun.endswith("y") and noun[-2:-1] not in "aeiou":
        yield noun[:-1] + "ies"
    elif noun.endswith(("s", "x", "ch", "sh", "z")):
        yield noun + "es"
    elif noun.endswith("f"):
        yield noun[:-1] + "ves"
        yield noun + "s"
    elif noun.endswith("fe"):
        yield noun[:-2] + "ves"
    else:
        yield noun + "s"


@lru_cache(maxsize=1)
def _irregular() -> dict[str, tuple[str, ...]]:
    return {
        first: tuple(rest) for first, *rest in (line.split() for line in lines_of("irregular.txt"))
    }


def tenses(verb: str) -> Iterator[tuple[str, str]]:
    """The other forms of a verb, each with "" or "ing"."""
    short = _SHORT_VERB.fullmatch(verb) is not None
    root = verb + verb[-1] if short else verb
    if verb.endswith(("s", "x", "ch", "sh", "z", "o")):
        yield verb + "es", ""
    elif verb.endswith("y") and verb[-2:-1] not in "aeiou":
        yield verb[:-1] + "ies", ""
    else:
        yield verb + "s", ""
    if verb == "lie":
        yield "lying", "ing"
    elif verb.endswith("e") and not verb.endswith("ee"):
        yield verb[:-1] + "ing", "ing"
    else:
        yield root + "ing", "ing"
    if past := _irregular().get(verb):
        for form in past:
            yield form, ""
    elif verb.endswith("e"):
        yield verb + "d", ""
    elif verb.endswith("y") and verb[-2:-1] not in "aeiou":
        yield verb[:-1] + "ied", ""
    else:
        yield root + "ed", ""

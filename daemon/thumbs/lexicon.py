"""The words that can be drawn: `data/*.txt` as one dictionary, with their plurals and tenses.

Knows words and phrases, and nothing of sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from daemon.thumbs.files import lines_of

FILES = (
    "setting.txt",
    "people.txt",
    "looks.txt",
    "verbs.txt",
    "things.txt",
    "where.txt",
    "quiet.txt",
)
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


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`phrases` by their words; `stems` are beginnings of words that have many endings; `names`
    first names with m or f."""

    phrases: Mapping[tuple[str, ...], tuple[Word, ...]]
    stems: Mapping[str, tuple[Word, ...]]
    names: Mapping[str, str]
    written: int
    """How many words and phrases the files have, without their plurals and tenses."""

    def find(self, words: tuple[str, ...]) -> tuple[Word, ...]:
        """What a phrase may mean; () for one that is not known."""
        found = self.phrases.get(words)
        if found is None and len(words) == 1 and not words[0].isascii():
            word = words[0]
            for end in range(len(word), 1, -1):
                if found := self.stems.get(word[:end]):
                    break
        return found or ()


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """All of it, read once."""
    phrases: dict[tuple[str, ...], list[Word]] = {}
    stems: dict[str, tuple[Word, ...]] = {}
    written = 0
    for word, meaning in _entries():
        written += 1
        if "*" in word:
            if " " not in word:
                stems.setdefault(word.rstrip("*"), (meaning,))
            continue
        for form, made in _forms(split(word), meaning):
            known = phrases.setdefault(form, [])
            if all(made.kind != one.kind for one in known):
                known.append(made)
    for words, known in phrases.items():
        if len(known) > 1 and len(words) >= 1:
            phrases[words] = [one for one in known if one.kind != "quiet"] or known
    return Lexicon({k: tuple(v) for k, v in phrases.items()}, stems, dict(_names()), written)


def split(text: str) -> tuple[str, ...]:
    """A phrase as words, the way texts are split."""
    text = re.sub(r"['’]s\b", "", text.casefold().replace("’", "'"))
    return tuple(re.findall(r"[^\W_]+(?:'[^\W_]+)?", text))


def _entries() -> Iterator[tuple[str, Word]]:
    for name in FILES:
        kind = ""
        for line in lines_of(name):
            if line.startswith("["):
                kind = line.strip("[]").split()[0]
                continue
            head, _, words = line.partition(":")
            value, *pairs = re.findall(r"\S+=\s?\S*|\S+", head.strip()) or [""]
            more = {}
            for pair in pairs:
                key, _, said = pair.partition("=")
                more[key] = said.strip().replace("_", " ")
            meaning = Word(kind, value.replace("_", " "), MappingProxyType(more))
            for word in words.split(","):
                if word.strip():
                    yield word.strip(), meaning


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
    if word.kind in ("figure", "thing") and words[-1].isascii():
        for plural in _plurals(words[-1]):
            yield (*words[:-1], plural), Word(word.kind, word.value, word.more, many=True)
    if (
        word.kind in ("verb", "act")
        and words[0].isascii()
        and (word.kind == "act" or words[0] not in _NO_VERBS)
    ):
        for form, ending in _tenses(words[0]):
            yield (form, *words[1:]), Word(word.kind, word.value, word.more, form=ending)


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


def _tenses(verb: str) -> Iterator[tuple[str, str]]:
    short = re.fullmatch(r"[^aeiou]*[aeiou][bdgmnprt]", verb) is not None
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

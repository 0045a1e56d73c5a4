"""How texts say who somebody is: "DETECTIVE RUIZ (50s, heavy coat)", "a badger called Mortimer".

Where it is not sure that a name is one, it is none. Whose words hold `introductions` knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from daemon.thumbs.lexicon import lexicon
from daemon.thumbs.script.epithets import (
    AGE,
    TITLES,
    WORD,
    head_of,
    is_beast,
    is_figure,
    is_head,
    words_for,
)
from daemon.thumbs.words import DETERMINERS, PREPOSITIONS, PRONOUNS

_CAPITAL = rf"(?=[^\W\d_a-zа-яё]){WORD}"
_NAMES = rf"(?P<names>{_CAPITAL}(?:\.? {_CAPITAL}){{0,3}})"
_THE = r"\b(?:[Aa]n?|[Tt]he|[Hh]is|[Hh]er|[Tt]heir)"
_PLAIN = r"[^,.;:!?()\n—]"
_BRACKETED = re.compile(rf"{_NAMES} ?\((?P<said>[^()\n]{{1,120}})\)")
_INSIDE = re.compile(
    rf"(?P<near>(?:{_THE} (?:[a-z-]+ )*)?[^\W\d_][a-z-]+) "
    rf"\({_NAMES}(?:, (?P<said>[^()\n]{{1,120}}))?\)"
)
_AGED = re.compile(
    rf"{_NAMES}, (?P<said>(?:an? )?{AGE})(?=[,.;)—]|$| [a-z])(?=(?P<more>(?:,{_PLAIN}{{2,60}})*))"
)
_APPOSED = re.compile(rf"{_NAMES}, (?P<said>(?:an?|the) {_PLAIN}{{2,60}})(?=[,.;—]|$)")
_LISTED = re.compile(
    rf"(?:^|(?<=[.!?:] )){_NAMES}, (?P<said>[a-zа-яё]{_PLAIN}{{2,60}})(?=,)"
    rf"(?=(?P<more>(?:,(?! and\b){_PLAIN}{{2,60}})*))"
)
_LONE = re.compile(rf"(?:^|(?<=[.!?:] ))(?P<said>The {_PLAIN}{{2,60}}), {_NAMES}(?=[.;:—])")
_BEFORE = re.compile(rf"(?P<said>{_THE} {_PLAIN}{{2,60}}), {_NAMES}, (?!and\b|or\b)(?=[a-z])")
_CALLED = re.compile(
    rf"(?P<said>{_THE} {_PLAIN}{{2,50}}?),? (?:called|named|known as|nicknamed) {_NAMES}"
)
_KIN = re.compile(
    rf"(?P<said>{_THE} (?:[a-z-]+ ){{1,4}}|(?:^|(?<=[.!?] ))[^\W\d_]+ [a-z-]+ ){_NAMES}"
)
_MAY_NAME = {"thing", "quiet", "weather", "time", "colour", "verb"}
"""Kinds of words that people and animals are called by, where it is sure that it is a name."""
_NEAR = re.compile(rf"(?P<said>{_THE} (?:[a-z-]+ ){{0,3}}[a-z-]+),? $")
_TITLED = re.compile(_NAMES)
_DRESSED = re.compile(
    r",? ?(?P<said>(?:in|wearing|with) [^.;:!?()\n—,A-Z]{3,80})(?=[.;:!?()\n—,]|$| [A-Z])"
)
"""What somebody wears, right after the name."""
_SLUG = re.compile(r"(?:^|(?<=[\n.]))\s*(?:INT|EXT|INT\./EXT|I/E)[./ ][^\n.]*", re.MULTILINE)
_AGED_BEFORE = ("old", "young", "little")
_PATTERNS = (
    (_CALLED, True), (_INSIDE, True), (_BRACKETED, True), (_AGED, True), (_APPOSED, False),
    (_LISTED, False), (_KIN, False), (_BEFORE, False), (_LONE, False), (_TITLED, False),
)  # fmt: skip
"""Each with whether what it finds is surely a name, the plainest first."""
NO_NAMES = DETERMINERS | PREPOSITIONS | frozenset(PRONOUNS) | frozenset([
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december", "monday", "tuesday", "wednesday", "thursday", "friday",
    "saturday", "sunday", "christmas", "easter", "halloween", "god", "english", "french", "german",
    "i", "int", "ext", "cu", "ecu", "mcu", "bcu", "ws", "ews", "mws", "ms", "ls", "els", "mls",
    "fs", "ots", "pov", "vo", "os", "oc", "sfx", "fx", "vfx", "cut", "fade", "insert", "super",
    "title", "shot", "close", "wide", "angle", "bang", "boom", "crash", "crack", "thud", "slam",
    "snap", "click", "beep", "pow", "wham", "whoosh", "ring", "splash", "screech", "tv", "usa",
    "uk", "nypd", "fbi", "cia", "later", "then", "now", "day", "night", "and", "but", "as",
    "splat", "honk", "thump", "bam", "ding", "crunch", "toot", "hiss", "zap", "sfx",
    "extreme", "close", "closer", "wider", "beyond", "behind", "above", "below", "beneath",
    "opposite", "across", "around", "reverse", "evening", "morning", "noon", "dawn", "dusk",
    "when", "while", "inside", "outside", "there", "here", "meanwhile", "suddenly",
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Apposition:
    """The words `said` of a `name` in small letters: those for an animal, or parts between
    semicolons. What stands from `start` to `end` is as much as `instead`; "" where nothing is."""

    name: str
    said: str
    start: int = 0
    end: int = 0
    instead: str = ""


@lru_cache(maxsize=2000)
def appositions_in(text: str) -> tuple[Apposition, ...]:
    """Those of a text, of each name one, the plainest first. They are kept: a board is read again
    whenever one of its pictures is there."""
    return tuple(_appositions(_SLUG.sub(lambda found: " " * len(found[0]), text)))


def _appositions(text: str) -> Iterator[Apposition]:
    seen: set[str] = set()
    for pattern, sure in _PATTERNS:
        for found in pattern.finditer(text):
            title, name = _name_in(found["names"], sure=sure)
            parts = found.groupdict()
            said = parts.get("said") or ""
            if not name or name in seen or (pattern is _TITLED and not title):
                continue
            owned = pattern in (_KIN, _INSIDE, _LISTED, _LONE)
            if owned and not is_head(parts.get("near") or said):
                continue
            if pattern is _LISTED and head_of((parts.get("more") or "").casefold()):
                continue  # Anna, boy, dog: three
            near = _NEAR.search(text, max(0, found.start() - 60), found.start())
            near = (
                near if pattern in (_BRACKETED, _AGED) and near and is_head(near["said"]) else None
            )
            more = list(_closed(parts.get("more") or ""))
            dressed = _DRESSED.match(text, found.end()) if pattern is not _AGED else None
            more_said = [*more, dressed["said"] if dressed else ""]
            said = ", ".join(filter(None, (each.strip() for each in (said, *more_said))))
            before = near["said"] if near else parts.get("near") or ""
            whole = words_for(title, before, said, name, text[found.start("names") :])
            if whole:
                seen.add(name)
                start = near.start() if near else found.start()
                yield Apposition(name, whole, *_span(pattern, found, start, more, text, whole))


def _span(
    pattern: re.Pattern[str],
    found: re.Match[str],
    start: int,
    more: list[str],
    text: str,
    said: str,
) -> tuple[int, int, str]:
    """From where to where the name alone, or the animal, may stand, and which it is."""
    if pattern in (_CALLED, _KIN) and is_beast(said.split()[-1]):
        return start, found.end(), found["said"].strip()
    if pattern in (_CALLED, _BEFORE, _LONE):
        words = r"\W+".join(head_of(found["said"].casefold()))
        head = re.search(rf"{_THE}\W+{words}", found["said"], re.IGNORECASE)
        if not words or not head:
            return 0, 0, ""
        return start + head.start(), found.end("names") + (pattern is _BEFORE), found["names"]
    if pattern in (_BRACKETED, _INSIDE, _APPOSED, _LISTED, _AGED):
        whole = pattern in (_BRACKETED, _INSIDE)
        end = found.end() if whole else found.end("said")
        end += sum(1 + len(each) for each in more)
        return start, end + (text[end : end + 1] == ","), found["names"]
    return 0, 0, ""


def _name_in(words: str, *, sure: bool) -> tuple[str, str]:
    """The title and the name of capitalised words: "DETECTIVE RUIZ"; no name in "SECURITY GUARD"
    or "Paris". Who is `sure` to be one may be called like a thing."""
    parts = words.replace("’", "'").casefold().replace(".", "").split()
    title: list[str] = []
    aged = parts.pop(0) if len(parts) > 2 and parts[0] in _AGED_BEFORE else ""
    while parts and (parts[0] in TITLES or is_figure(parts[0])):
        title.append(parts.pop(0))
    sure = sure or title[:1] in [[one] for one in TITLES]
    title = [aged, *title] if aged and title else title
    parts = [part.removesuffix("'s") for part in parts]
    while parts and not _may_be_a_name(parts[0], sure=sure) and not (title and sure and parts[1:]):
        parts.pop(0)
        title = []
    titled = sure and bool(title) and len(parts) == 2  # SHERIFF DALE COOPER
    first = sure and parts[:1] and parts[0] in lexicon().names  # VERA LANE
    checked = parts[1:] if titled else parts[:1] if first else parts
    may = (_may_be_a_name(part, sure=sure) for part in checked)
    if not 1 <= len(parts) <= 2 or not all(may):
        return "", ""
    return " ".join(title), " ".join(parts)


def _may_be_a_name(word: str, *, sure: bool) -> bool:
    if word in NO_NAMES or len(word) < 2:
        return False
    kinds = {one.kind for one in lexicon().find((word,))}
    return word in lexicon().names or not kinds or (sure and kinds <= _MAY_NAME)


def _closed(more: str) -> Iterator[str]:
    """ ", salt farmer, looks into the lens": what stands between commas and is no deed."""
    for each in more.split(",")[1:-1]:
        words = each.casefold().split()
        kinds = {one.kind for one in lexicon().find(tuple(words[:1]))}
        poses = words and (len(words) == 1 or words[1] in PREPOSITIONS) and words[0].endswith("ed")
        if poses and kinds & {"verb", "act"}:
            return  # crouched, checks his watch
        joins = not words or words[0] in ("and", "or", "then", "while", "as", "but")
        if joins or (kinds & {"verb", "act"} and words[0].endswith(("s", "ing"))):
            return
        yield each

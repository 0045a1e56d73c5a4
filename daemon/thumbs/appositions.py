"""How texts say who somebody is: "DETECTIVE RUIZ (50s, heavy coat)", "a badger called Mortimer".

Where it is not sure that a name is one, it is none. Whose words hold `introductions` knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from daemon.thumbs.lexicon import lexicon
from daemon.thumbs.uses import ANIMALS
from daemon.thumbs.words import DETERMINERS, FEMALE, MALE, PREPOSITIONS, PRONOUNS

WORD = r"(?:[^\W\d_]+(?:['’-][^\W\d_]+)*)"
_CAPITAL = rf"(?=[^\W\d_a-zа-яё]){WORD}"
_NAMES = rf"(?P<names>{_CAPITAL}(?:\.? {_CAPITAL}){{0,3}})"
_THE = r"\b(?:[Aa]n?|[Tt]he|[Hh]is|[Hh]er|[Tt]heir)"
_PLAIN = r"[^,.;:!?()\n—]"
_AGE = r"(?:(?:early|mid|late)[ -])?\d{1,3}(?:['’]?s)?(?:[ -]years?[ -]old)?"
_BRACKETED = re.compile(rf"{_NAMES} ?\((?P<said>[^()\n]{{1,120}})\)")
_AGED = re.compile(
    rf"{_NAMES}, (?P<said>(?:an? )?{_AGE})(?=[,.;)—]|$| [a-z])(?=(?P<more>(?:,{_PLAIN}{{2,60}})*))"
)
_APPOSED = re.compile(rf"{_NAMES}, (?P<said>(?:an?|the) {_PLAIN}{{2,60}})(?=[,.;—]|$)")
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
_SLUG = re.compile(r"(?:^|(?<=[\n.]))\s*(?:INT|EXT|INT\./EXT|I/E)[./ ][^\n.]*", re.MULTILINE)
_NEXT = re.compile(r"(?<=[a-z,] )(?=[^\W\d_a-z]\w)")
"""Where the next name begins, whose pronouns are no longer those of the one before."""
_NUMBER = re.compile(rf"\b{_AGE}\b")
_AGES = ((1, "infant"), (12, "child"), (17, "teenage"), (59, "middle aged"), (999, "old"))
"""Up to how many years somebody is what, in words of the lexicon."""
_SPELT = {"teens": "teenage", "sixties": "old", "seventies": "old", "eighties": "old"}
_SHE = frozenset(["she", "her", "hers", "herself"])
_HE = frozenset(["he", "his", "him", "himself"])
_TITLES = {
    "mr": "man", "mrs": "woman", "ms": "woman", "miss": "woman", "lady": "woman", "sir": "man",
    "madame": "woman", "lord": "man", "aunt": "woman", "uncle": "man",
}  # fmt: skip
_SAYING_SEX = MALE | FEMALE | _TITLES.keys() | {"niece", "widow", "widower", "duchess", "hostess"}
_SEXED = re.compile(r"\w*(?:man|girl|boy|mother|father|daughter|son|maid|lady|sister|brother)")
_PATTERNS = (
    (_CALLED, True), (_BRACKETED, True), (_AGED, True), (_KIN, False), (_BEFORE, False),
    (_APPOSED, False), (_TITLED, False),
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
    "splat", "extreme", "close", "closer", "wider", "beyond", "behind", "above", "below", "beneath",
    "opposite", "across", "around", "reverse", "evening", "morning", "noon", "dawn", "dusk",
    "when", "while", "inside", "outside", "there", "here", "meanwhile", "suddenly",
])  # fmt: skip
_HIM = re.compile(r"\b(?:him|her|them|who|whom|that|beside|behind|with (?:his|her) (?!hair))\b")


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
            if pattern is _KIN and not _is_head(said):
                continue
            near = _NEAR.search(text, max(0, found.start() - 60), found.start())
            near = (
                near if pattern in (_BRACKETED, _AGED) and near and _is_head(near["said"]) else None
            )
            more = list(_closed(parts.get("more") or ""))
            said = ", ".join([said.strip(), *(each.strip() for each in more)])
            whole = _words(
                title, near["said"] if near else "", said, name, text[found.start("names") :]
            )
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
    if pattern in (_CALLED, _BEFORE):
        words = r"\W+".join(_head_of(found["said"].casefold()))
        head = re.search(rf"{_THE}\W+{words}", found["said"], re.IGNORECASE)
        if not words or not head:
            return 0, 0, ""
        return start + head.start(), found.end("names") + (pattern is _BEFORE), found["names"]
    if pattern in (_BRACKETED, _APPOSED, _AGED):
        end = found.end() if pattern is _BRACKETED else found.end("said")
        end += sum(1 + len(each) for each in more)
        return start, end + (text[end : end + 1] == ","), found["names"]
    return 0, 0, ""


def _name_in(words: str, *, sure: bool) -> tuple[str, str]:
    """The title and the name of capitalised words: "DETECTIVE RUIZ"; no name in "SECURITY GUARD"
    or "Paris". Who is `sure` to be one may be called like a thing."""
    parts = words.replace("’", "'").casefold().replace(".", "").split()
    title: list[str] = []
    while parts and (parts[0] in _TITLES or _is_figure(parts[0])):
        title.append(parts.pop(0))
    parts = [part.removesuffix("'s") for part in parts]
    while parts and not _may_be_a_name(parts[0], sure=sure):
        parts.pop(0)
        title = []
    first = sure and parts[:1] and parts[0] in lexicon().names  # VERA LANE
    may = (_may_be_a_name(part, sure=sure) for part in (parts[:1] if first else parts))
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
        joins = not words or words[0] in ("and", "or", "then", "while", "as", "but")
        if joins or (kinds & {"verb", "act"} and words[0].endswith(("s", "ing"))):
            return
        yield each


def _words(title: str, before: str, said: str, name: str, text: str) -> str:
    """The parts of an introduction; "" where nothing says that it is one."""
    spoken = said.casefold()
    if not title and not before and not _NUMBER.search(said):
        head = _head_of(spoken)
        if head and is_beast(head[-1]):
            return " ".join(head)
        if not head or _HIM.search(spoken):
            return ""
    kin = _head_of(before.casefold())
    about = _aged(spoken, kin)
    if about and not _head_of(about):
        age, comma, rest = about.partition(", ")
        known = {one.kind for one in lexicon().find(tuple(age.split()))} == {"age"}
        about = f"{age} person{' with ' * bool(comma)}{rest}" if known else f"person with {about}"
    parts = [_TITLES.get(title, title), " ".join(kin), about]
    return "; ".join(filter(None, [*parts, _sex(f"{title} {before} {spoken}", name, text)]))


def _head_of(said: str) -> tuple[str, ...]:
    """The words up to the first somebody or animal, without what stands before all of them; () of
    what is about nobody."""
    words = re.findall(WORD, said)
    words = words[1:] if words and words[0] in DETERMINERS else words
    start = 0
    for place, word in enumerate(words):
        if word in PREPOSITIONS:
            break
        start = place + 1 if word in DETERMINERS else start
        following = words[place + 1 : place + 2]
        if _one_figure(word) or is_beast(word):
            if following and _one_figure(following[0]):
                continue
            return tuple(words[start : place + 1])
    return ()


def _is_head(said: str) -> bool:
    """Whether all of it is the words for somebody: "his old friend", not "the man greets"."""
    words = re.findall(WORD, said.casefold())
    return bool(words) and _head_of(said.casefold())[-1:] == tuple(words[-1:])


def _aged(said: str, kin: tuple[str, ...]) -> str:
    """With years as words, which stand where their number stood: "61, salt farmer" is an old
    salt farmer."""
    found = _NUMBER.search(said)
    if not found:
        words = said.split()
        spelt = next((_SPELT[word] for word in words if word in _SPELT), "")
        return f"{spelt} {said}".strip()
    years = int(re.findall(r"\d+", found[0])[0])
    age = next(word for most, word in _AGES if years <= most)
    rest = re.sub(r"^[\s,]+|[\s,]+$", "", said[: found.start()] + " " + said[found.end() :])
    rest = re.sub(r"^(?:an?|the)\b\s*", "", re.sub(r"\s*,[\s,]*", ", ", rest))
    if age in ("child", "infant"):
        young = _head_of(rest) or kin
        return rest if young else f"{age}, {rest}".strip(", ")
    if age == "middle aged":
        return rest
    return f"{age} {rest}" if _head_of(rest) else f"{age}, {rest}".strip(", ")


def _sex(said: str, name: str, text: str) -> str:
    """What settles whether it is he or she, where the words for somebody leave it open."""
    words = set(re.findall(WORD, said))
    if any(_SEXED.fullmatch(word) for word in words) or words & _SAYING_SEX:
        return ""
    spoken = set(re.findall(WORD, _NEXT.split(text)[0].casefold()))
    she, he = bool(spoken & _SHE), bool(spoken & _HE)
    first = name.split()[0]
    sex = lexicon().names.get(first, "")
    if not sex and she != he:
        sex = "f" if she else "m"
    return {"f": "woman", "m": "man"}.get(sex or ("f" if first.endswith("a") else ""), "")


def _is_figure(word: str) -> bool:
    return any(one.kind == "figure" for one in lexicon().find((word,)))


def _one_figure(word: str) -> bool:
    """Whether a word is one person."""
    return any(one.kind == "figure" and not one.many for one in lexicon().find((word,)))


def is_beast(word: str) -> bool:
    found = lexicon().find((word,))
    return any(one.kind == "thing" and one.value in ANIMALS and not one.many for one in found)

"""What the words that introduce somebody say: who it is, how old, whether he, she or an animal.

Where in a text such words stand `appositions` knows.
"""

from __future__ import annotations

import re

from daemon.thumbs.lexicon import lexicon
from daemon.thumbs.uses import ANIMALS
from daemon.thumbs.words import DETERMINERS, FEMALE, MALE, PREPOSITIONS

WORD = r"(?:[^\W\d_]+(?:['’-][^\W\d_]+)*)"
AGE = r"(?:(?:early|mid|late)[ -])?\d{1,3}(?:['’]?s|[ -]?ish)?(?:[ -]years?[ -]old)?"
_NEXT = re.compile(r"(?<=[a-z,] )(?=[^\W\d_a-z]\w)")
"""Where the next name begins, whose pronouns are no longer those of the one before."""
_NUMBER = re.compile(rf"\b{AGE}\b")
_AGES = ((1, "infant"), (12, "child"), (17, "teenage"), (59, "middle aged"), (999, "old"))
"""Up to how many years somebody is what, in words of the lexicon."""
_SPELT = {"teens": "teenage", "sixties": "old", "seventies": "old", "eighties": "old"}
_HERS = frozenset(["pixie", "bob", "bun", "ponytail", "plait", "plaits", "braids", "pigtails",
                   "dress", "skirt", "blouse", "gown", "pregnant", "sundress"])  # fmt: skip
_HIS = frozenset(["beard", "bearded", "stubble", "moustache", "mustache", "goatee"])
"""Looks that are hers, and his."""
_SHE = frozenset(["she", "her", "hers", "herself"])
_HE = frozenset(["he", "his", "him", "himself"])
_CLOTHED = "in a coat"
"""What an animal with a title has on, where nothing is said of it."""
TITLES = {
    "mr": "man", "mrs": "woman", "ms": "woman", "miss": "woman", "lady": "woman", "sir": "man",
    "madame": "woman", "lord": "man", "aunt": "woman", "uncle": "man", "sgt": "",
    "private": "soldier", "cpl": "soldier",
    "pvt": "soldier", "lt": "soldier", "maj": "soldier", "col": "soldier",
}  # fmt: skip
_SAYING_SEX = MALE | FEMALE | TITLES.keys() | {"niece", "widow", "widower", "duchess", "hostess"}
_SEXED = re.compile(r"\w*(?:man|girl|boy|mother|father|daughter|son|maid|lady|sister|brother)")
_HIM = re.compile(r"\b(?:him|her|them|who|whom|that|beside|behind|with (?:his|her) (?!hair))\b")


def words_for(title: str, before: str, said: str, name: str, text: str) -> str:
    """The parts of an introduction; "" where nothing says that it is one."""
    spoken = said.casefold()
    if not title and not before and not _NUMBER.search(said):
        head = head_of(spoken)
        if head and is_beast(head[-1]):
            worn = spoken.partition(head[-1])[2].strip(" ,")
            return f"{' '.join(head)} {worn}" if _is_dressed(worn) else " ".join(head)
        if not head or _HIM.search(spoken.removeprefix("her ")):
            return ""
    kin = head_of(before.casefold())
    about = _aged(spoken, kin)
    if about and not head_of(about):
        age, comma, rest = about.partition(", ")
        known = {one.kind for one in lexicon().find(tuple(age.split()))} == {"age"}
        rest = _with(rest) if comma else ""
        about = f"{age} person {rest}".strip() if known else f"person {_with(about)}"
    told = " ".join(TITLES.get(one, one) for one in title.split())
    if title and is_beast(name):  # Mrs. Stork
        worn = about.removeprefix("person ") or _CLOTHED
        return "; ".join(filter(None, [f"{name} {worn}", told]))
    parts = [told, " ".join(kin), about]
    return "; ".join(filter(None, [*parts, _sex(f"{title} {before} {spoken}", name, text)]))


def is_she(said: str, name: str) -> bool:
    """Whether somebody whom an introduction says this of is a woman, or a girl."""
    words = set(re.findall(WORD, said.casefold())) - {"person"}
    if words & (FEMALE | {"woman"}) or any(_SHES.fullmatch(word) for word in words):
        return True
    if words & MALE or any(_SEXED.fullmatch(word) for word in words):
        return False
    ends = name[-1:] in "aаяeе" and not name.endswith("ke")
    return (lexicon().names.get(name) or ("f" if ends else "m")) == "f"


_SHES = re.compile(r"\w*(?:woman|girl|mother|daughter|maid|lady|sister)")


def is_twin(said: str) -> bool:
    """Whether an introduction says that somebody looks like who was spoken of before."""
    return TWIN in re.findall(WORD, said.casefold())


TWIN = "twin"


def _with(said: str) -> str:
    return said if said.startswith(("with ", "in ", "wearing ")) else f"with {said}"


def _is_dressed(said: str) -> bool:
    """Whether words name something to wear: an animal that has it is somebody."""
    words = re.findall(WORD, said)
    return any(one.kind in _WORN for word in words for one in lexicon().find((word,)))


_WORN = ("wear", "hat", "extras")


def head_of(said: str) -> tuple[str, ...]:
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
            pair = lexicon().find((word, *following))
            if following and (_one_figure(following[0]) or any(one.kind == "hair" for one in pair)):
                continue  # pixie cut
            return tuple(words[start : place + 1])
    return ()


def is_head(said: str) -> bool:
    """Whether all of it is the words for somebody: "his old friend", not "the man greets"."""
    words = re.findall(WORD, said.casefold())
    return bool(words) and head_of(said.casefold())[-1:] == tuple(words[-1:])


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
        young = head_of(rest) or kin
        return rest if young else f"{age}, {rest}".strip(", ")
    if age == "middle aged":
        return rest
    return f"{age} {rest}" if head_of(rest) else f"{age}, {rest}".strip(", ")


def _sex(said: str, name: str, text: str) -> str:
    """What settles whether it is he or she, where the words for somebody leave it open."""
    words = set(re.findall(WORD, said))
    if any(_SEXED.fullmatch(word) for word in words) or words & _SAYING_SEX:
        return ""
    if bool(words & _HERS) != bool(words & _HIS):
        return "woman" if words & _HERS else "man"
    spoken = set(re.findall(WORD, _NEXT.split(text)[0].casefold()))
    she, he = bool(spoken & _SHE), bool(spoken & _HE)
    first = name.split()[0]
    sex = lexicon().names.get(first, "")
    if not sex and she != he:
        sex = "f" if she else "m"
    return {"f": "woman", "m": "man"}.get(sex or ("f" if first.endswith("a") else ""), "")


def is_figure(word: str) -> bool:
    return any(one.kind == "figure" for one in lexicon().find((word,)))


def _one_figure(word: str) -> bool:
    """Whether a word is one person."""
    return word == TWIN or any(
        one.kind == "figure" and not one.many for one in lexicon().find((word,))
    )


def is_beast(word: str) -> bool:
    found = lexicon().find((word,))
    return any(one.kind == "thing" and one.value in ANIMALS and not one.many for one in found)

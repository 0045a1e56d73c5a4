"""What words about somebody make of them: those of a cast, and those that introduced them.

The words are read already; which words they are `people` knows.
"""

from __future__ import annotations

from collections.abc import Mapping

from daemon.thumbs.script.drafts import Draft
from daemon.thumbs.script.memory import Memory
from daemon.thumbs.script.renamed import plainly

_KEPT = (
    "sex", "age", "body", "build", "skin", "hair", "hair_colour", "beard", "hat", "hat_colour",
    "wear", "colour", "below", "below_colour",
)  # fmt: skip
_DONE = ("pose", "base", "on", "on_colour", "upon", "feeling", "held", "held_colour", "also")
"""What comes with a noun and is no look: a runner who was introduced may sit by now, and a
fisherman without his rod is by no lake."""


def split_cast(text: str) -> tuple[str, dict[str, str]]:
    """A prompt as Hotfolder plans it ends with `; Name: words` for each of its cast."""
    body: list[str] = []
    said: dict[str, str] = {}
    for part in text.split(";"):
        name, colon, words = part.strip().partition(": ")
        one = name.strip()
        if body and colon and one[:1].isupper() and len(one.split()) <= 3 and not one.isupper():
            said[one] = words
        else:
            body.append(part)
    return ";".join(body), said


def learn(draft: Draft, described: Memory) -> None:
    """What a description says of a character: its first person, or its words alone."""
    found = described.drafts[0] if described.drafts else None
    if found is not None:
        draft.sets = {
            **draft.sets,
            **{k: v for k, v in found.sets.items() if not (k == "sex" and v == "mf")},
        }
        draft.facts.update({key: value for key, value in found.facts.items() if key in _KEPT})
        draft.extras += found.extras
    for key, value in described._waiting:
        if key in _KEPT:
            draft.facts.setdefault(key, value)
        elif key == "extras":
            draft.say("extras", value)


ALIKE = "alike "
"""Before the name of whom a twin looks like in what no words say."""


def introduce(draft: Draft, described: Memory, words: str) -> None:
    """The same of an introduction: what was said of them already wins, and nothing is done."""
    if words.strip().startswith(ALIKE):
        draft.alike = words.strip().removeprefix(ALIKE)
        return
    own, told = dict(draft.facts), list(draft.extras)
    for found in described.drafts[:1]:
        if (sex := found.sets.get("sex", "mf")) != "mf":
            draft.be(sex)
        for key in _DONE:
            found.sets.pop(key, None)
    learn(draft, described)
    draft.facts |= own
    draft.extras = list(dict.fromkeys([*told, *draft.extras]))


def read_knowing(first: Memory, body: str, known: Mapping[str, str]) -> None:
    """Read a text that may name somebody whom the board has introduced. All words of an
    introduction still hint at where it is, and those that are not known are named as ever."""
    cast = {name.casefold() for name in first.cast}
    first.known = {name: said for name, said in known.items() if name not in cast}
    plain = plainly(body, first.known)
    first.read(plain)
    if plain == body:
        return
    whole = type(first)(dict(first.cast))
    whole.read(body)
    first.evidence |= whole.evidence
    _hold_as_introduced(first, whole)
    understood = (*first.known, "called", "named")
    for word in whole.unknown:
        if word.casefold() not in understood and not word[0].isdecimal():
            first.unknown.append(word)


def _hold_as_introduced(first: Memory, whole: Memory) -> None:
    """What an introduction puts into somebody's hand they hold in the shot that introduces them."""
    for one in first.drafts:
        same = next((each for each in whole.drafts if one.name and each.name == one.name), None)
        held = same.facts.get("held", "") if same is not None else ""
        free = one.facts.get("pose", "standing") in ("standing", "walking", "sitting")
        if same is None or not held or one.facts.get("held") or not free:
            continue
        one.say("held", held)
        one.say("held_colour", same.facts.get("held_colour", ""))
        if one.facts.get("pose", "standing") == "standing":
            one.say("pose", "holding")

"""What an insert shows, or a close shot of a part of a body: one thing, a hand, an eye."""

from __future__ import annotations

from daemon.thumbs.events import PENS
from daemon.thumbs.lexicon import lexicon, split
from daemon.thumbs.outlines import outlines
from daemon.thumbs.scene import Figure, Thing
from daemon.thumbs.script.drafts import Draft
from daemon.thumbs.script.grammar import Reading
from daemon.thumbs.uses import ANIMALS, TABLES

HAND = ("hand", "hands", "clasped hands", "finger")
ALONE = (*HAND, "eyes", "eye", "feet", "mouth", "ear", "glove")
"""Parts of a body that fill a picture."""
_ALONE_FIRST = tuple(part for part in ALONE if part not in HAND)
_PAPERS = ("paper", "letter", "map", "book", "newspaper", "card", "calendar", "easel", "clipboard")
_THEY = ("they0", "they1")
_FACES = frozenset(["their faces", "both faces", "two faces"])
_TWO = frozenset(["two shot", "two shots"])
_NEAR_SHOTS = ("close-up", "extreme close-up", "medium")
"""Where some of a crowd are near."""
_ON = ("on", "at", "around", "against")
_TOUCHED = ("shoulder", "shoulders", "face", "arm", "back", "cheek", "forehead", "neck", "head")
_WHOSE = (("f", "her"), ("m", "his"))
_HANDS = frozenset(["hand", "hands", "finger", "fingers", "fist", "fingertips"])
_HAS = frozenset(["with", "has", "whose", "in", "into"])
_SPARED = (*PENS, "door", "desk", "paper")
"""What deeds imply that fingers may do alone: to trace, to open."""
_FINGERS = frozenset(["finger", "fingers", "fingertip", "fingertips", "fist", "thumb"])
_SEEN_ON = frozenset(["close on", "up on", "in on", "insert on", "shot on", "focus on", "zoom on"])
"""Before what a shot is of, which lies on nothing for all that."""
_UNDER_THINGS = frozenset([
    *TABLES, "chair", "armchair", "sofa", "bench", "fence", "window", "house", "car", "tree",
    "puddle",
])  # fmt: skip
"""What an insert shows only where nothing is in, on or before it."""
_SMALL = ("table", "hand")
"""Where things are that a close shot shows by themselves, if they come first in its words."""
_LEVERS = ("pushing", "pulling")
"""What a hand does to a thing that has no name here."""


def goes_into(insert: str, thing: Thing) -> bool:
    """Whether the thing of an insert is used in or on another."""
    written = insert in PENS and thing.kind in _PAPERS
    return thing.kind != insert and (written or thing.relation == "into")


def seen_drafts(read: Reading) -> list[Draft]:
    """Who is in the picture: not who only owns what is, unless it is their neck that is seen."""
    seen = [one for one in read.drafts if not one.only_owns]
    seen = [one for one in seen if one.noun not in _THEY] or seen  # they are named later
    seen += _touched(read, seen)
    seen += _partner(read, seen)
    if not read.drafts and read.parts[:1] == ["face"] and read.part_first:
        whose = next((sex for sex, word in _WHOSE if f"{word} face" in read.evidence), "")
        whose = whose or "mf" * ("a face" in read.evidence and not read.things)
        if whose:
            read.facts.setdefault("shot", "close-up")
        return [Draft(noun="other", sets={"sex": whose})] if whose else []
    beasts = any(one.kind in ANIMALS for one in read.things)
    if not (read.drafts or read.crowd or beasts) and _TWO & read.evidence:
        return [Draft(noun=noun, sets={"sex": "mf"}) for noun in _THEY]
    if seen or set(read.parts) & set(ALONE):
        return seen
    near = read.facts.get("shot", "") in _NEAR_SHOTS and read.first_noun == "group"
    if read.crowd and near and not read.drafts:
        return [Draft(noun="other", sets={"sex": "mf"}, twin=twin) for twin in range(3)]
    close = read.facts.get("shot", "") in ("close-up", "extreme close-up")
    if close and _FACES & read.evidence and not read.drafts:
        return [Draft(noun=noun, sets={"sex": "mf"}) for noun in _THEY]
    face = "face" in read.parts or "face" in read.evidence
    at_work = [one for one in read.drafts if one.facts.get("pose") and "wear" not in one.facts]
    return read.drafts[:1] if face or (close and not read.things) else at_work[:1]


def _touched(read: Reading, seen: list[Draft]) -> list[Draft]:
    """Whose shoulder a hand is on, who is spoken of as her or him and was named before."""
    for sex, whose in _WHOSE:
        on = any(f"{how} {whose} {part}" in read.evidence for how in _ON for part in _TOUCHED)
        if on and len(seen) == 1 and seen[0].sex not in (sex, "mf"):
            other = Draft(noun="other", sets={"sex": sex})
            hands = bool({*read.parts} & {*HAND})
            read.action = read.action or ("tend" if hands else "face")
            return [other]
    return []


def _partner(read: Reading, seen: list[Draft]) -> list[Draft]:
    """Who is beside the one that a two-shot names, unless an animal is."""
    beasts = any(one.kind in ANIMALS for one in read.things)
    if "two shot" not in read.evidence or len(seen) != 1 or beasts or read.crowd:
        return []
    read.action = read.action or ("face" if not seen[0].facts.get("on") else "")
    return [Draft(noun="other", sets={"sex": "mf"})]


def _opens_with_hand(read: Reading) -> bool:
    """ "Hands of an old man, gripping a rake": they are what is seen."""
    if not read.done or not read.part_first:
        idle = len(read.drafts) < 2 and not any("pose" in one.facts for one in read.drafts)
        return read.part_first and idle and read.parts[0] in ALONE  # just his hands on a winch
    before = [one.word for one in read.done[0].stream[: read.done[0].place]]
    return bool({*before} & _HANDS) and not {*before} & _HAS


def _played(read: Reading) -> str:
    """The instrument of a musician whose hands are seen."""
    kinds = (one.sets.get("plays", "") for one in read.drafts)
    return next((kind for kind in kinds if kind in outlines()), "")


PERCHED = {"bird": "pigeon"}
"""Animals by how they look near: not as they fly."""


def _near(things: list[Thing]) -> list[Thing]:
    """Without what is in the sky, unless it is an animal that all begins with."""
    return [one for number, one in enumerate(things) if outlines()[one.kind].where != "sky"
            or (number == 0 and one.kind in ANIMALS)]  # fmt: skip


def _filling(
    read: Reading, figures: list[Figure], parts: list[str], small: list[Thing]
) -> tuple[str, bool, list[Figure]]:
    """What fills an insert: what a hand holds, a part of somebody, or the first small thing."""
    hand = any(part in HAND for part in parts)
    held = next((one.held for one in figures if one.held), "") or read.held_by_nobody
    spared = bool(parts and read.evidence & _FINGERS)  # a scar traced by a fingertip
    if spared and any(_by_bare_hands(read, one) for one in (held, *(one.kind for one in small))):
        return parts[0], False, figures
    if held in outlines():
        return held, True, figures
    first = small[0] if small and small[0] is read.things[0] and read.evidence & _SEEN_ON else None
    small.sort(key=lambda one: one.kind in _UNDER_THINGS)
    small.sort(key=lambda one: one is not first and bool(read.preps.get(one.kind)))
    if parts and read.part_first and parts[0] in _ALONE_FIRST:
        return parts[0], False, figures
    lever = parts and not small and any(one.pose in _LEVERS for one in figures)
    if lever and parts[0] in HAND:
        return "lever", True, figures
    if hand and not small and (plays := _played(read)):
        return plays, True, figures
    if small:
        by_hand = hand or bool(figures and read.held_by_hand)
        return PERCHED.get(small[0].kind, small[0].kind), by_hand, figures
    return parts[0] if parts else "", False, figures


def _by_bare_hands(read: Reading, kind: str) -> bool:
    """Whether a tool is only what a deed mostly takes, and fingers do it without."""
    if kind not in _SPARED:
        return False
    named = (one for phrase in read.evidence for one in lexicon().find(split(phrase)))
    return not any((one.kind, one.value) == ("thing", kind) for one in named)


def _is_of_hands(read: Reading, shot: str) -> bool:
    """Whether hands fill the picture, of a shot that need not be near: no hand behind a door."""
    above = read.facts.get("camera") == "top"
    return shot == "insert" or above or read.first_noun not in ("thing", "place")


def insert_of(
    read: Reading, shot: str, figures: list[Figure], things: list[Thing]
) -> tuple[str, bool, list[Figure]]:
    """What an insert shows, whether a hand holds it, and who is left beside it."""
    parts, small = [part for part in read.parts if part != "face"], _near(things)
    close = shot in ("close-up", "extreme close-up") or (not shot and _opens_with_hand(read))
    hand = any(part in HAND for part in parts) and (close or _is_of_hands(read, shot))
    if read.crowd and not figures and read.first_noun == "group" and shot != "insert":
        return "", False, figures  # faces of an audience
    if shot == "insert" or (not figures and (close or hand)):
        return _filling(read, figures, parts, small)
    if hand and (plays := _played(read)):
        return plays, True, figures
    if parts and not figures and not small and not read.facts.get("place"):
        return parts[0], False, figures
    if close and small and read.opens_with_thing() and outlines()[small[0].kind].where in _SMALL:
        by_hand = hand or any(one.held == small[0].kind for one in figures)
        return small[0].kind, by_hand, figures
    if close and parts and read.part_first and read.parts[0] != "face":
        if parts[0] in HAND and (small or any(one.held for one in figures)):
            small.sort(key=lambda one: outlines()[one.kind].where in ("ground", "water"))
            held = next((one.held for one in figures if one.held), "")
            return held or small[0].kind, True, figures
        if parts[0] in ALONE:
            return "hands" if parts.count("hand") > 1 else parts[0], False, figures
    return "", False, figures

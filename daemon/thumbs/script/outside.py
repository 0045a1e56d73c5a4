"""Buildings that are shown from outside: which shots do, and what is there then.

By `data/outside.txt`; whether somebody is in the picture `reading` knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from daemon.thumbs.files import lines_of
from daemon.thumbs.outlines import outlines
from daemon.thumbs.place_table import places
from daemon.thumbs.scene import Thing
from daemon.thumbs.script.grammar import Reading
from daemon.thumbs.script.whereabouts import FRONTS, SEEN_THROUGH
from daemon.thumbs.uses import EXTERIORS, MOVING_ROOMS

_WIDE = ("", "wide", "extreme wide")
_AROUND = {"snow": "snowfield"}
_LATE = ("dawn", "dusk", "night")
_IN = ("in", "inside", "into", "through", "at", "from", "across")
_UNUSED = ("empty", "deserted", "crowded", "packed")
"""Said of rooms, before what names one."""
_THE = ("", "the ", "a ", "an ")


@lru_cache(maxsize=1)
def _words() -> Mapping[str, frozenset[str]]:
    """The words of each section."""
    made: dict[str, frozenset[str]] = {}
    section = ""
    for line in lines_of("outside.txt"):
        if line.startswith("["):
            section = line.strip("[]")
        else:
            made[section] = frozenset(one.strip() for one in line.lstrip(":").split(","))
    return made


def shown_from_outside(
    read: Reading, place: str, things: Sequence[Thing]
) -> tuple[str, list[Thing]]:
    """The place of a shot without people, and what is there, with the building that it is of."""
    shot = read.facts.get("shot", "")
    things = [replace(one, count=1) if one.kind in FRONTS else one for one in things]
    front = next((one for one in things if one.kind in FRONTS and one.at == "far"), None)
    weather = read.facts.get("weather", "")
    around = _AROUND.get(weather, "village")
    opens = read.first_noun == "place" and place == "street" and shot in _WIDE
    if front is not None and opens:
        rest = [one for one in things if one is not front]
        return around, [replace(front, at="middle"), *rest]
    building = _building(read)
    far = shot == "extreme wide" and place in places() and places()[place].indoors
    if far or (building and place == building and _is_outside(read, shot, weather)):
        front = Thing(front_of(read, place))
        return around, [front, *(one for one in things if one.kind not in _INNER)]
    if shot not in _WIDE or not building:
        return place, [*things]
    stands = place in places() and not places()[place].indoors and place != "rooftop"
    first = building == read.places_said[0][0]
    if stands and first and not any(one.kind in FRONTS for one in things):
        return place, [Thing(front_of(read, building)), *things]
    return place, [*things]


_INNER = ("door", "window", "curtain", "tent")
"""What belongs to a front, and stands nowhere before it."""


def front_of(read: Reading, name: str) -> str:
    """What a place indoors is seen as from outside: a motel is low, a repair shop has a window."""
    last = next((phrase[-1] for one, phrase in read.places_said if one == name), "")
    return _BY_WORD.get(last) or EXTERIORS.get(name, "house")


_BY_WORD = {"motel": "motel front", "shop": "shop front", "store": "shop front"}


def _building(read: Reading) -> str:
    """The place that a text is of, if that is a building: what it names first, and not only says
    somebody or something to be in."""
    if not read.places_said or read.first_noun != "place" or read.slug == "in":
        return ""
    return next((name for name, phrase in read.places_said if _is_shown(read, name, phrase)), "")


def _is_shown(read: Reading, name: str, phrase: Sequence[str]) -> bool:
    said = " ".join(phrase)
    inside = any(f"{how} {the}{said}" in read.evidence for how in _IN for the in _THE)
    inside = inside or any(f"{how} {said}" in read.evidence for how in _UNUSED)
    known = name in places() and places()[name].indoors and name not in MOVING_ROOMS
    return known and not inside and phrase[-1] in _words()["building"]


def _is_outside(read: Reading, shot: str, weather: str) -> bool:
    """Whether the words say what is only seen of a building from outside."""
    within, without = (read.evidence & _words()[one] for one in ("inside", "outside"))
    if shot not in _WIDE or read.evidence & {"interior", "inside", "indoors"}:
        return False
    weathered = weather not in ("", "clear") and not read.evidence & SEEN_THROUGH
    if any(outlines()[one.kind].where == "table" for one in read.things):
        return False
    if without or weathered:
        return True
    return read.facts.get("time") in _LATE and not within

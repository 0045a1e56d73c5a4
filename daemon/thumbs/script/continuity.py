"""Where a shot of a board is whose words name no place: where the shots before it are.

A place holds, with its hour and weather, until a heading, another place or another scene. Whose
words were read when `introductions` knows; it reads no people and draws nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from daemon.thumbs.outlines import outlines
from daemon.thumbs.place_table import places
from daemon.thumbs.scene import TIMES, WEATHERS, Figure, Thing
from daemon.thumbs.script.grammar import Reading
from daemon.thumbs.script.hints import certain_place
from daemon.thumbs.script.memory import Memory
from daemon.thumbs.script.whereabouts import (
    ROLLING,
    WIDE_DOORS,
    is_outdoors,
    named_place,
    unfit_after,
)
from daemon.thumbs.uses import CAR_SEATS, RIDDEN

SETTING = "(setting)"
"""By what name a setting stands among those whom the shots before have introduced."""
_ONCE = frozenset([
    "flashback", "flash back", "flashforward", "flash forward", "dream", "nightmare", "archive",
    "archival", "memory", "montage", "end frame", "end card", "title card", "packshot",
    "pack shot", "product shot", "logo", "time lapse", "timelapse",
])  # fmt: skip
"""Words of a shot that is somewhere else itself, and after which it goes on as before."""
_ELSEWHERE = frozenset([
    "cut to", "meanwhile", "elsewhere", "hours later", "days later", "weeks later", "months later",
    "years later", "year later", "next day", "next morning", "following day",
])  # fmt: skip
"""Words after which it is somewhere else, or not known where."""
_SAME_HOUR = frozenset(["continuous", "same", "same time", "moments later", "same night"])
"""Words of a heading that keeps the hour."""
_SEEN_FROM = frozenset(["through", "from outside", "from inside", "pov", "view"])
"""Words of a shot that says where the camera is, and not where it goes on."""
_GOES = frozenset([
    "from outside", "steps outside", "goes outside", "runs outside", "walks outside", "out onto",
    "sky", "skyline", "horizon", "clouds", "in the rain", "in the snow", "in the storm",
    "in the downpour", "in the blizzard", "in pouring rain", "in the pouring rain", "walk home",
    "walks home", "walking home", "hails a taxi", "hails a cab",
])  # fmt: skip
"""Words with which it is under the sky."""
_STALLS = ("market", "fairground", "terrace", "balcony", "camp", "garden", "ship deck")
"""Where there are tables and counters under the sky."""
_LOOKS_IN = frozenset(["through the window", "through a window", "through the glass"])
_IN = frozenset([
    "worktop", "counter", "sink", "fridge", "stove", "oven", "bed", "sofa", "couch", "desk",
    "ceiling", "floorboards", "wardrobe", "bathtub", "television", "indoors", "stairs", "rug",
])  # fmt: skip
"""What is under a roof, in words and kinds of thing."""
_VAGUE = ("room", "street", "corridor")
_SEAS = frozenset([
    "sea", "ocean", "waves", "wave", "surf", "beach", "shore", "shark", "dolphin", "whale",
    "boat", "ship", "swim", "swims", "swimming", "swimmer", "diver", "underwater", "coast", "raft",
    "seaside",
])  # fmt: skip
"""Words of which one is there where water is the sea."""
_TALL = 5.0
"""What is higher than this, in metres, is in no room where nobody is."""
_WALLS = ("inside", "outside", "indoors", "outdoors")
_VIEWS = ("city", "sky", "clouds", "nowhere", "space")
"""Places that are a view, in which nobody goes on with what they do."""
_TOWNS = ("village", "western town", "suburb", "square", "market", "shop front")
_PART_OF = {"street": _TOWNS, "road": _TOWNS, "doorstep": (*_TOWNS, "farm", "street", "garden"),
            "corridor": ("spaceship inside",)}  # fmt: skip
"""What is a part of where it is, and no other place."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when it is: names of a place, an hour and a weather, each "" where it is not said;
    `is_headed` where a heading (INT. BAR) says so."""

    place: str = ""
    time: str = ""
    weather: str = ""
    is_headed: bool = False

    def told(self) -> str:
        """As words that `told_of` reads."""
        return f"{self.place};{self.time};{self.weather};{'headed' if self.is_headed else ''}"

    def if_headed(self) -> Setting:
        """This one, if a heading says it."""
        return self if self.is_headed else NOWHERE


NOWHERE = Setting()


def told_of(words: str) -> Setting:
    """The setting of these words; of any others none."""
    place, time, weather, headed = (*words.split(";"), "", "", "", "")[:4]
    if place and place not in places():
        return NOWHERE
    weather = weather if weather in WEATHERS else ""
    return Setting(place, time if time in TIMES else "", weather, headed == "headed")


def apart(known: Mapping[str, str]) -> tuple[Setting, dict[str, str]]:
    """The setting among what is known, and who is."""
    people = dict(known)
    return told_of(people.pop(SETTING, "")), people


@dataclass(frozen=True, slots=True)
class _Said:
    """What one text says of it: `is_new` where nothing of before holds any more."""

    setting: Setting
    is_new: bool = False
    is_once: bool = False
    is_same_hour: bool = False


@lru_cache(maxsize=1024)  # a board is read anew whenever one of its shots has changed
def _said_in(text: str, names: tuple[str, ...] = (), before: str = "") -> _Said:
    read = Reading({})
    read.known, read.setting = dict.fromkeys(names, ""), frozenset(before.split())
    read.read(text)
    facts, evidence = read.facts, read.evidence
    place = named_place(read, ()) if read.has_named_place() else ""
    headed = _is_headed(read)
    if place == "sea" and not headed and not evidence & _SEAS:
        place = ""  # in the water: of a crater
    if headed:
        place = place or ("room" if read.slug == "in" else "")
    elif place in _VIEWS or evidence & _SEEN_FROM:
        place = ""
    weather = facts.get("weather", "") if place else ""
    setting = Setting(place, facts.get("time", ""), weather, headed)
    new = headed or bool(evidence & _ELSEWHERE)
    same = bool(evidence & _SAME_HOUR)
    return _Said(setting, new, bool(evidence & _ONCE) and not headed, same)


def setting_of(text: str) -> Setting:
    """Where and when it is by a text alone."""
    return _said_in(text).setting


def after(held: Setting, text: str, names: tuple[str, ...] = ()) -> Setting:
    """What holds after a shot, of what held before it; `names` are no places: VERA LANE."""
    said = _said_in(text, names, held.place)
    if said.is_once:
        return held
    if said.is_new:
        same = held.time if said.is_same_hour else ""
        return replace(said.setting, time=said.setting.time or same)
    if said.setting.place and not _is_within(said.setting.place, held.place):
        return replace(said.setting, time=said.setting.time or held.time)
    now = replace(held, time=said.setting.time or held.time)
    return replace(now, weather=said.setting.weather or held.weather)


def _is_headed(read: Memory) -> bool:
    """Whether a heading opens there, or a sentence that begins as one: "Inside the sedan"."""
    opening = (stream[first - 1] for stream, first, _ in read.headings)
    named = "place" in read.facts  # not "Inside the piano"
    return any(one.word not in _WALLS or (one.first and named) for one in opening)


def _is_within(place: str, held: str) -> bool:
    """Whether naming this place is no move from where it is."""
    vague = place in ("room", "staircase") and bool(held) and places()[held].indoors
    return place == held or vague or held in _PART_OF.get(place, ())


def holding(
    read: Memory, held: Setting, figures: Sequence[Figure], things: Sequence[Thing]
) -> Setting:
    """What still holds in a shot that was read, in which these are to be seen: its place only
    where the words name none and nothing in them is plainly somewhere else."""
    evidence = read.evidence
    if held == NOWHERE or _is_headed(read) or evidence & (_ONCE | _ELSEWHERE):
        return Setting(time=held.time if evidence & _SAME_HOUR else "")
    kinds = {one for each in figures for one in (each.on, each.held) if one}
    kinds |= {one.kind for one in things}
    named, where = read.facts.get("place", ""), held.place
    named = "" if named == "sea" and where and not evidence & _SEAS else named
    at_home = held.is_headed and not read.has_named_place()
    stays = named in ("", where) or at_home or (named in _VAGUE and _is_within(named, where))
    outdoors, shown = is_outdoors(where), evidence | kinds
    looks_in = bool(evidence & _LOOKS_IN)
    if read.slug and outdoors != (read.slug == "out") and not looks_in:
        where = ""  # goes inside
    tall = any(outlines()[one.kind].high > _TALL for one in things)
    stays = stays and (outdoors or bool(figures) or not tall)
    if not stays or (evidence & _GOES and not outdoors and "window" not in shown):
        where = ""
    counters = outdoors and where not in _STALLS
    if where and not held.is_headed and counters and shown & _IN:
        where = ""
    if where and not outdoors and where not in WIDE_DOORS and kinds & (ROLLING | RIDDEN):
        where = ""
    vague = not held.is_headed or where in _VAGUE
    if where and vague and certain_place(evidence, unfit_after(read.slug)):
        where = ""
    if where in CAR_SEATS[:2] and "wide" in read.facts.get("shot", ""):
        where = "road"  # the car from outside
    weather = held.weather if where and outdoors else ""
    return Setting(where, held.time, weather, held.is_headed)

"""Where a scene is: what words named, what follows from who and what is there; what a place has.

Words that name a place win over a deed's home, that over hints, and those over what things need.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from daemon.thumbs.halves import SEATED
from daemon.thumbs.outlines import outlines
from daemon.thumbs.place_table import places
from daemon.thumbs.scene import Figure, Thing
from daemon.thumbs.script.hints import certain_place, place_by_hints
from daemon.thumbs.script.memory import Memory
from daemon.thumbs.uses import CAR_SEATS, EXTERIORS, VEHICLES

OWN = {
    "train station": ("train",),
    "camp": ("tent",),
    "harbour": ("ship",),
    "ship deck": ("ship", "boat", "sailboat", "pirate ship"),
    "bus stop": ("bus sign", "bus shelter"),
    "petrol station": ("gas pump",),
    "doorstep": ("house",),
    "fire station": ("fire engine",),
    "subway platform": ("train",),
    "runway": ("plane",),
    "airport gate": ("plane",),
    "pool": ("diving tower",),
    "space": ("moon",),
    **dict.fromkeys(("car inside", "back seat"), ("car", "mirror", *sorted(VEHICLES))),
    **dict.fromkeys(("train carriage", "subway train"), ("train",)),
    **dict.fromkeys(("plane cabin", "cockpit"), ("plane", "helicopter")),
    "bus inside": ("bus",),
    "drive in": ("screen on posts", "television", "computer"),
    "control room": ("television", "computer"),
    "cafe": ("worktop",),
    "bank": ("worktop",),
    "diner": ("worktop",),
    "bakery": ("worktop",),
    "subway train": ("train",),
    "operating theatre": ("stretcher", "bed", "table"),
}
"""What a place has itself."""
WHOLE = {"shark": "swimming shark"}
"""What shows more than a fin under water."""
RIDES = ("train carriage", "subway train", "bus inside", "plane cabin")
UPRIGHT = frozenset([
    "stand", "standing", "aisle", "conductor", "driver", "inspector", "attendant", "stewardess",
    "waiter", "walk", "walking", "pole", "strap", "push", "enter", "board", "hijacker", "door",
    "crowded", "packed",
])  # fmt: skip
"""Words with which somebody in a train or a bus is on their feet."""
WALLS = ("window", "fence")
"""A room has its own."""
INTERIORS = {
    "farm": "hut inside", "castle": "castle inside", "camp": "tent inside", "runway": "warehouse",
    "harbour": "warehouse", "petrol station": "shop", "airport": "airport gate",
    "doorstep": "corridor", "temple": "church", "construction site": "warehouse",
    **dict.fromkeys(("village", "city", "street", "square", "suburb"), "room"),
    **dict.fromkeys(("ship deck", "cliff"), "room"),
}  # fmt: skip
"""Where one is in what is drawn from outside: INT. FARMHOUSE."""
SKIES = {"rain": "street", "storm": "hills", "snow": "field", "fog": "road", "wind": "hills"}
"""Where a weather is that nothing else gives a place to."""
BACK_SEATS = frozenset(
    [
        "limousine",
        "back seat",
        "backseat",
        "limo",
        "back of a",
        "back of the",
        "passenger side",
        "rear seat",
    ]
)
"""Words with which who is in a car is not at its wheel."""
SHIPS = frozenset(["ferry", "boat", "ship", "trawler", "yacht", "steamer", "barge"])
"""At whose wheel somebody is in no car."""
NIGHTLY = frozenset([
    "the moon", "full moon", "red moon", "blood moon", "crescent moon", "a moon",
    "the stars", "starry", "shooting star", "fireflies",
    "firefly", "fireworks", "northern lights", "werewolf", "night watchman",
    "trick or treating", "lightning bugs", "moon rises", "moon rising",
])  # fmt: skip
"""What there is at night alone."""
ROLLING = VEHICLES - {"motorcycle"} | {"car", "train", "freight train", "plane", "ship"}
"""What stands in no room."""
AFLOAT = frozenset(["boat", "canoe", "sailboat", "raft", "pirate ship", "surfboard"])
FRONTS = frozenset([*EXTERIORS.values(), "motel front"])
"""Buildings as they are seen from outside."""
WIDE_DOORS = (
    "garage", "warehouse", "factory", "workshop", "barn", "studio", "museum", "fire station",
    "tunnel", "car inside", "back seat", "bus inside", "train carriage", "subway train",
    "plane cabin", "cockpit", "airport gate", "parking lot", "spaceship inside", "vault",
)  # fmt: skip
"""Rooms that have some, or are in one."""
SEEN_THROUGH = frozenset(["window", "windshield", "windscreen", "windowpane", "inside", "indoors"])
"""Words with which a weather is outside and the scene is not."""


def named_place(read: Memory, figures: Sequence[Figure]) -> str:
    """Where it is, as far as it was said: who drives is in a car."""
    facts, evidence = read.facts, read.evidence
    if any(one.pose == "driving" and not one.on for one in figures):
        return "ship deck" if evidence & SHIPS else "car inside"
    if facts.get("place") == "car inside" and evidence & BACK_SEATS:
        return "back seat"
    named = facts["place"] if facts.get("place") in places() else ""
    return INTERIORS.get(named, named) if read.slug == "in" else named


def implied_time(place: str, evidence: frozenset[str]) -> str:
    """The hour of words that name none: where the moon and the stars are looked at it is night."""
    return "night" if evidence & NIGHTLY and place not in ("moon", "space") else "day"


def is_outdoors(place: str) -> bool:
    """Whether it is a place, and one under the sky."""
    return place in places() and not places()[place].indoors


def implied_place(read: Memory, figures: Sequence[Figure], things: Sequence[Thing]) -> str:
    """Where what is there can only be; "" if it may be anywhere."""
    kinds = {*_kinds(things)}
    held = {one for each in figures for one in (each.on, each.held) if one}
    weather = read.facts.get("weather", "clear")
    outside = weather != "clear" and not read.evidence & SEEN_THROUGH
    unfit = unfit_after(read.slug or ("out" if outside else ""))
    if kinds & (ROLLING | AFLOAT | FRONTS) and not read.slug and not read.evidence & SEEN_THROUGH:
        unfit |= unfit_after("out") - {*WIDE_DOORS}
    drawn = {f"={one}" for one in kinds | held}
    headed = [one.typed for words, first, end in read.headings for one in words[first:end]]
    unknown = bool({*headed} & {*read.unknown})  # INT. HYDROPONICS: nearly anything would be wrong
    hinted = certain_place if unknown and read.slug == "in" else place_by_hints
    if found := hinted(read.evidence | kinds | drawn, unfit):
        return found
    if any(one in outlines() and outlines()[one].where == "water" for one in kinds | held):
        return "sea"
    indoors = bool((kinds | held) & {"window", "chair", "curtain"}) and read.slug != "out"
    if read.slug == "in" or indoors:
        return "room"
    if read.slug == "out":
        return "" if unknown else "street"
    return SKIES.get(weather, "") if outside else ""


def _kinds(things: Sequence[Thing]) -> Iterator[str]:
    for thing in things:
        yield thing.kind
        if thing.relation == "at":
            yield "chair"


@lru_cache(maxsize=3)
def unfit_after(slug: str) -> frozenset[str]:
    """Places on the other side of the wall: INT. and EXT. win over all hints."""
    wanted = {"in": False, "out": True}.get(slug)
    found = frozenset(one.name for one in places().values() if one.indoors is wanted)
    return found - {"ice rink"}  # ice is no weather there


def seated_in(figures: Sequence[Figure], place: str, evidence: frozenset[str]) -> list[Figure]:
    """Everybody, those who ride in a vehicle seated, and one at the wheel."""
    wheel = next((one for one in figures if one.pose == "driving"), None)
    riding = [
        replace(one, pose="sitting", on="seat")
        if one.pose == "driving" and one is not wheel and place in CAR_SEATS
        else one
        for one in figures
    ]
    return [_seated(one, place, evidence) for one in riding]


def _seated(one: Figure, place: str, evidence: frozenset[str]) -> Figure:
    """Who rides in a train, a bus or a plane sits there, unless they are said to stand or go."""
    idle = one.pose in SEATED or one.pose == "standing"
    if place not in RIDES or one.on or not idle or one.base or evidence & UPRIGHT:
        return one
    return replace(one, on="armchair", pose="sitting" if one.pose == "standing" else one.pose)


def without_its_own(place: str, things: Sequence[Thing]) -> list[Thing]:
    """What a place has itself is not there twice, unless somebody is at it."""
    indoors = bool(place and places()[place].indoors)
    out = ("worktop",) if place and not indoors and place != "market" else ()
    own = (*OWN.get(place, ()), *(WALLS if indoors else out))
    usable = ("at", "behind")
    used = {one.on for one in things}
    if {one.kind for one in things} & VEHICLES:  # its doors are no doors of a house
        things = [one for one in things if one.kind != "door" or one.relation]
    if place in ("underwater", "aquarium hall"):
        things = [replace(one, kind=WHOLE.get(one.kind, one.kind)) for one in things]
    return [
        one
        for one in things
        if one.kind not in own
        or one.kind in used
        or (one.kind not in WALLS and one.relation in usable)
        or (one.kind == "window" and one.relation == "before")
    ]


def out_of_place(place: str, things: Sequence[Thing]) -> tuple[list[Thing], list[str]]:
    """Without what is on the other side of a wall: a van that is watched from a room, a window in
    the open air. It is named instead."""
    if place not in places():
        return list(things), []
    indoors = places()[place].indoors and place not in WIDE_DOORS
    gone = [
        one
        for one in things
        if (one.kind in ROLLING and indoors and not one.on)
        or (one.kind == "fence" and (indoors or place in ("cave", "trench")))
        or (one.kind == "cliff" and place in ("circus", *unfit_after("out")))
        or (
            one.kind in ("window", "curtain")
            and not places()[place].indoors
            and one.relation in ("", "beside")
        )
    ]
    return [one for one in things if one not in gone], [one.kind for one in gone]


_IN_WATER = ("swimming", "floating", "afloat", "diving", "rowing", "surfing", "falling", "lying",
             "flying")  # fmt: skip


def on_land(place: str, figures: Sequence[Figure]) -> str:
    """Who is on foot at the sea is on its shore, and walks on no water."""
    on_foot = [one for one in figures if not (one.on or one.upon) and one.pose not in _IN_WATER]
    return "beach" if place == "sea" and on_foot and len(on_foot) == len(figures) else place

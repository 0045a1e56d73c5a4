"""What people do by what they are, where words say no more: who serves is behind a counter.

A patient lies, a customer of a barber sits, boxers box. What words say of a pose wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from daemon.thumbs.scene import Figure, Thing
from daemon.thumbs.script.airborne import airborne
from daemon.thumbs.script.drafts import Draft

SERVING = frozenset([
    "bartender", "barman", "barmaid", "barkeeper", "barista", "cashier", "receptionist", "clerk",
    "shopkeeper", "pharmacist", "teller", "bank teller", "concierge", "librarian", "baker",
    "butcher", "salesman", "saleswoman", "shop assistant", "hotel clerk", "desk clerk", "grocer",
])  # fmt: skip
"""Who stands behind a counter."""
COUNTERS = frozenset([
    "bar", "cafe", "shop", "bank", "hotel lobby", "bakery", "diner", "library", "supermarket",
])  # fmt: skip
SICK_ROOMS = ("hospital", "operating theatre")
CHAIRS = ("barber shop", "dentist")
"""Where the other one sits."""
_ACROSS = ("", "face", "talk", "give")
_IDLE = ("standing", "holding", "giving", "reaching", "working", "pouring", "talking", "wiping")
_SICK = ("patient", "sick man", "sick woman", "sick boy", "sick girl", "sick child")


def in_their_roles(
    drafts: Sequence[Draft], figures: list[Figure], things: list[Thing], place: str, action: str
) -> tuple[list[Figure], list[Thing], str]:
    """Figures, things and action, with what goes without saying."""
    nouns = [one.noun for one in drafts]
    if place in SICK_ROOMS:
        figures = [
            replace(one, pose="lying", on="bed") if noun in _SICK and _idles(one) else one
            for noun, one in zip(nouns, figures, strict=False)
        ]
    served = len(figures) == 2 and (action or nouns[1] in ("customer", "client", "patient"))
    if place in CHAIRS and served:
        figures = [figures[0], _seated(figures[1])]
    if place == "car inside":
        figures = [
            replace(one, pose="driving") if noun.endswith("driver") and _idles(one) else one
            for noun, one in zip(nouns, figures, strict=False)
        ]
    if not action and figures and figures[0].pose != "riding":  # who is on foot is in front
        figures = [replace(one, at="far") if one.pose == "riding" else one for one in figures]
    if not any(one.relation for one in things):
        figures = [_at_play(one) for one in figures]
    gloved = ["gloves" in one.look.extras and one.pose == "standing" for one in figures]
    if len(figures) == 2 and all(gloved) and action in ("", "face"):
        action = "fight"
    serves = any(noun in SERVING for noun in nouns[: len(figures)])
    if serves and place in COUNTERS and not any(one.relation for one in things):
        things = [*things, *_counter(figures, action)]
    figures, action = airborne(figures, place, action)
    return figures, things, action


def _idles(one: Figure) -> bool:
    return one.pose == "standing" and not one.on and not one.base


def _at_play(one: Figure) -> Figure:
    """Children who play nothing that is named jump."""
    plays = one.pose == "playing" and not one.held and not one.on
    return replace(one, pose="jumping") if plays and one.look.age in ("child", "teen") else one


def _seated(one: Figure) -> Figure:
    return replace(one, pose="sitting", on="chair") if _idles(one) else one


def _counter(figures: Sequence[Figure], action: str) -> list[Thing]:
    """Between two who stand, else before whoever is alone."""
    if any(one.pose not in _IDLE or one.on for one in figures) or action not in _ACROSS:
        return []
    if len(figures) == 2:
        return [Thing("worktop", relation="at")]
    return [Thing("worktop", relation="before")] if len(figures) == 1 else []

"""Everything that is true of a picture: as facts, and in one plain sentence.

`captions` says some of it in thousands of ways; the image encoder learns to tell all of it.
"""

from __future__ import annotations

from daemon.sketch.world.captions import Facts
from daemon.sketch.world.words import LAND_WORDS, PATTERN_WORDS, TIME_WORDS
from daemon.sketch.world.world import Picture


def truth(picture: Picture) -> Facts:
    """Everything there is to say of a picture: what the image encoder learns to see."""
    facts: Facts = {"kind": picture.kind, "style": picture.style}
    if picture.kind == "scene":
        facts |= {"time": picture.time, "light": picture.light, "land": picture.land}
        facts["light_side"] = picture.light_side
        for prop in picture.props:
            facts |= {f"{prop.kind}.side": prop.side, f"{prop.kind}.colour": prop.colour}
        return facts
    for slot, thing in zip("ab", picture.things, strict=False):
        facts |= {
            f"{slot}.shape": thing.shape,
            f"{slot}.colour": thing.colour,
            f"{slot}.size": thing.size,
        }
    if picture.style != "chalk":
        facts["ground"] = picture.ground
    facts |= {"pattern": picture.pattern, "ground2": picture.ground2, "relation": picture.relation}
    if picture.kind == "single":
        facts["place"] = picture.things[0].place
    return facts


def plainly(picture: Picture) -> str:
    """One fixed wording that leaves nothing out: what the adapters' tokens learn to imitate."""
    ground = picture.ground
    if picture.pattern != "plain":
        ground = PATTERN_WORDS[picture.pattern][0].format(a=ground, b=picture.ground2)
    backdrop = "" if picture.style == "chalk" else f" on a {ground} background"
    nouns = [f"a {t.size} {t.colour} {t.shape}" for t in picture.things]
    if picture.kind == "single":
        place = picture.things[0].place
        text = f"{nouns[0]} {_PLAIN_PLACES.get(place, 'in the {} corner').format(place)}"
    elif picture.kind == "pair":
        text = f"{nouns[0]} {'left of' if picture.relation == 'left' else 'above'} {nouns[1]}"
    else:
        things = [
            f"the {picture.light} {_PLAIN_PLACES[picture.light_side].format(picture.light_side)}"
        ]
        for prop in picture.props:
            name = "a tree" if prop.kind == "tree" else f"a {prop.colour} {prop.kind}"
            things.append(f"{name} {_PLAIN_PLACES[prop.side].format(prop.side)}")
        text = ", ".join([*things, LAND_WORDS[picture.land][0], TIME_WORDS[picture.time][0]])
    text += backdrop * (picture.kind != "scene")
    text += "" if picture.style == "flat" else f", {picture.style}"
    return text.replace("a orange", "an orange")


_PLAIN_PLACES = {
    "left": "on the {}",
    "right": "on the {}",
    "top": "at the {}",
    "bottom": "at the {}",
    "centre": "in the {}",
}

"""How people might say it: a `Picture` to one of thousands of wordings.

Any fact may be left unsaid (then the picture was free to choose it), and a caption may be a
bare fragment such as "red" or "stripes", which is what negative prompts are made of.
`facts` lists what a caption did say: the text encoders learn to read by predicting it.
Some sentence patterns are kept out of training for the scorer (`unseen=True`).
"""

from __future__ import annotations

import random

from daemon.sketch.world.words import (
    BIG,
    EMPTY,
    GROUNDS,
    LAND_WORDS,
    LEADS,
    NOUNS,
    ORDERS,
    PATTERN_WORDS,
    SHAPE_WORDS,
    SMALL,
    STYLE_WORDS,
    TAILS,
    THINGS,
    TIME_WORDS,
)
from daemon.sketch.world.world import Picture, Thing

Facts = dict[str, str]


#: Where things stand when nobody says where.  Without such a custom an unsaid place is one of
#: many, guidance makes the most of each of them, and a moon becomes two.
USUAL = {"thing": "centre", "light": "right", "boat": "centre", "house": "left", "tree": "right"}


def _worth_saying(rng: random.Random, kind: str, place: str) -> bool:
    """People say where something is, unless it is where they would expect it."""
    return rng.random() < (0.4 if place == USUAL[kind] else 0.94)


def _colour(rng: random.Random, name: str) -> str:
    return {"grey": rng.choice(("grey", "gray")), "teal": rng.choice(("teal", "turquoise"))}.get(
        name, name
    )


def kept_back(form: int, order: int) -> bool:
    """Whether this meeting of a noun's form and a sentence pattern is for the scorer alone."""
    return (form + 3 * order) % 8 == 5


def _form(rng: random.Random, order: int, unseen: bool) -> int:
    return rng.choice([f for f in range(len(NOUNS)) if kept_back(f, order) == unseen])


def _noun(
    rng: random.Random,
    thing: Thing,
    slot: str,
    facts: Facts,
    whole: bool,
    form: int,
    loose: bool,
) -> str:
    if whole or rng.random() < (0.7 if loose else 0.92):
        shape = rng.choice(SHAPE_WORDS.get(thing.shape, (thing.shape,)))
        facts[f"{slot}.shape"] = thing.shape
    else:
        shape = rng.choice(THINGS)
    colour = size = ""
    if whole or rng.random() < (0.7 if loose else 0.9):
        colour = _colour(rng, thing.colour)
        facts[f"{slot}.colour"] = thing.colour
    if whole or rng.random() < 0.65:
        size = rng.choice(SMALL if thing.size == "small" else BIG)
        facts[f"{slot}.size"] = thing.size
    pattern = NOUNS[form if size and colour else 0]
    article = rng.choice(("a", "a", "a", "one", "", "the"))
    text = pattern.format(article=article, size=size, colour=colour, shape=shape)
    return " ".join(text.split()).replace("a orange", "an orange")


def _place(rng: random.Random, name: str) -> str:
    if name == "centre":
        return rng.choice(
            ("in the centre", "in the center", "in the middle", "centred", "at the centre")
        )
    if " " in name:
        return rng.choice(
            (f"in the {name} corner", f"at the {name}", f"in the {name}", name, f"{name} corner")
        )
    if name in ("left", "right"):
        return rng.choice(
            (f"on the {name}", f"at the {name}", name, f"on the {name} side", f"to the {name}")
        )
    return rng.choice((f"at the {name}", f"on the {name}", name, f"near the {name}"))


def _names_ground(rng: random.Random, picture: Picture, whole: bool) -> bool:
    """People ask for a background in chalk, too, though a blackboard is what they get."""
    if picture.style == "chalk":
        return rng.random() < 0.3
    return whole or rng.random() < 0.85


def _believed(picture: Picture, facts: Facts) -> Facts:
    """Where a ground that is named is noted: nowhere, if it is not what the picture shows."""
    return {} if picture.style == "chalk" else facts


def _ground(rng: random.Random, picture: Picture, facts: Facts) -> str:
    facts["ground"] = picture.ground
    one = _colour(rng, picture.ground)
    if picture.pattern != "plain":
        facts["pattern"], facts["ground2"] = picture.pattern, picture.ground2
        one = rng.choice(PATTERN_WORDS[picture.pattern]).format(
            a=one, b=_colour(rng, picture.ground2)
        )
        if "background" in one or "from" in one:
            return f"on a {one}".replace("a orange", "an orange")
    elif rng.random() < 0.12:
        facts["pattern"] = "plain"
        one = f"plain {one}"
    phrase = rng.choice(GROUNDS).format(one)
    return phrase.replace("a orange", "an orange")


def _single(
    rng: random.Random, picture: Picture, facts: Facts, whole: bool, unseen: bool, loose: bool
) -> list[str]:
    facts["kind"] = "single"
    thing = picture.things[0]
    order = rng.choices(range(6), (40, 12, 12, 12, 12, 12))[0] if not unseen else rng.randrange(6)
    parts = {
        "n": _noun(rng, thing, "a", facts, whole, _form(rng, order, unseen), loose),
        "p": "",
        "g": "",
    }
    if whole or _worth_saying(rng, "thing", thing.place):
        parts["p"] = _place(rng, thing.place)
        facts["place"] = thing.place
    if _names_ground(rng, picture, whole):
        parts["g"] = _ground(rng, picture, _believed(picture, facts))
    return [parts[key] for key in ORDERS[order] if parts[key]]


def _pair(
    rng: random.Random, picture: Picture, facts: Facts, whole: bool, unseen: bool, loose: bool
) -> list[str]:
    facts["kind"] = "pair"
    order = (
        rng.choices(range(8), (30, 22, 12, 12, 6, 6, 6, 6))[0] if not unseen else rng.randrange(8)
    )
    saying, ground_first = order % 4, order >= 4
    one, two = (
        _noun(rng, thing, slot, facts, whole, _form(rng, order, unseen), loose)
        for thing, slot in zip(picture.things, "ab", strict=True)
    )
    beside = picture.relation == "left"
    facts["relation"] = picture.relation
    if saying == 0:
        words = ("left of", "to the left of") if beside else ("above", "over", "on top of")
        text = f"{one} {rng.choice(words)} {two}"
    elif saying == 1:
        words = ("right of", "to the right of") if beside else ("below", "under", "beneath")
        text = f"{two} {rng.choice(words)} {one}"
    else:
        sides = ("on the left", "on the right") if beside else ("at the top", "at the bottom")
        halves = [f"{one} {sides[0]}", f"{two} {sides[1]}"]
        text = rng.choice((" and ", ", ")).join(halves if saying == 2 else halves[::-1])
    if _names_ground(rng, picture, whole):
        ground = _ground(rng, picture, _believed(picture, facts))
        return [ground, text] if ground_first else [text, ground]
    return [text]


def _scene(rng: random.Random, picture: Picture, facts: Facts) -> list[str]:
    facts["kind"] = "scene"
    things = []
    if picture.light and rng.random() < 0.75:
        facts["light"] = picture.light
        words = rng.choice(("the {}", "a {}", "{}")).format(picture.light)
        if _worth_saying(rng, "light", picture.light_side):
            facts["light_side"] = picture.light_side
            words += " " + _place(rng, picture.light_side)
        things.append(words)
    for prop in picture.props:
        colour = ""
        facts[f"{prop.kind}.side"] = "somewhere"
        if prop.kind != "tree" and rng.random() < 0.7:
            colour = prop.colour + " "
            facts[f"{prop.kind}.colour"] = prop.colour
        words = f"a {colour}{prop.kind}"
        if _worth_saying(rng, prop.kind, prop.side):
            facts[f"{prop.kind}.side"] = prop.side
            words += " " + _place(rng, prop.side)
        things.append(words)
    rng.shuffle(things)
    parts = [rng.choice((", ", " and ")).join(things)] if things else []
    facts["land"] = picture.land
    parts.append(rng.choice(LAND_WORDS[picture.land]))
    if rng.random() < 0.9:
        facts["time"] = picture.time
        parts.append(rng.choice(TIME_WORDS[picture.time]))
    if rng.random() < 0.4:
        rng.shuffle(parts)
    return parts


def _fragment(rng: random.Random, picture: Picture, facts: Facts) -> str:
    """One bare fact."""
    if picture.kind == "scene":
        choice = rng.choice(("time", "land", "light"))
        value = getattr(picture, choice)
        facts[choice] = value
        words = {**TIME_WORDS, **LAND_WORDS} if choice != "light" else {value: (value,)}
        return rng.choice(words[value])
    thing = picture.things[0]
    choice = rng.choice(("colour", "shape", "pattern", "ground", "size"))
    if choice == "pattern" and picture.pattern != "plain":
        facts["pattern"] = picture.pattern
        bare = {
            "striped": ("stripes", "striped"),
            "dotted": ("dots", "dotted"),
            "gradient": ("gradient",),
        }
        return rng.choice(bare[picture.pattern])
    if choice == "ground" and picture.style != "chalk":
        return _ground(rng, picture, facts)
    if choice == "size":
        facts["a.size"] = thing.size
        return rng.choice(SMALL if thing.size == "small" else BIG)
    if choice == "colour":
        facts["a.colour"] = thing.colour
        return _colour(rng, thing.colour)
    facts["a.shape"] = thing.shape
    return rng.choice(("", "a ")) + rng.choice(SHAPE_WORDS.get(thing.shape, (thing.shape,)))


def caption(
    rng: random.Random,
    picture: Picture,
    whole: bool = False,
    unseen: bool = False,
    loose: bool = False,
) -> tuple[str, Facts]:
    """A wording and the facts it says; `whole` says all of objects (scenes stay as people tell
    them), `unseen` is for the scorer.

    A `loose` one leaves colours and shapes out more often: read together only, they would be
    learnt together, and a pair never seen would be misread.
    """
    facts: Facts = {}
    style = ""
    if picture.style != "flat" or rng.random() < 0.08:
        if picture.style != "flat" and not whole and rng.random() < 0.06:
            pass  # now and then a style comes unannounced
        else:
            style = rng.choice(STYLE_WORDS[picture.style])
            facts["style"] = picture.style
    if not whole and rng.random() < 0.04:
        return rng.choice(EMPTY), {}
    if not whole and rng.random() < 0.06:
        text = _fragment(rng, picture, facts)
        return (f"{text}, {style}" if style else text), facts
    if picture.kind == "scene":
        parts = _scene(rng, picture, facts)
    else:
        parts = (_single if picture.kind == "single" else _pair)(
            rng, picture, facts, whole, unseen, loose
        )
    text = rng.choice((" ", " ", ", ")).join(parts)
    if style:
        text = f"{style}, {text}" if rng.random() < 0.5 else f"{text}, {style}"
    text = rng.choice(LEADS) + text + rng.choice(TAILS)
    if rng.random() < 0.05:
        text = text.capitalize() + "."
    return text, facts
